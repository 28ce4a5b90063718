"""The cubes hold the same counts as the rows, however the rows came in."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from boussole.audits import evidence
from boussole.audits.counts.apart import WITHHELD
from boussole.audits.counts.left_out import read_left_out
from boussole.audits.counts.read import AuditInputs, cells_from_counts, read_counts
from boussole.audits.counts.scores import TOO_MANY, read_ranks, read_scores, read_strata, scores_of, strata_of
from boussole.audits.cubes import build
from boussole.audits.cubes.build import score_edges
from boussole.audits.cubes.edges import edges_of
from boussole.audits.lake import reading
from boussole.audits.lake.tables import table
from boussole.audits.measures import NEGATIVE, NO_OUTCOME, POSITIVE
from boussole.audits.runs import measure_evidence, measure_window, read_histograms
from boussole.audits.standing import standing
from boussole.audits.systems import System
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from tests.audits.cubed import contents, load, rebuilt
from tests.audits.privacy.helpers import rows_of
from tests.written import system_text

SYSTEM = system_text(
    "jobs",
    """
columns:
  id: ref
  decided_at: day
  decision: {column: taken, selected: [true], not_selected: [false]}
  score: {column: score, range: [0, 1]}
  outcome: {column: hired, positive: [true], matures_after_days: 30, observed_for: selected, absent: negative}
  person: who
  model_version: version
groups:
  gender: {column: gender}
  age: {column: age, bands: [25, 50]}
  area: {column: area}
controls:
  job: {column: job}
  shift: {column: shift}
intersections: [[gender, age]]
features: [distance]
""",
)
YEAR = Window(dt.date(2026, 1, 1), dt.date(2026, 12, 31))
LATE = dt.date(2027, 6, 1)


def log(rows: int, seed: int) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    taken = random.random(rows) < 0.4
    hired = np.where(taken & (random.random(rows) < 0.5), random.random(rows) < 0.3, None)
    return pd.DataFrame(
        {
            "ref": [f"r{i}" for i in range(rows)],
            "day": pd.Timestamp("2026-01-15") + pd.to_timedelta(random.integers(0, 90, rows), unit="D"),
            "taken": taken,
            "score": np.where(random.random(rows) < 0.05, None, np.round(random.random(rows), 2)).astype(object),
            "hired": hired,
            "who": [f"p{i}" for i in random.integers(0, max(rows // 5, 1), rows)],
            "version": random.choice(["1", "2"], rows),
            "gender": random.choice(np.array(["F", "M", None], dtype=object), rows, p=[0.45, 0.45, 0.1]),
            "age": random.integers(16, 70, rows),
            "area": random.choice(["n", "s"], rows),
            "job": random.choice(np.array(["cook", "a|b", None], dtype=object), rows),
            "shift": random.choice(["night", "1:-"], rows),
            "distance": np.where(random.random(rows) < 0.1, np.nan, random.gamma(2, 10, rows)),
        }
    ).astype({"score": "float64"})


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, System, pd.DataFrame]:
    frame = log(4000, 1)
    return (*load(tmp_path_factory.mktemp("cubes") / "w", SYSTEM, frame), frame)


@pytest.mark.costly
def test_daily_holds_the_counts_that_pandas_finds(loaded: tuple[Workspace, System, pd.DataFrame]) -> None:
    workspace, system, frame = loaded
    found = rows_of(
        workspace,
        f"SELECT value1, value2, decision, sum(n) FROM {table(system, 'daily')} "
        """WHERE "by" = 'gender*age' GROUP BY ALL""",
    )
    band = pd.cut(frame["age"], [0, 25, 50, 200], right=False, labels=["<25", "25-49", "50+"])
    expected = frame.groupby([frame["gender"].fillna("?"), band, "taken"], observed=True).size()
    assert {(g or "?", a, bool(d)): n for g, a, d, n in found} == expected.to_dict()


def test_cells_hold_every_marginal(loaded: tuple[Workspace, System, pd.DataFrame]) -> None:
    workspace, system, frame = loaded
    totals = rows_of(workspace, f"""SELECT "by", sum(n) FROM {table(system, "cells")} GROUP BY "by" ORDER BY "by" """)
    names = ["", "age", "age*area", "area", "gender", "gender*age", "gender*age*area", "gender*area"]
    assert totals == [(name, len(frame)) for name in names]


def test_histograms_count_each_row_once_with_missing_apart(loaded: tuple[Workspace, System, pd.DataFrame]) -> None:
    workspace, system, frame = loaded
    march = Window(dt.date(2026, 3, 1), dt.date(2026, 3, 31))
    with reading(workspace) as connection:
        edges = edges_of(connection, system)
        score, distance = read_histograms(connection, system, YEAR, march, edges)
    in_march = frame[frame["day"].dt.month == 3]
    assert (score.feature, distance.feature) == ("score", "distance")
    assert (sum(distance.reference), sum(distance.current)) == (len(frame), len(in_march))
    assert distance.reference[-1] == frame["distance"].isna().sum()
    expected, _ = np.histogram(frame["distance"].dropna(), [-np.inf, *np.nextafter(edges["distance"], -np.inf), np.inf])
    assert list(distance.reference[:-1]) == list(expected)
    bins = np.searchsorted([*score_edges(0, 1), 1.0], frame["score"].dropna(), side="right")
    assert list(score.reference[:-1]) == list(np.bincount(bins, minlength=101))


WINDOWS = [YEAR, Window(dt.date(2026, 2, 1), dt.date(2026, 2, 28)), Window(dt.date(2026, 2, 3), dt.date(2026, 3, 9))]


@pytest.mark.parametrize("window", WINDOWS)
def test_strata_hold_what_pandas_finds_from_cube_and_rows(
    loaded: tuple[Workspace, System, pd.DataFrame], window: Window
) -> None:
    """The whole log, one month, and a stretch that is no month, which only the rows can count."""
    workspace, system, frame = loaded
    with reading(workspace) as connection:
        from_cube = read_strata(connection, system, window)
        from_rows = read_strata(connection, system, window, exact=True)
        counts = read_counts(connection, system, window, as_of=LATE)
        assert counts.equals(read_counts(connection, system, window, as_of=LATE, exact=True))
    assert from_cube.equals(from_rows)
    by_sex = strata_of(from_cube, cells_from_counts(counts, system))[0]
    inside = frame[frame["day"].dt.date.between(window.start, window.end)]
    expected = inside.groupby(
        [inside["gender"].fillna("?"), inside["job"].fillna("?"), "shift", "taken"], observed=True
    ).size()
    jobs, shifts = {"0": "a|b", "1": "cook", None: "?"}, {"0": "1:-", "1": "night"}  # codes in alphabetical order
    found = {
        (group[0] or "?", jobs[job], shifts[str(shift)], bool(d)): int(n)
        for i, group in enumerate(by_sex.groups)
        for j, (job, shift) in enumerate(by_sex.strata)
        for d, n in enumerate(by_sex.counts[i, j].sum(axis=0))
        if n
    }
    assert found == expected.to_dict()


@pytest.mark.parametrize("window", WINDOWS)
def test_scores_hold_what_pandas_finds_from_cube_and_rows(
    loaded: tuple[Workspace, System, pd.DataFrame], window: Window
) -> None:
    workspace, system, frame = loaded
    with reading(workspace) as connection:
        from_cube = read_scores(connection, system, window, as_of=LATE)
        from_rows = read_scores(connection, system, window, as_of=LATE, exact=True)
        counts = read_counts(connection, system, window, as_of=LATE)
    assert from_cube.equals(from_rows)
    everybody, by_sex = scores_of(from_cube, cells_from_counts(counts, system), system)[:2]
    inside = frame[frame["day"].dt.date.between(window.start, window.end)]
    scored = inside.dropna(subset="score")
    assert (everybody.missing.sum(), everybody.counts.sum()) == (len(inside) - len(scored), len(scored))
    for group, counted, missing, total, squares in zip(
        by_sex.groups, by_sex.counts, by_sex.missing, by_sex.totals, by_sex.squares, strict=True
    ):
        own = scored[scored["gender"].fillna("?") == (group[0] or "?")]
        assert missing == (inside["gender"].fillna("?") == (group[0] or "?")).sum() - len(own)
        bins = np.round(own["score"] * 100).astype(int)
        assert counted.sum(axis=(1, 2, 3)).tolist() == np.bincount(bins, minlength=101).tolist()
        assert counted[:, :, 1, POSITIVE].sum() == (own["hired"] == True).sum()  # noqa: E712 (None is neither)
        assert counted[:, :, 1, NO_OUTCOME].sum() == 0  # absent is negative once mature
        assert total.sum() == pytest.approx(own["score"].sum(), abs=1e-9)
        assert squares.sum() == pytest.approx((own["score"] ** 2).sum(), abs=1e-9)


@pytest.mark.slow
def test_scores_in_another_declared_range_and_other_controls_are_counted_from_the_rows(tmp_path: Path) -> None:
    workspace, system = load(tmp_path / "w", SYSTEM, log(300, 3))
    assert system.columns
    assert system.columns.score
    score = system.columns.score.model_copy(update={"range": (0.0, 2.0)})
    other = system.model_copy(
        update={
            "columns": system.columns.model_copy(update={"score": score}),
            "controls": {"shift": system.controls["shift"]},
        }
    )
    with reading(workspace) as connection:
        found = read_scores(connection, other, YEAR, as_of=LATE)
        counts = read_counts(connection, other, YEAR, as_of=LATE)
        strata = read_strata(connection, other, YEAR)
    everybody = scores_of(found, cells_from_counts(counts, other), other)[0]
    assert everybody.counts.sum() + everybody.missing.sum() == 300
    assert np.flatnonzero(everybody.counts.sum(axis=(0, 2, 3, 4))).max() <= 50
    assert set(strata["stratum"].to_pylist()) == {"0", "1"}
    assert sum(strata.filter(pa.compute.equal(strata["by"], "gender"))["n"].to_pylist()) == 300


@pytest.mark.costly
def test_what_an_audit_read_comes_back_from_its_evidence(
    loaded: tuple[Workspace, System, pd.DataFrame], tmp_path: Path
) -> None:
    workspace, system, _ = loaded
    with reading(workspace) as connection:
        read = AuditInputs(
            counts=read_counts(connection, system, YEAR, as_of=LATE),
            strata=read_strata(connection, system, YEAR),
            ranks=read_ranks(connection, system, YEAR),
            scores=read_scores(connection, system, YEAR, as_of=LATE),
            reference_scores=read_scores(connection, system, WINDOWS[1], as_of=LATE),
            withheld=WITHHELD.empty_table(),
            left_out=read_left_out(connection, system, WINDOWS[1]),
            histograms=read_histograms(connection, system, YEAR, YEAR, edges_of(connection, system)),
        )
    again = evidence.load(tmp_path, evidence.store(tmp_path, read).cubes)
    assert again.counts.equals(read.counts)
    assert again.strata.equals(read.strata)
    assert again.ranks.equals(read.ranks)
    assert again.left_out.equals(read.left_out)
    assert read.left_out.num_rows
    assert again.scores.equals(read.scores)
    assert again.reference_scores.equals(read.reference_scores)
    assert read.scores.num_rows > read.reference_scores.num_rows > 0
    assert again.histograms == read.histograms


@pytest.mark.slow
def test_too_many_profiles_are_pooled_month_by_month_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the batches: as a rebuild counts them. Six profiles there are, two are allowed."""
    monkeypatch.setattr(build, "MOST_STRATA", 2)
    frame = log(600, 5)
    frame.loc[frame["day"].dt.month == 1, ["job", "shift"]] = ["cook", "night"]
    workspace, system = load(tmp_path / "w", SYSTEM, frame[:7], frame[7:300], frame[300:])
    before = contents(workspace, "edges", "values")
    with reading(workspace) as connection:
        found = connection.execute(
            f"SELECT CAST(month(month) AS INTEGER), list(DISTINCT stratum), sum(n) FROM {table(system, 'strata')} "
            """WHERE "by" = 'gender' GROUP BY 1 ORDER BY 1"""
        ).fetchall()
        january = read_strata(connection, system, Window(dt.date(2026, 1, 1), dt.date(2026, 1, 31)))
        year = [read_strata(connection, system, YEAR, exact=exact) for exact in (False, True)]
    assert found[0][1] == ["4:cook|5:night"]
    assert all(strata == ["*"] for _, strata, _ in found[1:])
    assert sum(n for *_, n in found) == 600
    assert set(january["stratum"].to_pylist()) == {"0|0"}
    assert all(read.equals(TOO_MANY) for read in year)
    assert rebuilt(workspace, "edges", "values") == before
    run = measure_window(workspace, system, start=YEAR.start, end=YEAR.end, as_of=LATE)
    adjusted = [m for m in run.measures if m.metric == "adjusted_selection_rate_ratio" and m.status != "suppressed"]
    assert {m.reason for m in adjusted} == {"too_many_strata"}
    again, _ = measure_evidence(
        evidence.load(workspace.unsealed, run.evidence), system, stands=standing(system, YEAR, as_of=LATE)
    )
    assert again == run.measures


def test_an_absent_outcome_is_negative_only_once_mature(loaded: tuple[Workspace, System, pd.DataFrame]) -> None:
    workspace, system, frame = loaded
    as_of = dt.date(2026, 4, 1)
    with reading(workspace) as connection:
        counts = read_counts(connection, system, YEAR, as_of=as_of)
    (everybody, *_) = cells_from_counts(counts, system)
    selected = everybody.counts.sum(axis=(0, 1))[1]
    taken = frame[frame["taken"]]
    mature = taken["day"].dt.date <= as_of - dt.timedelta(days=30)
    assert selected[POSITIVE] == (taken["hired"] == True).sum()  # noqa: E712 (None is neither)
    assert selected[NEGATIVE] == ((taken["hired"] == False) | (taken["hired"].isna() & mature)).sum()  # noqa: E712
    assert selected[NO_OUTCOME] == (taken["hired"].isna() & ~mature).sum()
    assert everybody.counts.sum(axis=(0, 1))[0, NO_OUTCOME] == (~frame["taken"]).sum()


def test_a_cluster_never_spreads_over_buckets(loaded: tuple[Workspace, System, pd.DataFrame]) -> None:
    workspace, system, _ = loaded
    with reading(workspace) as connection:
        spread = connection.execute(
            "SELECT max(n), count(DISTINCT bucket) FROM (SELECT person, count(DISTINCT bucket) AS n, "
            f"any_value(bucket) AS bucket FROM {table(system, 'decisions')} GROUP BY person)"
        ).fetchone()
    assert spread == (1, 40)


@pytest.mark.slow
@settings(
    max_examples=3,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.integers(1, 149), st.integers(0, 10_000))
def test_splitting_a_batch_changes_no_count(tmp_path_factory: pytest.TempPathFactory, cut: int, seed: int) -> None:
    frame = log(150, seed)
    # The first batch fixes the edges of features: both ways must see the same one first.
    first, rest = frame[:cut], frame[cut:]
    shuffled = rest.sample(frac=1, random_state=seed)
    half = len(shuffled) // 2
    parts = [part for part in (shuffled[:half], shuffled[half:]) if len(part)]
    folder = tmp_path_factory.mktemp("split")
    twice, _ = load(folder / "a", SYSTEM, first, rest)
    thrice, _ = load(folder / "b", SYSTEM, first, *parts)
    assert contents(twice, "edges", "values") == contents(thrice, "edges", "values")
