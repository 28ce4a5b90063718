"""What records say of a promise: of everything that came due in a year, how much was done as it should have been.

Nothing is estimated: all that was recorded is counted. What was never recorded cannot be; so where there is no
record at all, nothing is counted either.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from boussole.audits.systems.model import System
from boussole.charter.deadlines.appeals import AppealState, appeals
from boussole.charter.deadlines.days import months_later
from boussole.charter.deadlines.incidents import Deadline, incidents
from boussole.charter.document import RecordCounts
from boussole.charter.record_types.work import Training
from boussole.charter.records.facts import Facts
from boussole.charter.text.model import Records

MONTHS = 12
"""How far back what was done is counted. What still waits is counted however old it is."""
RULE_OF_THREE = 3.0
"""With no case among n, 3/n is the upper bound of a rate at 95 %: Hanley & Lippman-Hand (1983), JAMA 249:1743-1745."""

State = Literal["good", "late", "refused", "overdue", "waiting"]


@dataclass(frozen=True, kw_only=True)
class Item:
    """Something that had to be done by a day, and how that stands."""

    entry: int
    due: dt.date
    state: State


def counted(records: Records, facts: Facts, system: System) -> RecordCounts | None:
    """What the records of a kind say of a system, as they stand on the day of the facts; None where there are none."""
    return COUNTED[records](facts, system.id)


def _of_items(items: Sequence[Item], today: dt.date) -> RecordCounts:
    """The counts of what came due in the last twelve months, and of all that is overdue."""
    since = months_later(today, -MONTHS)
    told = [each for each in items if each.due >= since or each.state in ("overdue", "waiting")]
    states = [each.state for each in told]
    waits = [each for each in told if each.state == "overdue"]
    due = len(states) - states.count("waiting")
    return RecordCounts(
        due=due,
        good=states.count("good"),
        late=states.count("late"),
        overdue=len(waits),
        refused=states.count("refused"),
        waiting=states.count("waiting"),
        since=since,
        until=today,
        past_due=max(((today - each.due).days for each in waits), default=None),
        settle_by=None,
        entries=tuple(sorted({each.entry for each in told if each.state in ("late", "overdue", "refused")})),
        bound=_bound(due, states.count("good")),
    )


def _bound(due: int, good: int) -> float | None:
    """The rule of three, where nothing failed."""
    return min(RULE_OF_THREE / due, 1.0) if due and good == due else None


def _incidents(facts: Facts, system: str) -> RecordCounts | None:
    found = [each for each in incidents(facts) if each.incident.system == system]
    items = [
        Item(
            entry=each.entry,
            due=deadline.due_at.date(),
            state=_reported(deadline),
        )
        for each in found
        for deadline in each.deadlines
    ]
    return _of_items(items, facts.as_of) if found else None


def _reported(deadline: Deadline) -> State:
    return "good" if deadline.state == "on_time" else deadline.state


def _explanations(facts: Facts, system: str) -> RecordCounts | None:
    found = [each for each in appeals(facts) if (each.appeal.system, each.appeal.asks) == (system, "explanation")]
    items = [Item(entry=each.entry, due=each.due_on, state=_explained(each)) for each in found]
    if not found:
        return None
    return _of_items(items, facts.as_of).changed(entries=())  # committees see counts, never a single appeal


def _explained(appeal: AppealState) -> State:
    """A refusal in time is an answer, and no explanation; nor is a sheet that lacks something that the law asks."""
    if appeal.decision is None:
        return "overdue" if appeal.state == "overdue" else "waiting"
    if appeal.late:
        return "late"
    said = appeal.decision[1]
    return "refused" if said.outcome == "rejected" or (said.sheet and said.outcome != "upheld") else "good"


def _trained(facts: Facts, system: str) -> RecordCounts | None:
    """What was recorded last of training for a system; where that is nothing, for all of them."""
    found = [(said.end, entry, said) for entry, said in facts.standing(Training)]
    own = [each for each in found if each[2].system == system]
    latest = max(own or [each for each in found if each[2].system is None], default=None, key=lambda each: each[:2])
    if latest is None:
        return None
    _, entry, said = latest
    return RecordCounts(
        due=said.users,
        good=said.before,
        late=said.trained - said.before,
        overdue=said.users - said.trained,
        refused=0,
        waiting=0,
        since=said.start,
        until=said.end,
        past_due=None,
        settle_by=None,
        entries=(entry,),
        bound=_bound(said.users, said.before),
    )


COUNTED: Mapping[Records, Callable[[Facts, str], RecordCounts | None]] = {
    "incidents_in_time": _incidents,
    "explanations_in_time": _explanations,
    "trained_first": _trained,
}
