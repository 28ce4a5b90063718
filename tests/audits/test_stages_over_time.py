"""Stages of windows that share days: who reads all documents finds out no more about a handful than about a crowd."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from audits.cubes.withheld import withheld_of, withheld_rows
from audits.runs import measure_evidence
from audits.standing import standing
from audits.systems.model import System
from audits.windows import Window, connected, pieces
from charter.audit import publication
from tests.audits.funnels import STAGES, counted, funnel, people

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


def facts(of: System, window: Window, document: Sequence[Mapping[str, Any]], *, before: int = FURTHEST) -> list[Any]:
    """What a document says, as sums over people; `before`: only of stages before this one, and of decisions."""
    found, chosen = [], STAGES.index(of.log.decision.column) + 1 if of.log.decision.column in STAGES else None
    for each in document:
        at = STAGES.index(each["given"]["stage"]) if "stage" in each["given"] else None
        ends = {
            "selection_rate": (0, chosen),
            "stage_selection_rate": (at, None if at is None else at + 1),
            "cumulative_selection_rate": (0, None if at is None else at + 1),
        }.get(each["metric"])
        if ends is None or each["n"] is None or (at is not None and at >= before):
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
            lowest, highest = reach([*known, *facts(of, window, documents[window], before=stage)], aim)
            where = (window, months, group, STAGES[stage], (least, most), (lowest, highest))
            assert least <= lowest + 0.5, where
            assert most >= min(highest, LIMIT) - 0.5, where
        known = now
    return looked


def random_funnels(numbers: Sequence[int]) -> np.ndarray:
    return np.array(numbers, dtype=np.int64).reshape(SHAPE)


NUMBERS = st.lists(st.sampled_from([0, 1, 3, 9, 20, 60]), min_size=int(np.prod(SHAPE)), max_size=int(np.prod(SHAPE)))
