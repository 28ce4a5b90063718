"""Appeals as they stand on a day: by when an answer is due, what was decided, how long it took; and their counts."""

from __future__ import annotations

import datetime as dt
import secrets
import statistics
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from boussole.charter.deadlines.days import months_later
from boussole.charter.record_types.incidents import Appeal, AppealDecision, Request
from boussole.charter.records.facts import Facts
from boussole.charter.records.hiding import hidden

MONTHS: Mapping[Request, int] = {"explanation": 1, "contest": 2}
"""Months within which each request is answered. French law takes silence for a refusal after them: CRPA R.311-13 for
documents and explanations (then the access-to-documents commission), CRPA L.231-4 for an appeal."""

State = Literal["overdue", "waiting", "decided"]
ORDER: tuple[State, ...] = ("overdue", "waiting", "decided")


@dataclass(frozen=True, kw_only=True)
class AppealState:
    """An appeal, by when it must be answered, and what was decided. `days`: from receipt to decision, or to today."""

    entry: int
    appeal: Appeal
    due_on: dt.date
    decision: tuple[int, AppealDecision] | None
    answered_on: dt.date | None
    days: int
    state: State

    @property
    def late(self) -> bool:
        """Whether it waits beyond its day, or was first decided after it."""
        return self.state == "overdue" or (self.answered_on is not None and self.answered_on > self.due_on)


def new_number() -> str:
    """The number of a new appeal, drawn by chance: it says nothing about anybody."""
    return f"r_{secrets.token_hex(4)}"


def due_on(appeal: Appeal) -> dt.date:
    """By when an appeal must be answered."""
    return months_later(appeal.received_on, MONTHS[appeal.asks])


def appeals(facts: Facts) -> list[AppealState]:
    """Every appeal that stands: late ones first, then the next due; those decided last, the latest first."""
    decided: dict[int, list[tuple[int, AppealDecision]]] = {}
    for entry, said in facts.standing(AppealDecision):
        decided.setdefault(said.of, []).append((entry, said))
    found = [_contested(entry, said, decided.get(entry, []), facts.as_of) for entry, said in facts.standing(Appeal)]
    return sorted(found, key=_order)


def _contested(
    entry: int, appeal: Appeal, decisions: Sequence[tuple[int, AppealDecision]], today: dt.date
) -> AppealState:
    due, decision = due_on(appeal), decisions[-1] if decisions else None
    state: State = "decided" if decision else "overdue" if due < today else "waiting"
    end = decision[1].on if decision else today
    return AppealState(
        entry=entry,
        appeal=appeal,
        due_on=due,
        decision=decision,
        answered_on=min((said.on for _, said in decisions), default=None),
        days=(end - appeal.received_on).days,
        state=state,
    )


def _order(each: AppealState) -> tuple[object, ...]:
    if each.decision is not None:
        return ORDER.index(each.state), -each.decision[1].on.toordinal(), each.entry
    return ORDER.index(each.state), each.due_on.toordinal(), each.entry


@dataclass(frozen=True, kw_only=True)
class AppealCounts:
    """How appeals stand together. `days`: the median from receipt to decision; None while none was decided."""

    received: int
    waiting: int
    overdue: int
    decided: int
    decided_late: int
    days: float | None
    without_human: int
    """Decided without a human having looked at the whole case, though a human review was asked for."""


def counts(found: Sequence[AppealState]) -> AppealCounts:
    """The counts of some appeals: whole numbers that are about no group of people."""
    decided = [each for each in found if each.decision is not None]
    return AppealCounts(
        received=len(found),
        waiting=len(found) - len(decided),
        overdue=sum(each.state == "overdue" for each in found),
        decided=len(decided),
        decided_late=sum(each.late for each in decided),
        days=statistics.median(each.days for each in decided) if decided else None,
        without_human=sum(
            each.appeal.human_review and each.decision is not None and not each.decision[1].reviewed for each in found
        ),
    )


def grouped(
    found: Sequence[AppealState], by: Callable[[AppealState], Hashable], *, below: int
) -> dict[Hashable, int | None]:
    """How many appeals fall in each group; None where fewer than `below`, and where the total would tell of these."""
    tally = Counter(by(each) for each in found)
    small = hidden(tally, below=below)
    return {group: None if group in small else n for group, n in tally.items()}
