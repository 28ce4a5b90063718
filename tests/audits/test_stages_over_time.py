"""Stages of windows that share days: who reads all documents finds out no more about a handful than about a crowd."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from boussole.audits.counts.withheld import withheld_of, withheld_rows
from boussole.audits.decisions import ingest
from boussole.audits.evidence import load
from boussole.audits.runs import measure_evidence
from boussole.audits.standing import standing
from boussole.audits.systems.model import System
from boussole.audits.windows import Window, connected, pieces
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.charter.document.measures import measures_of
from tests.as_json import publication
from tests.audits.funnels import STAGES, counted, funnel, people

STEP, REASON = "stage_selection_rate", "protects_other_window"
LIMIT = 11
SEXES, AGES, FURTHEST = ("F", "M", "X"), ("old", "young"), len(STAGES) + 1
MONTHS = [Window(dt.date(2026, i, 1), dt.date(2026, i, 28)) for i in (1, 2, 3)]
WINDOWS = [*MONTHS, Window(MONTHS[0].start, MONTHS[2].end), Window(MONTHS[0].start, MONTHS[1].end)]
SHAPE = (len(MONTHS), len(SEXES), len(AGES), FURTHEST)
Documents = Mapping[Window, Sequence[Mapping[str, Any]]]
"""The measures of each window, as its document writes them."""


def read(of: System, counts: np.ndarray) -> Any:
    """What an audit reads of some months (sex × age × furthest stage)."""
    total = counts.sum(axis=0)
    rows = {(sex, age): total[i, j].tolist() for i, sex in enumerate(SEXES) for j, age in enumerate(AGES)}
    return counted(of, people(rows))


def inside(window: Window) -> list[int]:
    return [i for i, month in enumerate(MONTHS) if window.holds(month)]


def publish(of: System, counts: np.ndarray, window: Window, before: Documents) -> list[dict[str, Any]]:
    """The measures that an audit of a window shows after others, as it goes by what their documents say."""
    near = connected(window, before)
    cut = {piece: read(of, counts[inside(piece)]).counts for piece in pieces([window, *near])}
    shown = [publication(each, [{"measures": before[each]}]) for each in near]
    rows = withheld_rows(window, shown, cut, system=of)
    own = replace(read(of, counts[inside(window)]), withheld=rows)
    return [measure.document() for measure in measure_evidence(own, of, stands=STANDS)[0]]


STANDS = standing(funnel(), WINDOWS[3], as_of=dt.date(2027, 1, 1), today=dt.date(2027, 1, 1))


def picked(months: Sequence[int], by: Sequence[str], group: Sequence[str], stages: int) -> np.ndarray:
    """The people of a group in some months who got that far or further."""
    mask, named = np.zeros(SHAPE), dict(zip(by, group, strict=True))
    sex = [i for i, name in enumerate(SEXES) if named.get("sex", name) == name]
    age = [i for i, name in enumerate(AGES) if named.get("age", name) == name]
    mask[np.ix_(months, sex, age, range(stages, FURTHEST))] = 1
    return mask.ravel()


def facts(
    of: System, window: Window, document: Sequence[Mapping[str, Any]], *, before: int = FURTHEST, totals: bool = True
) -> list[Any]:
    """What a document says, as sums over people.

    `before`: only of stages before this one, and of decisions; `totals`: at all stages of everybody.
    """
    found, chosen = [], STAGES.index(of.log.decision.column) + 1 if of.log.decision.column in STAGES else None
    for each in document:
        at = STAGES.index(each["given"]["stage"]) if "stage" in each["given"] else None
        ends = {
            "selection_rate": (0, chosen),
            "stage_selection_rate": (at, None if at is None else at + 1),
        }.get(each["metric"])
        if ends is None or each["n"] is None or (at is not None and at >= before and (each["by"] or not totals)):
            continue
        values = each["n"], each["n"] * each["value"] if each["value"] is not None else 0
        group = tuple((each["group"] or {}).values())
        for stages, value in zip(ends, values, strict=True):
            if stages is not None:
                found.append((picked(inside(window), each["by"], group, stages), round(value)))
    return found


def reach(known: Sequence[Any], aim: np.ndarray) -> tuple[float, float]:
    """The least and the most people that there can be, to one who knows all this: a linear program of our own."""
    unique = list({row.tobytes(): (row, value) for row, value in known}.values())
    rows, values = np.array([row for row, _ in unique]), [value for _, value in unique]
    ends = [sign * linprog(sign * aim, A_eq=rows, b_eq=values, method="highs").fun for sign in (1, -1)]
    return ends[0], ends[1]


def handfuls(counts: np.ndarray, windows: Sequence[Window]) -> list[tuple[list[int], Any, int]]:
    """Groups of whom few came to a stage in days that the windows set apart: months, group, stage."""
    groups = [(by, g) for by in BYS for g in itertools.product(*(VALUES[name] for name in by))]
    return [
        (months, key, stage)
        for months in [inside(piece) for piece in pieces(windows)]
        for key in groups
        for stage in range(FURTHEST - 1)
        if 0 < picked(months, *key, stage) @ counts.ravel() < LIMIT
    ]


VALUES = {"sex": SEXES, "age": AGES}
BYS = [(), ("sex",), ("age",), ("sex", "age")]


def check(of: System, counts: np.ndarray, order: Sequence[Window]) -> int:
    """No document adds more to what is known of a handful than it would with nothing on their stage and later ones.

    But for the totals of everybody, unless everybody is a handful.

    Returns how many handfuls were looked at.
    """
    documents: dict[Window, list[dict[str, Any]]] = {}
    known: list[Any] = []
    looked = 0
    for window in order:
        documents[window] = publish(of, counts, window, documents)
        now = [*known, *facts(of, window, documents[window])]
        for months, (by, group), stage in handfuls(counts, list(documents)):
            aim = picked(months, by, group, stage + 1)
            least, most = reach(now, aim)
            looked += 1
            if least < 0.5 and most > LIMIT - 0.5:
                continue
            without = facts(of, window, documents[window], before=stage, totals=bool(by))
            lowest, highest = reach([*known, *without], aim)
            where = (window, months, group, STAGES[stage], (least, most), (lowest, highest))
            assert least <= lowest + 0.5, where
            assert most >= min(highest, LIMIT) - 0.5, where
        known = now
    return looked


def random_funnels(numbers: Sequence[int]) -> np.ndarray:
    return np.array(numbers, dtype=np.int64).reshape(SHAPE)


NUMBERS = st.lists(st.sampled_from([0, 1, 3, 9, 20, 60]), min_size=int(np.prod(SHAPE)), max_size=int(np.prod(SHAPE)))


@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(NUMBERS, st.permutations(WINDOWS))
@pytest.mark.slow
def test_no_reader_of_all_windows_finds_a_handful_at_a_stage(numbers: list[int], order: list[Window]) -> None:
    check(funnel(), random_funnels(numbers), order)


@pytest.mark.slow
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(NUMBERS, st.permutations(WINDOWS), st.sampled_from(["chosen", "contacted"]))
def test_no_reader_of_many_windows_finds_a_handful_at_a_stage(
    numbers: list[int], order: list[Window], decision: str
) -> None:
    check(funnel(decision=decision), random_funnels(numbers), order)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_no_reader_of_steady_months_finds_a_handful_at_a_stage(seed: int) -> None:
    """Months alike, of which only the last stage is small: the groups come from few cells, and totals are few too."""
    rng = np.random.default_rng(seed)
    of = funnel(decision=("chosen", "contacted")[seed % 2])
    looked = check(of, rng.poisson([40, 20, 8, 3], size=SHAPE), [WINDOWS[i] for i in rng.permutation(len(WINDOWS))])
    assert looked > 10


def months(*tables: Mapping[tuple[str, str], Sequence[int]]) -> np.ndarray:
    """Funnels of each month: of each sex and age, how many got no further than each number of stages."""
    counts = np.zeros(SHAPE, dtype=np.int64)
    for month, table in enumerate(tables):
        for (sex, age), furthest in table.items():
            counts[month, SEXES.index(sex), AGES.index(age)] = furthest
    return counts


CROWD = {(sex, age): (60, 50, 30, 20) for sex in SEXES[:2] for age in AGES}
FEW_HIRED = CROWD | {("F", "old"): (60, 50, 2, 1), ("F", "young"): (60, 50, 1, 2)}


def told(document: Sequence[Mapping[str, Any]], metric: str, stage: str) -> dict[str, str | None]:
    """Whether and why nothing is told of each sex and of everybody."""
    own = [m for m in document if m["metric"] == metric and m["given"].get("stage") == stage and "age" not in m["by"]]
    return {(m["group"] or {}).get("sex", "all"): m["reason"] for m in own}


@pytest.mark.costly
def test_a_quarter_does_not_give_the_few_away_who_came_far_in_one_month() -> None:
    of, counts = funnel(), months(FEW_HIRED, CROWD, CROWD)
    documents: dict[Window, list[dict[str, Any]]] = {}
    for window in WINDOWS[:4]:
        documents[window] = publish(of, counts, window, documents)
    january, february, quarter = (documents[window] for window in (MONTHS[0], MONTHS[1], WINDOWS[3]))
    assert told(january, STEP, "hired") == {"all": None, "F": "small_group", "M": "protects_small_group"}
    assert set(told(february, STEP, "hired").values()) == {None}
    assert told(quarter, STEP, "hired") == {"all": None, "F": REASON, "M": REASON}
    assert set(told(quarter, STEP, "contacted").values()) == {None}
    assert {m["reason"] for m in quarter if m["metric"] == "selection_rate"} == {None}
    alone = publish(of, counts, WINDOWS[3], {})
    assert set(told(alone, STEP, "hired").values()) == {None}


@pytest.mark.costly
def test_a_quarter_tells_nothing_of_a_stage_that_few_of_everybody_reached_in_one_month() -> None:
    nearly = {key: (60, 50, n, 1) for key, n in zip(CROWD, (1, 1, 1, 1), strict=True)}
    of, counts = funnel(), months(nearly, CROWD, CROWD)
    documents: dict[Window, list[dict[str, Any]]] = {}
    for window in WINDOWS[:4]:
        documents[window] = publish(of, counts, window, documents)
    assert set(told(documents[MONTHS[0]], STEP, "hired").values()) == {"small_group"}
    assert set(told(documents[WINDOWS[3]], STEP, "hired").values()) == {REASON}
    assert set(told(documents[WINDOWS[3]], STEP, "contacted").values()) == {None}


def test_nothing_is_told_of_the_stages_after_one_that_a_handful_reached() -> None:
    """That nobody of them got on would be told by a zero."""
    few = {key: (60, n, 0, 0) for key, n in zip(CROWD, (2, 2, 1, 1), strict=True)}
    document = publish(funnel(), months(few), MONTHS[0], {})
    assert told(document, STEP, "shortlisted")["all"] is None
    for stage in ("contacted", "hired"):
        assert {(m["reason"], m["n"]) for m in document if m["given"].get("stage") == stage} == {("small_group", None)}


@pytest.mark.slow
def test_evidence_repeats_what_was_hidden_at_a_stage_for_another_window(tmp_path: Path) -> None:
    of, counts = funnel(person=True), months(FEW_HIRED, CROWD, CROWD)
    frames = [
        people(dict(zip(itertools.product(SEXES, AGES), month.reshape(-1, FURTHEST).tolist(), strict=True)))
        for month in counts
    ]
    for i, frame in enumerate(frames):
        frame["ts"] = pd.Timestamp(2026, i + 1, 15)
        frame["id"], frame["person"] = (f"{i}-" + frame[name] for name in ("id", "person"))
    workspace = Workspace.create(tmp_path)
    pd.concat(frames).to_parquet(tmp_path / "rows.parquet")
    ingest(workspace, of, tmp_path / "rows.parquet")
    for window in MONTHS:
        run_audit(workspace, of, start=window.start, end=window.end)
    quarter = WINDOWS[3]
    document = run_audit(workspace, of, start=quarter.start, end=quarter.end).written()
    assert told(document["measures"], STEP, "hired") == {"all": None, "F": REASON, "M": REASON}
    read = load(workspace.evidence, document["evidence"]["cubes"].removeprefix("sha256:"))
    assert set(withheld_of(read.withheld).stages) == {STAGES[2]}
    stands = standing(of, quarter, as_of=dt.date.fromisoformat(document["as_of"]))
    assert [m.written() for m in measures_of(measure_evidence(read, of, stands=stands)[0])] == document["measures"]
