"""Drift of categories: exact shares of each value, new ones in a bin of their own, rare ones never alone."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon

from boussole.audits.cubes.values import OTHERS, UNKNOWN, told
from boussole.audits.decisions import ingest
from boussole.audits.drift.pairs import exact_pair
from boussole.audits.drift.series import CONTROL, DriftSeries, Step, drift_series
from boussole.audits.measures import Measure
from boussole.audits.systems.model import System
from boussole.audits.windows import Window, whole_months
from boussole.audits.workspace import Workspace
from tests.written import sample

TODAY = dt.date(2026, 6, 1)
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


def filled(folder: Path, frame: pd.DataFrame, *controls: str) -> tuple[Workspace, System]:
    system = sample(
        {"id": "id", "decided_at": "ts", "decision": {"column": "chosen", "selected": [True]}},
        {"sex": "M"},
        controls={name: {"column": name} for name in controls},
        windows={"audit": "month", "reference": "2026-01-01/2026-01-31"},
    )
    workspace = Workspace.create(folder)
    frame.to_parquet(folder / "rows.parquet")
    ingest(workspace, system, folder / "rows.parquet")
    return workspace, system


@pytest.fixture(scope="module")
def series(tmp_path_factory: pytest.TempPathFactory) -> DriftSeries:
    workspace, system = filled(tmp_path_factory.mktemp("controls") / "home", log(), "job", "shift")
    return drift_series(workspace, system, as_of=TODAY)


@pytest.mark.costly
def test_the_command_has_the_same_figures(tmp_path: Path) -> None:
    workspace, system = filled(tmp_path / "home", log(), "job")
    pair = exact_pair(workspace, system, window=Window(dt.date(2026, 3, 1), dt.date(2026, 3, 31)), as_of=TODAY)
    assert [each for each in pair.measures if each.by == (CONTROL,)] == [
        each for each in drift_series(workspace, system, as_of=TODAY).points[2].measures if each.by == (CONTROL,)
    ]
    assert any(each.value for each in pair.measures if each.by == (CONTROL,))


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


def test_a_control_that_stands_still_does(series: DriftSeries) -> None:
    found = of(series, 2, name="shift")
    assert found.value is not None
    assert found.value < 0.02


@pytest.mark.costly
@pytest.mark.parametrize("step", ["week", "day"])
def test_parts_of_months_are_not_counted(tmp_path: Path, step: Step) -> None:
    workspace, system = filled(tmp_path / "a", log()[lambda rows: rows["month"] < 3], "job")
    found = drift_series(workspace, system, step=step, as_of=TODAY)
    told_of = [each for point in found.points for each in point.measures if each.by == (CONTROL,)]
    assert {(each.value, each.reason) for each in told_of} == {(None, "not_counted")}


@pytest.mark.costly
def test_a_control_declared_later_is_not_counted_until_the_cubes_are(tmp_path: Path) -> None:
    workspace, system = filled(tmp_path / "a", log(), "job")
    later = system.model_copy(update={"controls": {**system.controls, "shift": system.controls["job"]}})
    found = drift_series(workspace, later, as_of=TODAY)
    assert {each.reason for each in found.points[2].measures if each.by == (CONTROL,)} == {"not_counted"}


@pytest.mark.slow
def test_too_many_profiles_are_named(tmp_path: Path) -> None:
    frame = log()[lambda rows: rows["month"] < 3]
    many = pd.concat([frame] * 4, ignore_index=True)
    many = many.assign(id=[f"x{i}" for i in range(len(many))], job=[f"j{i}" for i in range(len(many))])
    workspace, system = filled(tmp_path / "a", many, "job")
    found = drift_series(workspace, system, as_of=TODAY)
    assert [each.reason for each in found.points[1].measures if each.by == (CONTROL,)] == ["too_many_strata"]


def test_a_window_is_two_months_or_none() -> None:
    whole = Window(dt.date(2026, 1, 1), dt.date(2026, 2, 28))
    assert [month.end.month for month in whole_months(whole)] == [1, 2]
    assert whole_months(Window(dt.date(2026, 1, 1), dt.date(2026, 2, 27))) == []
    assert whole_months(Window(dt.date(2026, 1, 2), dt.date(2026, 2, 28))) == []


counts = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 40), min_size=1)


@given(counts, counts)
def test_what_is_told_never_leaves_a_few(before: dict[str, int], after: dict[str, int]) -> None:
    sides = Counter(before), Counter(after)
    found = told(sides, fewest=11)
    for at, side in enumerate(sides):
        assert sum(pair[at] for pair in found.values()) == side.total()
        if side.total() >= 11:
            assert not [value for value, pair in found.items() if 0 < pair[at] < 11]
