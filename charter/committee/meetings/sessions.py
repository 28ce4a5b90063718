"""Sessions as their acts make them, and what the rules ask of calling, opening and closing one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from boussole.charter.committee.refusals import RefusedError
from boussole.charter.committee.state import A, CommitteeState
from boussole.charter.record_types.acts import (
    Attendance,
    Cancellation,
    Closing,
    Convocation,
    Item,
    NoQuorum,
    Opening,
    Rules,
)

State = Literal["called", "open", "closed", "no_quorum", "cancelled"]
THERE = ("in_person", "remote")


@dataclass(frozen=True, kw_only=True)
class Session:
    """A session: its first convocation's entry names it; `call` is the convocation as it stands, after all changes."""

    entry: int
    rules: Rules
    calls: Sequence[tuple[int, Convocation]]
    attendances: Sequence[tuple[int, Attendance]] = ()
    opening: Opening | None = None
    closing: Closing | None = None
    no_quorum: NoQuorum | None = None
    cancelled: Cancellation | None = None

    @property
    def call(self) -> Convocation:
        return self.calls[-1][1]

    @property
    def day(self) -> dt.date:
        """The day it takes place."""
        return self.call.starts.date()

    @property
    def state(self) -> State:
        if self.cancelled:
            return "cancelled"
        if self.opening:
            return "closed" if self.closing else "open"
        return "no_quorum" if self.no_quorum else "called"

    @property
    def needs_quorum(self) -> bool:
        """Whether it needs a quorum: a second call does not, where the rules say so."""
        return self.call.second_call_of is None or not self.rules.quorum.second_call

    @cached_property
    def attendance(self) -> dict[str, Attendance]:
        """What was recorded last of each member."""
        return {act.member: act for _, act in self.attendances}

    @property
    def there(self) -> dict[str, str]:
        """The members who are there, and how: in person or from afar."""
        return {member: act.mode for member, act in self.attendance.items() if act.mode in THERE}

    def item(self, name: str) -> Item:
        """An item of the agenda. Raises RefusedError when there is none of this name."""
        for item in self.call.agenda:
            if item.id == name:
                return item
        raise RefusedError("no_item", item=name, known=", ".join(item.id for item in self.call.agenda))

    def needs_state(self, *states: State) -> None:
        """Checks that the session is in one of some states. Raises RefusedError, which says in which it is."""
        told = {
            "called": "session_not_open",
            "open": "opened",
            "closed": "session_closed",
            "no_quorum": "session_lacked_quorum",
            "cancelled": "session_cancelled",
        }
        if self.state not in states:
            raise RefusedError(told[self.state] if states != ("closed",) else "not_closed")

    def needs_day(self, day: dt.date) -> None:
        """Checks that an act takes place on the day of the session, or after midnight. Raises RefusedError."""
        if not self.day <= day <= self.day + dt.timedelta(days=1):
            raise RefusedError("not_session_day", date=self.day)


def session(house: CommitteeState, entry: int) -> Session:
    """The session that a convocation called. Raises RefusedError when the entry is no first convocation."""
    first = house.get(Convocation, entry)
    if first.amends is not None:
        return session(house, first.amends)
    later = [(at, act) for at, act in house.standing(Convocation) if act.amends == entry]
    calls = [(entry, first), *later]
    return Session(
        entry=entry,
        rules=house.rules_by(calls[-1][1].rules),
        calls=calls,
        attendances=house.about(Attendance, entry),
        opening=_last(house.last(Opening, entry)),
        closing=_last(house.last(Closing, entry)),
        no_quorum=_last(house.last(NoQuorum, entry)),
        cancelled=_last(house.last(Cancellation, entry)),
    )


def sessions(house: CommitteeState) -> list[Session]:
    """All sessions, in the order they were first called."""
    return [session(house, entry) for entry, act in house.standing(Convocation) if act.amends is None]


def _last(found: tuple[int, A] | None) -> A | None:
    return found[1] if found else None
