"""The median time to reply is told of enough people alone, and not where what is told of others would tell of few."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
import yaml

from boussole.audits.counts.read import REPLIED, cells_from_counts, positions
from boussole.audits.measures import Measure
from boussole.audits.metrics.replies import MEDIAN, Counting, reply_measures
from boussole.audits.standing import WindowStanding
from boussole.audits.systems.logs.contacts import ANSWERED, LATE, PROMPT, WAIT
from boussole.audits.systems.model import System
from tests.end_to_end.test_replies import LOG, SYSTEM

OFFERS = System.model_validate(yaml.safe_load(SYSTEM.replace("LOG", LOG)))


def counted(**answered: int | tuple[int, int]) -> pa.Table:
    """Thirty people of each group with a reply to a list with an end, and messages with a time of day that so many
    people answered (each so often), after seven hours."""
    found = []
    for by in ("", "gender"):
        for place, (group, told) in enumerate(answered.items()):
            people, each = told if isinstance(told, tuple) else (told, 1)
            mine = {"by": by, "value1": group if by and group != "unknown" else None, "decision": 0}
            persons = [(place * 3 + i) % 40 for i in range(30)]
            found += [{**mine, "part": part, "bucket": b, "n": each} for part in (LATE, PROMPT) for b in persons]
            found += [{**mine, "part": ANSWERED, "bucket": b, "n": each} for b in persons[:people]]
            found += [{**mine, "part": WAIT, "bucket": 0, "bin": 420, "n": people * each}] if people else []
    keys = ["part", "by", "value1", "bucket", "decision", "bin"]
    summed: dict[tuple, int] = {}
    for row in found:
        key = tuple(row.get(name) for name in keys)
        summed[key] = summed.get(key, 0) + row["n"]
    return pa.Table.from_pylist([dict(zip(keys, key, strict=True)) | {"n": n} for key, n in summed.items()], REPLIED)


def measured(read: pa.Table) -> list[Measure]:
    counting = Counting(cells=cells_from_counts, positions=positions)
    return reply_measures(read, OFFERS, standing=WindowStanding(), counting=counting)


def medians(**answered: int | tuple[int, int]) -> dict[str, Measure]:
    found = measured(counted(**answered))
    return {each.group[0] if each.group else "": each for each in found if each.metric == MEDIAN}


CASES: list[tuple[dict[str, Any], dict[str, int | None]]] = [
    ({"F": 30, "M": 30}, {"": 60, "F": 30, "M": 30}),
    ({"F": 1, "M": 30}, {"": 31, "F": None, "M": None}),  # everybody less the men is one woman
    ({"F": 10, "M": 30}, {"": 40, "F": None, "M": None}),
    ({"F": (2, 15), "M": 30}, {"": 60, "F": None, "M": None}),  # thirty replies of two women
    ({"F": 30, "M": 30, "unknown": 2}, {"": 62, "F": None, "M": 30}),
    ({"F": 0, "M": 30}, {"": 30, "F": 0, "M": 30}),  # nobody is told of
    ({"F": 1, "M": 0}, {"": None, "F": None, "M": None}),
    ({"F": (1, 30), "M": 0}, {"": None, "F": None, "M": None}),
]


@pytest.mark.parametrize(("answered", "told"), CASES)
def test_a_median_of_few_people_is_told_of_nobody(answered: dict[str, Any], told: dict[str, int | None]) -> None:
    found = medians(**answered)
    assert {group: each.n for group, each in found.items()} == told
    assert {each.status for each in found.values() if each.n is None} <= {"suppressed"}
    assert {each.value for each in found.values() if each.n} <= {420.0}
