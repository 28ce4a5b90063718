"""Evidently's figures on samples, held to exact ones over all decisions within the error that sampling can make.

Jensen-Shannon, Hellinger, total variation and Wasserstein are metrics: the distance of two samples differs from that of
their windows by at most the distances of each sample from its own window, whose distribution is known. Tolerances are
the quantile of that at one in a million for each side; a simulation checks that they hold and are not loose.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
import scipy.stats

from boussole.audits.decisions import ingest
from boussole.audits.drift.evidently_figures import NATURAL, FigurePair, apart_by_chance, converted
from boussole.audits.drift.evidently_methods import METHODS
from boussole.audits.drift.ordered import cramer_von_mises, mann_whitney
from boussole.audits.drift.pairs import exact_pair, window_asked
from boussole.audits.drift.report import Detail, detail
from boussole.audits.drift.statistics import chi_square, hellinger, jensen_shannon, psi, total_variation
from boussole.audits.drift.transport import wasserstein
from boussole.audits.systems import load_system
from boussole.audits.workspace import Workspace
from tests.written import system_text

SYSTEM = """
columns:
  id: ref
  decided_at: day
  decision: {column: taken, selected: [true], not_selected: [false]}
  score: {column: score, range: [0, 1]}
features: [moved, still, code]
windows: {audit: month, reference: "2026-01-01/2026-01-31"}
"""
ROWS, SIZE = 30_000, 4_000
RARE = 1e-6
"""How often a tolerance may be exceeded by chance, for one sample of one column."""
CODES = {1: [0.3, 0.25, 0.2, 0.15, 0.1], 2: [0.2, 0.25, 0.2, 0.15, 0.2]}


def log(month: int) -> pd.DataFrame:
    random = np.random.default_rng(month)
    moved = month - 1
    return pd.DataFrame(
        {
            "ref": [f"{month}-{i}" for i in range(ROWS)],
            "day": pd.Timestamp(f"2026-{month:02}-01") + pd.to_timedelta(random.integers(0, 28, ROWS), unit="D"),
            "taken": random.random(ROWS) < 0.3 - 0.05 * moved,
            "score": random.beta(2, 3 - moved, ROWS),
            "moved": random.normal(20 + 3 * moved, 6 + moved, ROWS),
            "still": random.exponential(10, ROWS),
            "code": random.choice(5, ROWS, p=CODES[month]).astype(float),
        }
    )


@dataclass(frozen=True)
class Held:
    """Evidently's figures beside ours, and all the rows that both are about."""

    found: Detail
    reference: pd.DataFrame
    current: pd.DataFrame

    def figure(self, column: str, key: str) -> FigurePair:
        return next(each for each in self.found.figures if (each.column, each.method.key) == (column, key))

    def samples(self, column: str) -> tuple[pd.Series, pd.Series]:
        columns = self.found.page.columns
        return columns.reference[column], columns.current[column]


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Held:
    workspace = Workspace.create(tmp_path_factory.mktemp("figures") / "workspace")
    file = workspace.home / "systems" / "jobs.yaml"
    file.write_text(system_text("jobs", SYSTEM), encoding="utf-8")
    frames = []
    for month in (1, 2):
        frames.append(log(month))
        frames[-1].to_parquet(workspace.home / "log.parquet")
        ingest(workspace, load_system(file), workspace.home / "log.parquet")
    pair = exact_pair(
        workspace,
        workspace.system("jobs"),
        window=window_asked("2026-02-01/2026-02-28"),
        as_of=dt.date(2026, 4, 1),
    )
    return Held(detail(workspace, pair, size=SIZE), frames[0], frames[1])


NUMBERS = ["score", "moved", "still"]


def binned(held: Held, column: str, edges: np.ndarray) -> tuple[list[int], list[int]]:
    """All rows of both windows in classes; those beyond the sample's lie in the outermost."""
    whole = np.concatenate([[-np.inf], edges[1:-1], [np.inf]])
    reference, current = (np.histogram(side[column], whole)[0].tolist() for side in (held.reference, held.current))
    return reference, current


def unlike_itself(classes: int, *, size: int = SIZE) -> float:
    """What Pearson's X² of a sample against its own window exceeds once in a million."""
    return float(scipy.stats.chi2.isf(RARE, classes - 1)) / size


def tolerance(metric: str, classes: int) -> float:
    """By how much a distance of two samples can differ from that of their windows: X²/n is about 8 ln 2 times the
    squared Jensen-Shannon distance of a sample from its window, 8 times the squared Hellinger distance, and at least 4
    times the squared total variation (Cauchy-Schwarz)."""
    divided = {"jensen_shannon": 8 * math.log(2), "hellinger": 8.0, "total_variation": 4.0}[metric]
    return 2 * math.sqrt(unlike_itself(classes) / divided)


def edges_of(held: Held, column: str, key: str) -> np.ndarray:
    """The classes that Evidently cuts: of values, or of different values for Hellinger."""
    both = pd.concat(held.samples(column)).to_numpy()
    return np.histogram_bin_edges(np.unique(both) if key == "hellinger" else both, bins="sturges")


@pytest.mark.parametrize("column", NUMBERS)
@pytest.mark.parametrize(("key", "ours"), [("jensenshannon", jensen_shannon), ("hellinger", hellinger)])
def test_distances_of_numbers_are_ours_on_the_same_classes(held: Held, column: str, key: str, ours: object) -> None:
    found, edges = held.figure(column, key), edges_of(held, column, key)
    exact = ours(*binned(held, column, edges))  # type: ignore[operator]
    allowed = tolerance(found.method.metric or "", len(edges) - 1)
    assert found.converted == pytest.approx(exact, abs=allowed)
    on_samples = ours(*(np.histogram(side, edges)[0].tolist() for side in held.samples(column)))  # type: ignore[operator]
    assert found.converted == pytest.approx(on_samples, abs=1e-9)  # and on the same rows it is the same figure


def test_the_unit_of_jensen_shannon_is_no_matter_of_chance(held: Held) -> None:
    found, edges = held.figure("moved", "jensenshannon"), edges_of(held, "moved", "jensenshannon")
    exact = jensen_shannon(*binned(held, "moved", edges)) or 0
    assert found.evidently == pytest.approx((found.converted or 0) * NATURAL)
    assert abs((found.evidently or 0) - exact) > 0.03


@pytest.mark.parametrize("key", ["jensenshannon", "hellinger", "psi"])
def test_of_decisions_all_figures_are_the_exact_ones(held: Held, key: str) -> None:
    """The sample is stratified by them: their shares are those of the window, to one row."""
    found = held.figure("decision", key)
    assert found.exact is not None
    assert found.exact.value is not None
    one_row = max(abs(moved - found.exact.value) for moved in one_row_off(held, found.method.metric or ""))
    assert found.converted == pytest.approx(found.exact.value, abs=one_row)


def one_row_off(held: Held, metric: str) -> list[float]:
    """A distance of decisions where the shares of both windows are one row of a sample off."""
    distance = {"jensen_shannon": jensen_shannon, "hellinger": hellinger, "psi": psi}[metric]
    taken = [int(side["taken"].sum()) for side in (held.reference, held.current)]
    step = ROWS // SIZE + 1
    sides = [[[ROWS - count - off, count + off] for off in (-step, step)] for count in taken]
    return [distance(first, second) or 0 for first in sides[0] for second in sides[1]]


def test_of_few_different_numbers_figures_are_the_exact_ones(held: Held) -> None:
    """Evidently takes up to twenty different numbers as categories (but not for Hellinger), and so do our classes."""
    found, exact = held.figure("code", "jensenshannon"), held.figure("code", "jensenshannon").exact
    assert exact is not None
    assert exact.value == pytest.approx(jensen_shannon(*counted(held, "code")))
    assert found.converted == pytest.approx(exact.value, abs=tolerance("jensen_shannon", 5))
    low, high = simulated(psi, CODES[1], CODES[2])
    assert low <= (held.figure("code", "psi").converted or 0) <= high
    assert high - low < 0.1


def simulated(statistic: object, reference: list[float], current: list[float]) -> tuple[float, float]:
    """Between what a statistic of two samples lies, but for one sample in a thousand."""
    random = np.random.default_rng(0)
    drawn = [
        statistic(random.multinomial(SIZE, reference).tolist(), random.multinomial(SIZE, current).tolist())  # type: ignore[operator]
        for _ in range(4_000)
    ]
    low, high = np.quantile(drawn, [0.0005, 0.9995])
    return float(low), float(high)


@pytest.mark.parametrize("column", NUMBERS)
def test_wasserstein_is_the_exact_one_in_another_unit(held: Held, column: str) -> None:
    found = held.figure(column, "wasserstein")
    true = scipy.stats.wasserstein_distance(held.reference[column], held.current[column])
    allowed = sum(spread(side[column]) for side in (held.reference, held.current))
    assert found.converted == pytest.approx(true, abs=allowed)
    assert found.exact is not None
    assert found.exact.value is not None
    bound = found.exact.params["bin_bound"]
    assert found.exact.value == pytest.approx(true, abs=bound)
    assert found.converted == pytest.approx(found.exact.value, abs=allowed + bound)


def spread(side: pd.Series) -> float:
    """How far a sample can be from its own window (Wasserstein): five standard errors of its distribution function."""
    values = np.sort(side.to_numpy())
    below = np.arange(1, len(values)) / len(values)
    return float((5 * np.sqrt(below * (1 - below) / SIZE) * np.diff(values)).sum())


@pytest.mark.parametrize("column", NUMBERS)
def test_kolmogorov_smirnov_is_the_p_value_of_the_exact_gap(held: Held, column: str) -> None:
    found = held.figure(column, "ks")
    assert found.converted is None
    gap = float(scipy.stats.kstwobign.isf(found.evidently)) / math.sqrt(SIZE / 2)
    true = scipy.stats.ks_2samp(held.reference[column], held.current[column]).statistic
    allowed = 2 * math.sqrt(math.log(2 / RARE) / (2 * SIZE))  # Massart (1990)
    assert gap == pytest.approx(true, abs=allowed)
    assert found.exact is not None
    assert found.exact.value == pytest.approx(true, abs=found.exact.params["bin_bound"] + 1e-12)


@pytest.mark.costly
def test_total_variation_is_not_what_evidently_calls_so(held: Held) -> None:
    from evidently.legacy.calculations.stattests.tvd_stattest import _total_variation_distance, _tvd_stattest

    reference, current = (side.astype(str) for side in held.samples("code"))
    exact = next(m.value for m in held.found.pair.measures if m.id == "total_variation/feature=code")
    assert _total_variation_distance(reference, current) == pytest.approx(exact, abs=tolerance("total_variation", 5))
    assert total_variation(*counted(held, "code")) == pytest.approx(exact)
    few = pd.Series(["a"] * 20 + ["b"] * 20)
    from evidently.legacy.core import ColumnType

    given = {"reference_data": few, "current_data": few, "feature_type": ColumnType.Categorical, "threshold": 0.1}
    assert _tvd_stattest(**given)[0] == 1.0  # of what does not differ at all: a p-value
    assert "TVD" not in {method.key for method in METHODS}


def counted(held: Held, column: str) -> tuple[list[int], list[int]]:
    reference, current = (side[column].value_counts().sort_index().tolist() for side in (held.reference, held.current))
    return reference, current


def test_tolerances_hold_and_are_not_loose() -> None:
    random = np.random.default_rng(3)
    shares = random.dirichlet(np.full(14, 2.0))
    whole = [round(1e9 * share) for share in shares]
    for metric, distance in (
        ("jensen_shannon", jensen_shannon),
        ("hellinger", hellinger),
        ("total_variation", total_variation),
    ):
        one_side = tolerance(metric, len(whole)) / 2
        found = [distance(whole, random.multinomial(SIZE, shares).tolist()) or 0 for _ in range(2_000)]
        assert max(found) < one_side
        assert max(found) > 0.4 * one_side


def test_its_psi_of_numbers_ignores_the_classes_asked_for_and_one_empty_class_decides_it() -> None:
    from evidently.legacy.calculations.stattests.psi import _psi
    from evidently.legacy.core import ColumnType

    random = np.random.default_rng(1)
    reference, current = (pd.Series(random.normal(size=20_000)) for _ in range(2))
    given = {"feature_type": ColumnType.Numerical, "threshold": 0.1}
    told = {bins: _psi(reference, current, n_bins=bins, **given)[0] for bins in (2, 10, 500)}
    assert len(set(told.values())) == 1
    reference.iloc[0], current.iloc[:200] = 9.0, 20.0  # one in a hundred lies where nobody did
    filled, _ = _psi(reference, current, **given)
    edges = [*np.quantile(reference, np.linspace(0.1, 0.9, 9)).tolist(), 15.0]
    exact = psi(*(np.histogram(side, [-np.inf, *edges, np.inf])[0].tolist() for side in (reference, current)))
    assert filled > 0.15
    assert (exact or 0) < 0.08


@pytest.mark.costly
def test_its_chi_square_takes_the_reference_for_certain() -> None:
    from evidently.legacy.calculations.stattests.chisquare_stattest import _chi_stat_test
    from evidently.legacy.core import ColumnType

    random = np.random.default_rng(2)
    theirs, ours = 0, 0
    for _ in range(500):
        counts = [int(random.binomial(300, 0.5)) for _ in range(2)]
        sides = [pd.Series(["a"] * count + ["b"] * (300 - count)) for count in counts]
        p, _ = _chi_stat_test(sides[0], sides[1], ColumnType.Categorical, 0.05)
        both = [[count, 300 - count] for count in counts]
        known, two = chi_square(*both, reference_known=True), chi_square(*both)
        assert known is not None
        assert two is not None
        assert p == pytest.approx(known.p)
        theirs, ours = theirs + (p < 0.05), ours + (two.p < 0.05)
    expected = float(scipy.stats.chi2.sf(scipy.stats.chi2.isf(0.05, 1) / 2, 1))
    assert expected == pytest.approx(0.166, abs=0.001)  # "17 times in 100" on the page
    assert scipy.stats.binomtest(theirs, 500, expected).pvalue > 1e-3
    assert scipy.stats.binomtest(theirs, 500, 0.05).pvalue < 1e-12
    assert scipy.stats.binomtest(ours, 500, 0.05).pvalue > 1e-3


def test_its_mann_whitney_sees_one_side_only() -> None:
    from evidently.legacy.calculations.stattests.mann_whitney_urank_stattest import _mannwhitneyu_rank
    from evidently.legacy.core import ColumnType

    assert "two-tailed" in (_mannwhitneyu_rank.__doc__ or "")
    random = np.random.default_rng(4)
    low, high = (pd.Series(random.normal(mean, 1, 2_000)) for mean in (0, 0.5))
    rose, _ = _mannwhitneyu_rank(low, high, ColumnType.Numerical, 0.05)
    fell, _ = _mannwhitneyu_rank(high, low, ColumnType.Numerical, 0.05)
    assert rose < 1e-20
    assert fell > 0.999


@pytest.mark.costly
@pytest.mark.parametrize("column", NUMBERS)
def test_rank_tests_are_ours_on_the_same_rows(held: Held, column: str) -> None:
    reference, current = held.samples(column)
    values = np.unique(np.concatenate([reference, current]))
    places = np.append(values, np.inf)
    counts = [np.histogram(side, places)[0].tolist() for side in (reference, current)]
    rose, least = mann_whitney(*counts), cramer_von_mises(*counts)
    assert rose is not None
    assert least is not None
    assert held.figure(column, "mannw").evidently == pytest.approx(rose.p_higher, rel=0.02, abs=1e-12)
    assert held.figure(column, "cramer_von_mises").evidently == pytest.approx(least.p, abs=0.002)
    assert held.figure(column, "mannw").exact is not None


def test_its_anderson_darling_is_cut_off_at_both_ends(held: Held) -> None:
    assert held.figure("moved", "anderson").evidently == pytest.approx(0.001)
    assert 0.001 <= (held.figure("still", "anderson").evidently or 0) <= 0.25


def test_how_far_apart_two_samples_are_by_chance(held: Held) -> None:
    random = np.random.default_rng(8)
    found = []
    for _ in range(300):
        first, second = (random.normal(size=SIZE) for _ in range(2))
        edges = np.histogram_bin_edges(np.concatenate([first, second]), bins="sturges")
        found.append(jensen_shannon(*(np.histogram(side, edges)[0].tolist() for side in (first, second))) or 0)
    assert apart_by_chance(SIZE, SIZE) == pytest.approx(np.mean(found) * NATURAL, rel=0.2)
    assert (held.figure("still", "jensenshannon").evidently or 0) < 2 * apart_by_chance(SIZE, SIZE)


def test_figures_without_a_value_and_p_values_have_no_other_unit() -> None:
    side = pd.Series([5.0, 5.0])
    assert converted("hellinger", None, side) is None
    assert converted("mannw", 0.2, side) is None
    assert converted("wasserstein", 2.0, side) == pytest.approx(0.002)  # Evidently divides by no less than 0.001
    assert getattr(wasserstein([0, 1, 2], [1, 0], [0, 1]), "value", None) == 1.0
