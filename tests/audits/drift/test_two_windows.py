"""Two windows side by side: exact figures, the classes they are told in, and nobody found by subtraction."""

from __future__ import annotations

import datetime as dt
import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from boussole.audits.decisions import ingest
from boussole.audits.drift.classes import Cuts, Months, fixed_cuts, in_classes, is_few, nearest
from boussole.audits.drift.two_windows import Distribution, complete_windows, two_windows
from boussole.audits.systems.model import System
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from tests.audits.readings import read_last
from tests.written import sample

LEAST, BINS = 11, 6
TODAY = dt.date(2026, 6, 1)
HALF = range(1, 5)


def month(number: int) -> Window:
    return Window(dt.date(2026, number, 1), dt.date(2026, number + 1, 1) - dt.timedelta(days=1))


def run(first: int, last: int) -> Window:
    return Window(month(first).start, month(last).end)


RUNS = [run(first, last) for first in HALF for last in HALF if first <= last]


def known(counts: np.ndarray) -> Months:
    """Four months of so many decisions by bin."""
    return Months(counts={month(at): counts[at - 1] for at in HALF}, least={month(at): LEAST for at in HALF})


def told(months: Months, cuts: Cuts) -> list[tuple[Window, Cuts]]:
    """Every window with the classes that some choice of two windows tells it in."""
    found = set()
    for pair in itertools.combinations(RUNS, 2):
        if all(months.of(each) is not None for each in pair):
            shared = months.cuts(cuts, max(pair, key=lambda each: each.end))
            found |= {(each, shared) for each in pair}
    return sorted(found)


def solvable(equations: np.ndarray, wanted: np.ndarray) -> bool:
    """Whether a sum of cells follows from the sums that are told."""
    found, *_ = np.linalg.lstsq(equations.T, wanted, rcond=None)
    return bool(np.allclose(equations.T @ found, wanted, atol=1e-8))


FEW = st.integers(0, 60) | st.integers(0, 12)
MONTH = st.lists(FEW, min_size=BINS, max_size=BINS) | st.lists(st.integers(0, 2), min_size=BINS, max_size=BINS)


@settings(max_examples=40, deadline=None)
@given(st.lists(MONTH, min_size=4, max_size=4))
def test_no_choice_of_windows_gives_a_few_away(cells: list[list[int]]) -> None:
    """All that all pairs tell, solved together: no stretch of values of any months has some, but few, decisions."""
    counts = np.array(cells)
    equations = []
    for window, cuts in told(known(counts), (1, 2, 3, 4, 5)):
        for begin, end in itertools.pairwise([0, *cuts, BINS]):
            cell = np.zeros((4, BINS))
            cell[window.start.month - 1 : window.end.month, begin:end] = 1
            equations.append(cell.ravel())
    if not equations:
        return
    matrix = np.unique(np.array(equations), axis=0)
    for window in RUNS:
        for begin, end in itertools.combinations(range(BINS + 1), 2):
            cell = np.zeros((4, BINS))
            cell[window.start.month - 1 : window.end.month, begin:end] = 1
            n = int((cell * counts).sum())
            assert not (is_few(n, least=LEAST) and solvable(matrix, cell.ravel())), (window, begin, end, n)


def test_a_class_that_few_have_joins_a_neighbour_from_that_month_on() -> None:
    counts = np.array([[40, 30, 20, 20, 0, 0], [40, 30, 20, 20, 0, 0], [40, 30, 3, 20, 0, 9], [40, 30, 20, 20, 0, 0]])
    months, cuts = known(counts), (1, 2, 3, 4, 5)
    assert months.cuts(cuts, month(2)) == cuts
    assert months.cuts(cuts, month(3)) == (1, 2)
    assert months.cuts(cuts, month(4)) == (1, 2)  # for good, though nobody is rare any more


def test_a_month_of_few_is_told_in_no_window_and_joins_nothing() -> None:
    counts = np.array([[40, 30, 20, 20, 0, 0], [2, 3, 0, 0, 0, 0], [40, 30, 20, 20, 0, 0], [40, 30, 20, 20, 0, 0]])
    months = known(counts)
    assert [months.of(each) is None for each in (month(1), month(2), run(1, 3), run(3, 4))] == [
        False,
        True,
        True,
        False,
    ]
    assert months.cuts((1, 2, 3), month(4)) == (1, 2, 3)
    assert months.of(Window(dt.date(2026, 1, 1), dt.date(2026, 1, 30))) is None


@given(st.integers(0, 10_000))
def test_what_is_told_is_a_multiple_of_ten_and_never_under_the_threshold(n: int) -> None:
    assert nearest(n) % 10 == 0
    assert abs(nearest(n) - n) <= 5
    assert is_few(n, least=LEAST) or n == 0 or nearest(n) >= LEAST


@given(st.lists(st.floats(-1e6, 1e6, allow_nan=False), unique=True, max_size=220), st.booleans())
def test_classes_follow_from_the_edges_alone(edges: list[float], score: bool) -> None:
    cuts = fixed_cuts(sorted(edges), score=score)
    assert list(cuts) == sorted(set(cuts))
    assert len(cuts) <= 11
    assert all(1 <= cut <= len(edges) for cut in cuts)
    assert sum(in_classes(cuts, np.ones(len(edges) + 1, dtype=np.int64))) == len(edges) + 1


ROWS = {1: 900, 2: 800, 3: 700, 4: 700}


def log() -> pd.DataFrame:
    random = np.random.default_rng(3)
    parts = []
    for number, rows in ROWS.items():
        parts.append(
            pd.DataFrame(
                {
                    "day": [f"2026-{number:02}-{day:02}" for day in random.integers(1, 29, rows)],
                    "taken": random.random(rows) < 0.3,
                    "score": np.clip(random.normal(0.4 + 0.1 * (number > 2), 0.1, rows), 0, 0.999),
                    "years": random.integers(0, 40 + 5 * (number == 4), rows).astype(float),
                    "age": 20 + 5 * random.integers(0, 8, rows),
                    "sex": np.where(random.random(rows) < 0.5, "F", "M"),
                    "children": random.integers(0, 4, rows),
                    "zone": np.where(random.random(rows) < 0.4 + 0.2 * (number > 2), "a", "b"),
                }
            )
        )
    whole = pd.concat(parts, ignore_index=True)
    few = whole.index[whole["day"].str.startswith("2026-02")][:3]
    whole.loc[few, "years"] = None  # three people of February have no years
    return whole.assign(id=[f"r{i}" for i in range(len(whole))])


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return log()


@pytest.fixture(scope="module")
def filled(rows: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, System]:
    system = sample(
        {
            "id": "id",
            "decided_at": "day",
            "decision": {"column": "taken", "selected": [True]},
            "score": {"column": "score", "range": [0, 1]},
        },
        ("sex", "age"),
        features=["years", "age", "children", {"column": "zone", "kind": "category"}],
        controls={"children": {"column": "children"}},
        windows={"audit": "quarter", "reference": "2026-01-01/2026-02-28"},
    )
    workspace = Workspace.create(tmp_path_factory.mktemp("two") / "workspace")
    rows.to_parquet(workspace.home / "rows.parquet")
    ingest(workspace, system, workspace.home / "rows.parquet")
    read_last(workspace, dt.date.fromisoformat(max(rows["day"])[:10]))
    return workspace, system


def column(filled: tuple[Workspace, System], name: str, *pair: Window) -> Distribution:
    found = two_windows(*filled, (pair[0], pair[1]), as_of=TODAY)
    return next(each for each in found.columns if each.name == name)


@pytest.mark.costly
def test_windows_that_have_ended_can_be_chosen_the_newest_first(filled: tuple[Workspace, System]) -> None:
    """Months, quarters as audits have them, and the reference; April is not complete: it was not read after its end."""
    assert complete_windows(*filled, step="month") == [month(3), run(1, 3), month(2), run(1, 2), month(1)]
    weeks = complete_windows(*filled, step="week")
    assert {(each.end - each.start).days for each in weeks if each != run(1, 2)} == {6}


@pytest.mark.costly
def test_scores_are_told_in_tenths_of_both_windows(filled: tuple[Workspace, System], rows: pd.DataFrame) -> None:
    found = column(filled, "score", month(1), month(3))
    assert found.reason is None
    bounds = [-np.inf, *found.begins, np.inf]
    for side, number in ((found.older, 1), (found.newer, 3)):
        parts = [part for part in side if part]
        scores = rows.loc[rows["day"].str.startswith(f"2026-0{number}"), "score"]
        exact = [int(((scores >= low) & (scores < high)).sum()) for low, high in itertools.pairwise(bounds)]
        assert [part.count for part in parts if part] == [nearest(n) for n in exact]
        assert not any(0 < part.count < LEAST for part in parts)
        total = sum(part.count for part in parts)
        for part in parts:
            assert part.share == part.count / total
            low, high = proportion_confint(part.count, total, method="wilson")
            assert (part.interval.low, part.interval.high) == pytest.approx((low, high))
    assert {round(10 * bound, 6) % 1 for bound in bounds[1:-1]} <= {0.0}


@pytest.mark.costly
def test_three_people_without_a_value_follow_from_nothing(filled: tuple[Workspace, System]) -> None:
    found = column(filled, "years", month(2), month(3))
    assert all(part and part.count % 10 == 0 for part in (*found.older, *found.newer))
    assert sum(part.share for part in found.older if part) == pytest.approx(1)


@pytest.mark.costly
def test_a_column_of_groups_or_of_a_control_is_told_there_alone(filled: tuple[Workspace, System]) -> None:
    found = two_windows(*filled, (month(1), month(3)), as_of=TODAY).columns
    reasons = {(each.like.by[0], each.name): each.reason for each in found}
    assert reasons["feature", "age"] == "is_group"
    assert reasons["feature", "children"] == "is_control"
    assert reasons["control", "children (control)"] is None


@pytest.mark.costly
def test_values_and_decisions_have_their_shares_with_an_interval(
    filled: tuple[Workspace, System], rows: pd.DataFrame
) -> None:
    found = column(filled, "zone", month(1), month(3))
    march = rows.loc[rows["day"].str.startswith("2026-03"), "zone"]
    assert dict(zip(found.values, [part and part.count for part in found.newer], strict=True)) == dict(
        march.value_counts()
    )
    decided = column(filled, "decision", month(1), month(3))
    (part,) = decided.newer
    assert part is not None
    taken = rows.loc[rows["day"].str.startswith("2026-03"), "taken"]
    assert (decided.values, part.count) == (["selected"], int(taken.sum()))
    low, high = proportion_confint(part.count, len(taken), method="wilson")
    assert (part.interval.low, part.interval.high) == pytest.approx((low, high))


@pytest.mark.costly
def test_windows_that_cut_a_month_or_share_days_are_told_in_no_classes(filled: tuple[Workspace, System]) -> None:
    week = Window(dt.date(2026, 3, 2), dt.date(2026, 3, 8))
    assert column(filled, "score", month(1), week).reason == "cuts_months"
    assert column(filled, "zone", month(1), week).reason == "cuts_months"
    shared = two_windows(*filled, (run(1, 3), month(3)), as_of=TODAY)
    assert (shared.point.reason, shared.columns) == ("overlaps", [])
