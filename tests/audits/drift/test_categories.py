"""Drift of categories: exact shares of each value, new ones in a bin of their own, rare ones never alone."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon

from boussole.audits.cubes.edges import MOST_BINS, values_of
from boussole.audits.cubes.update import rebuild
from boussole.audits.cubes.values import OTHERS, UNKNOWN, Values, pool_of, pools_of, told
from boussole.audits.decisions import ingest
from boussole.audits.drift.pairs import exact_pair
from boussole.audits.drift.series import CONTROL, DriftSeries, Step, drift_series
from boussole.audits.errors import BoussoleError
from boussole.audits.lake import reading, writing
from boussole.audits.lake.tables import table
from boussole.audits.measures import Measure
from boussole.audits.retention.purge import purge
from boussole.audits.systems.model import System
from boussole.audits.windows import Window, period_of
from boussole.audits.workspace import Workspace
from tests.audits.logged import filled
from tests.written import sample

TODAY = dt.date(2026, 6, 1)
MARCH = Window(dt.date(2026, 3, 1), dt.date(2026, 3, 31))
JOBS = {
    1: {"clerk": 300, "cook": 200, "miner": 4, "farmer": 9, None: 30, "nurse": 60},
    2: {"clerk": 310, "cook": 190, "miner": 6, "farmer": 8, None: 25, "nurse": 58},
    3: {"clerk": 150, "cook": 180, "miner": 3, None: 40, "pilot": 120, "diver": 9},
}


def log() -> pd.DataFrame:
    rows = [(month, job) for month, jobs in JOBS.items() for job, n in jobs.items() for _ in range(n)]
    frame = pd.DataFrame(rows, columns=["month", "job"])
    random = np.random.default_rng(1)
    sexes = np.array(["F", "M", None], dtype=object)
    return frame.assign(
        id=[f"d{i}" for i in range(len(frame))],
        ts=[pd.Timestamp(2026, month, 1 + i % (31 if month == 3 else 28)) for i, month in enumerate(frame["month"])],
        sex=sexes[random.integers(0, 3, len(frame))],
        chosen=random.random(len(frame)) < 0.5,
        shift=random.choice(["day", "night"], len(frame)),
    )


def declared(*features: object, controls: Sequence[str] = ()) -> System:
    return sample(
        {"id": "id", "decided_at": "ts", "decision": {"column": "chosen", "selected": [True]}},
        {"sex": "M"},
        features=list(features),
        windows={"audit": "month", "reference": "2026-01-01/2026-01-31"},
        controls={name: {"column": name} for name in controls},
    )


def category(name: str) -> dict[str, str]:
    return {"column": name, "kind": "category"}


@pytest.fixture(scope="module")
def series(tmp_path_factory: pytest.TempPathFactory) -> DriftSeries:
    system = declared(controls=["job", "shift"])
    return drift_series(filled(tmp_path_factory.mktemp("controls") / "home", system, log()), system, as_of=TODAY)


def job_of(measures: list[Measure], metric: str, by: str = "feature") -> Measure:
    return next(m for m in measures if m.metric == metric and m.by == (by,) and (m.group or ("",))[0].startswith("job"))


def of(series: DriftSeries, at: int, metric: str = "psi", name: str = "job") -> Measure:
    return next(
        each
        for each in series.points[at].measures
        if (each.metric, each.by, each.group) == (metric, (CONTROL,), (name,))
    )


@pytest.mark.costly
def test_shares_are_those_of_the_rows_unknown_groups_included(series: DriftSeries) -> None:
    found = of(series, 2)
    shares = {name: pair for name, *pair in zip(found.params["categories"], *found.params["shares"], strict=True)}
    sizes = [sum(JOBS[month].values()) for month in (1, 3)]
    assert shares["clerk"] == pytest.approx([300 / sizes[0], 150 / sizes[1]])
    assert shares["pilot"] == pytest.approx([0, 120 / sizes[1]])
    assert shares[UNKNOWN] == pytest.approx([30 / sizes[0], 40 / sizes[1]])
    assert (found.params["reference_total"], found.params["current_total"]) == tuple(sizes)
    distance = of(series, 2, "jensen_shannon").value
    assert distance == pytest.approx(jensenshannon(*zip(*shares.values(), strict=True), base=2))


def test_values_never_seen_and_values_that_are_gone_are_named(series: DriftSeries) -> None:
    found = of(series, 2)
    assert (found.params["new"], found.params["gone"]) == (["pilot"], ["nurse"])
    assert found.value is not None
    assert found.value > 0.25
    still = of(series, 1)
    assert (still.params["new"], still.params["gone"]) == ([], [])
    assert still.value is not None
    assert still.value < 0.01


def test_rare_values_are_never_alone(series: DriftSeries) -> None:
    for at in (1, 2):
        names = of(series, at).params["categories"]
        assert not {"miner", "diver", "farmer"} & set(names)
        assert OTHERS in names


@pytest.mark.costly
@pytest.mark.parametrize("step", ["week", "day"])
def test_parts_of_months_are_not_counted(tmp_path: Path, step: Step) -> None:
    system = declared(controls=["job"])
    workspace = filled(tmp_path / "a", system, log()[lambda rows: rows["month"] < 3])
    found = drift_series(workspace, system, step=step, as_of=TODAY)
    told_of = [each for point in found.points for each in point.measures if each.by == (CONTROL,)]
    assert {(each.value, each.reason) for each in told_of} == {(None, "not_counted")}


@pytest.mark.costly
def test_a_control_declared_later_is_not_counted_until_the_cubes_are(tmp_path: Path) -> None:
    system = declared(controls=["job"])
    workspace = filled(tmp_path / "a", system, log())
    later = system.model_copy(update={"controls": {**system.controls, "shift": system.controls["job"]}})
    found = drift_series(workspace, later, as_of=TODAY)
    assert {each.reason for each in found.points[2].measures if each.by == (CONTROL,)} == {"not_counted"}


@pytest.mark.slow
def test_too_many_profiles_are_named(tmp_path: Path) -> None:
    frame = log()[lambda rows: rows["month"] < 3]
    many = pd.concat([frame] * 4, ignore_index=True)
    many = many.assign(id=[f"x{i}" for i in range(len(many))], job=[f"j{i}" for i in range(len(many))])
    system = declared(controls=["job"])
    workspace = filled(tmp_path / "a", system, many)
    found = drift_series(workspace, system, as_of=TODAY)
    assert [each.reason for each in found.points[1].measures if each.by == (CONTROL,)] == ["too_many_strata"]


@pytest.mark.slow
def test_a_feature_and_a_control_of_the_same_column_have_the_same_figures(tmp_path: Path) -> None:
    system = declared(category("job"), controls=["job"])
    workspace = filled(tmp_path / "home", system, log())
    pair = exact_pair(workspace, system, window=MARCH, as_of=TODAY)
    for metric in ("psi", "jensen_shannon"):
        feature, control = (job_of(pair.measures, metric, by) for by in ("feature", CONTROL))
        assert (feature.value, feature.params, feature.n) == (control.value, control.params, control.n)
        assert feature.value is not None
    assert job_of(pair.measures, "psi").params["new"] == ["pilot"]
    missing = job_of(pair.measures, "missing_share").value
    assert missing == pytest.approx(JOBS[3][None] / sum(JOBS[3].values()))


@pytest.mark.costly
def test_beyond_the_budget_values_count_together_and_a_rebuild_gives_the_same(tmp_path: Path) -> None:
    """Names are given to the most frequent of the first file, then to what later files bring, while there is room."""
    first = log().assign(job=lambda each: [f"v{i % (MOST_BINS - 1)}" for i in range(len(each))])
    later = log().assign(job=lambda each: [f"w{i % 30}" for i in range(len(each))], id=lambda each: "x" + each["id"])
    system = declared(category("job"))
    workspace = filled(tmp_path / "home", system, first, later)
    cube = f"SELECT * FROM {table(system, 'histograms')} WHERE feature = 'job' ORDER BY ALL"
    with reading(workspace) as connection:
        named = values_of(connection, system)["job"]
        before = connection.execute(cube).fetchall()
        widest = connection.execute(f"SELECT max(n) FROM (SELECT count(*) AS n FROM ({cube}) GROUP BY day)").fetchone()
    assert len(named) == MOST_BINS
    assert len([name for name in named if name.startswith("w")]) == 1
    assert widest is not None
    assert widest[0] <= MOST_BINS + 2
    pair = exact_pair(workspace, system, window=MARCH, as_of=TODAY)
    assert OTHERS in job_of(pair.measures, "psi").params["categories"]
    with writing(workspace) as connection:
        rebuild(connection, system)
        assert connection.execute(cube).fetchall() == before


@pytest.mark.costly
def test_a_purge_leaves_no_rare_value_and_no_sum(tmp_path: Path) -> None:
    """January: its values that few had count together from then on, and whoever asks is told the same as before."""
    frame = log().assign(pay=lambda each: np.arange(len(each)) * 1.5)
    system = declared(category("job"), "pay")
    workspace = filled(tmp_path / "home", system, frame)
    before = job_of(exact_pair(workspace, system, window=MARCH, as_of=TODAY).measures, "psi")
    (workspace.home / "systems").mkdir(exist_ok=True)
    text = yaml.safe_dump(system.model_dump(mode="json", by_alias=True, exclude_none=True))
    (workspace.home / "systems" / f"{system.id}.yaml").write_text(text, encoding="utf-8")
    again = Workspace.find(workspace.home)
    purge(again, before=dt.date(2026, 2, 1))
    with reading(again) as connection:
        cube = table(system, "histograms")
        named = connection.execute(
            f"SELECT DISTINCT value1 FROM {cube} WHERE value1 IS NOT NULL AND month(day) = 1 ORDER BY 1"
        ).fetchall()
        sums = connection.execute(f"SELECT month(day), count(total) FROM {cube} GROUP BY ALL ORDER BY 1").fetchall()
    assert named == [("clerk",), ("cook",), ("nurse",)]
    assert sums[0] == (1, 0)
    assert all(count for _, count in sums[1:])
    after = job_of(exact_pair(again, system, window=MARCH, as_of=TODAY).measures, "psi")
    assert (after.value, after.params["categories"]) == (before.value, before.params["categories"])


@pytest.mark.costly
def test_the_kind_of_a_column_cannot_change_once_it_is_counted(tmp_path: Path) -> None:
    frame = log().assign(job=np.arange(len(log())) % 7)
    workspace = filled(tmp_path / "home", declared("job"), frame)
    again = frame.assign(id=lambda each: "x" + each["id"])
    again.to_parquet(tmp_path / "again.parquet")
    with pytest.raises(BoussoleError, match="'job' is kept as a number"):
        ingest(workspace, declared(category("job")), tmp_path / "again.parquet")


counts = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 40), min_size=1)


@given(counts, counts)
def test_what_is_told_never_leaves_a_few(before: dict[str, int], after: dict[str, int]) -> None:
    sides = Counter(before), Counter(after)
    found = told(sides, fewest=11)
    for at, side in enumerate(sides):
        assert sum(pair[at] for pair in found.values()) == side.total()
        if side.total() >= 11:
            assert not [value for value, pair in found.items() if 0 < pair[at] < 11]


FEWEST = 11
named = st.dictionaries(st.sampled_from(["a", "b", "c", "d", UNKNOWN]), st.integers(1, 60))
months = st.dictionaries(st.integers(1, 9).map(lambda month: dt.date(2026, month, 1)), named)


@pytest.mark.attack("small groups", "values of a column, rare in one month, from what several windows tell of it")
@given(counted=months)
def test_in_no_month_few_have_a_name_or_none(counted: dict[dt.date, dict[str, int]]) -> None:
    pools = pools_of({month: Values(values) for month, values in counted.items()}, fewest=FEWEST)
    before = frozenset[str]()
    for last in sorted(counted):
        told = pool_of(pools, Window(dt.date(2026, 1, 1), period_of(last, "month").end))
        for values in (Values(counted[month]) for month in counted if month <= last):
            assert all(n >= FEWEST for value, n in values.items() if value not in told and value != UNKNOWN)
            together = sum(values[value] for value in told)
            assert not 0 < together < FEWEST or values.keys() <= told | {UNKNOWN}, "all that there is has none"
        assert before <= told, "who lost a name never has one again"
        before = told


def test_of_two_windows_the_later_one_decides() -> None:
    january, february = (period_of(dt.date(2026, month, 1), "month") for month in (1, 2))
    pools = pools_of({january.start: Values(a=40, b=30), february.start: Values(a=40, b=3)}, fewest=FEWEST)
    assert "b" not in pool_of(pools, january)
    assert pool_of(pools, february, january) == pool_of(pools, january, february) == {"*", "a", "b"}
    assert pool_of((), january) == frozenset()
