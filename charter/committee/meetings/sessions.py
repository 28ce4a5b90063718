"""Sessions of a committee: notice, agenda, a second call, changes, and the notes and papers of an item."""

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
    FrozenPack,
    Item,
    ItemNote,
    Minutes,
    NoQuorum,
    Opening,
    Referral,
    Rules,
    SessionPaper,
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


def note_on(house: CommitteeState, of: int, item: str) -> tuple[int, ItemNote] | None:
    """The note that counts on an item of a session, with its entry; None where there is none."""
    found = [(entry, act) for entry, act in house.about(ItemNote, of) if act.item == item]
    return found[-1] if found else None


def admit_note(house: CommitteeState, act: ItemNote) -> None:
    """Holds a note to the rules: an item of a session that was not cancelled. Raises RefusedError."""
    found = session(house, act.of)
    found.needs_state("called", "open", "closed", "no_quorum")
    found.item(act.item)


def admit_paper(house: CommitteeState, act: SessionPaper) -> None:
    """Raises RefusedError unless a paper tells the pack or the minutes that were sealed last of its session."""
    house.get(FrozenPack if act.paper == "file" else Minutes, act.made_from)
    last = told_by(house, session(house, act.of).entry, act.paper)
    if last != act.made_from:
        raise RefusedError("not_last", entry=act.of if last is None else last)


def source_of(house: CommitteeState, entry: int, paper: str) -> int:
    """The entry of what a paper of a session is to tell. Raises RefusedError where there is none."""
    found = told_by(house, entry, paper)
    if found is None:
        raise RefusedError("not_frozen" if paper == "file" else "not_minuted")
    return found


def told_by(house: CommitteeState, entry: int, paper: str) -> int | None:
    """The entry of the pack frozen last, or of the minutes sealed last, that a paper of a session tells, if any."""
    last = house.last(FrozenPack if paper == "file" else Minutes, entry)
    return last[0] if last else None


def notice_days(call: Convocation) -> int:
    """Days between the convocation and the session: sent on a Monday for the Saturday, five."""
    return (call.starts.date() - call.on).days


def agenda_from(rules: Rules, lang: str) -> list[Item]:
    """The agenda that an ordinary session starts from, in one language."""
    return [
        Item(id=item.id, title=item.title.get(lang) or next(iter(item.title.values())), kind=item.kind)
        for item in rules.agenda
    ]


def admit_convocation(house: CommitteeState, act: Convocation) -> None:
    """Raises RefusedError without enough notice, for unknown referrals, or remote where the rules do not allow it."""
    rules = house.rules
    if act.rules != rules.sha256:
        raise RefusedError("other_rules")
    if act.remote and not rules.sessions.remote:
        raise RefusedError("no_remote")
    if act.starts.date() < act.on:
        raise RefusedError("order_of_days", date=act.starts.date())
    for item in act.agenda:
        if item.referral is not None:
            house.get(Referral, item.referral)
    if act.second_call_of is not None:
        _admit_second_call(house, act, act.second_call_of)
    if act.amends is None:
        _admit_notice(rules, act)
    else:
        _admit_change(house, act, act.amends)


def _admit_notice(rules: Rules, act: Convocation) -> None:
    needed = rules.sessions.notice_days if act.second_call_of is None else rules.sessions.second_notice_days
    if act.urgent:
        if not rules.sessions.urgent:
            raise RefusedError("no_urgency")
        if not act.text.strip():
            raise RefusedError("no_text")
    elif notice_days(act) < needed:
        raise RefusedError("late_notice", days=notice_days(act), needed=needed)


def _admit_change(house: CommitteeState, act: Convocation, changed: int) -> None:
    """Notice runs anew where the session is to be earlier, or something is added to the agenda."""
    before = session(house, changed)
    if before.entry != changed:
        raise RefusedError("not_last", entry=before.entry)
    before.needs_state("called")
    if act.second_call_of != before.call.second_call_of:
        raise RefusedError("other_agenda")
    kept = {item.id for item in act.agenda}
    for item in before.call.agenda:
        if item.id not in kept and note_on(house, before.entry, item.id):
            raise RefusedError("noted_item", item=item.title)
    known = {item.matter for item in before.call.agenda}
    added = [item for item in act.agenda if item.matter not in known]
    if added or act.starts < before.call.starts:
        _admit_notice(house.rules, act)


def _admit_second_call(house: CommitteeState, act: Convocation, lacking: int) -> None:
    house.get(Convocation, lacking)
    first = session(house, lacking)
    again = [each for _, each in house.standing(Convocation) if each.second_call_of == lacking]
    if first.state != "no_quorum" or first.entry != lacking or (again and act.amends is None):
        raise RefusedError("second_call_once", entry=lacking)
    if act.agenda != first.call.agenda:
        raise RefusedError("other_agenda")


def admit_cancellation(house: CommitteeState, act: Cancellation) -> None:
    """Holds a cancellation to the rules: the session has not begun. Raises RefusedError."""
    found = session(house, act.of)
    found.needs_state("called")
    if act.on > found.day + dt.timedelta(days=1):
        raise RefusedError("not_session_day", date=found.day)
