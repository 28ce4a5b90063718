"""The median time to reply is told of enough people alone, and not where what is told of others would tell of few."""

from __future__ import annotations

from collections.abc import Collection
from types import SimpleNamespace
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
from boussole.charter.pack.verifier.groups import Groups, ShownGroups
from boussole.charter.pack.verifier.logs.replies import Replies
from boussole.charter.pack.verifier.rows import Decisions
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


def wrongly_told(read: pa.Table, *, shown: Collection[str] = (), hidden: Collection[str] = ()) -> list[str]:
    """What the verifier says of what is measured, where other medians are told or hidden."""
    told: list[dict[str, Any]] = []
    for each in measured(read):
        group = each.group[0] if each.group else ""
        status, reason = each.status, each.reason
        if each.metric == MEDIAN and group in {*shown, *hidden}:
            status, reason = ("ok", None) if group in shown else ("suppressed", "small_group")
        said = {"id": each.id, "metric": each.metric, "by": [*each.by], "status": status, "reason": reason}
        told.append({**said, "group": {"gender": group} if group else None, "given": {}})
    replies: dict[str, list[tuple[Decisions, int]]] = {}
    for row in read.to_pylist():
        group_ = (row["value1"],) if row["by"] else ()
        made = Decisions(row["by"], group_, row["bucket"], row["decision"], 2, None, row["n"], None)
        replies.setdefault(row["part"], []).append((made, row["bin"] or 0))
    system: Any = SimpleNamespace(limit=OFFERS.privacy.suppress_below)
    rows: Any = SimpleNamespace(replies=replies)
    return [*Replies(Groups(system, rows, ShownGroups(told))).wrongly_told(told)]


@pytest.mark.parametrize(("answered", "told"), CASES)
def test_the_verifier_agrees(answered: dict[str, Any], told: dict[str, int | None]) -> None:
    read = counted(**answered)
    assert wrongly_told(read) == []
    small = {group for group, n in told.items() if n is None and answered.get(group)}
    assert bool(small) == any("of too few" in each for each in wrongly_told(read, shown=small))


def test_the_verifier_sees_what_is_told_of_few_or_hidden_without_need() -> None:
    few, many = counted(F=1, M=30), counted(F=30, M=30)
    assert wrongly_told(few, shown={"F"}) == [f"{MEDIAN}/gender=F is told of too few people"]
    assert wrongly_told(few, shown={"M"}) == [f"{MEDIAN} of others by gender tells of too few people"]
    assert wrongly_told(many, hidden={"F"}) == [f"{MEDIAN}/gender=F is hidden as small and is not"]
    assert wrongly_told(counted(F=1, M=0), shown={""}) == [f"{MEDIAN} is told of too few people"]
