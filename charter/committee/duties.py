"""What is due to a committee, and by it: sessions, minutes, answers, publications, mandates, each with its day."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from boussole.charter.committee.advising.opinions import promises
from boussole.charter.committee.meetings.sessions import Session, sessions
from boussole.charter.committee.papers.minutes import approved
from boussole.charter.committee.people.members import DAY, sittings
from boussole.charter.committee.referrals.matters import matters, questions
from boussole.charter.committee.state import CommitteeState
from boussole.charter.record_types.acts import Convocation, FrozenPack, Minutes
from boussole.charter.record_types.kinds import Recommendation
from boussole.charter.records.facts import Facts

Kind = Literal[
    "session",
    "lapsed",
    "unclosed",
    "pack",
    "second_call",
    "minutes",
    "approval",
    "question",
    "referral",
    "publication",
    "answer",
    "recommendation",
    "mandate",
]
MANDATE_DAYS = 120
"""Days before its end from which a mandate is announced: time to find somebody."""
MINUTES_DAYS = 30
"""Days after a session within which its minutes are expected, where the next session does not come before."""


@dataclass(frozen=True, kw_only=True)
class Duty:
    """Something that a committee does, or waits for, by a day; `who` is the role that must answer."""

    on: dt.date
    kind: Kind
    entry: int
    who: str = ""
    member: str = ""


def duties(house: CommitteeState, facts: Facts) -> list[Duty]:
    """Everything that is due on the day of `facts`, by day, so what is late first."""
    today, called = facts.as_of, sessions(house)
    coming = min((each.day for each in called if each.state == "called" and each.day >= today), default=None)
    found = [
        *(duty for each in called for duty in _of_session(house, each, today)),
        *(duty for each in called if each.state == "closed" for duty in _minutes(house, each, coming)),
        *_questions(house, today),
        *_referrals(house),
        *_promised(house, facts),
        *_mandates(house, today),
    ]
    return sorted(found, key=lambda duty: (duty.on, duty.kind, duty.entry))


def _of_session(house: CommitteeState, found: Session, today: dt.date) -> Iterator[Duty]:
    """A session to come, with the pack it lacks; one that was never held, closed or called again."""
    if found.state == "called":
        yield Duty(on=found.day, kind="session" if found.day >= today else "lapsed", entry=found.entry)
        if found.day >= today and house.last(FrozenPack, found.entry) is None:
            yield Duty(on=found.day, kind="pack", entry=found.entry)
    if found.state == "open" and found.day < today:
        yield Duty(on=found.day, kind="unclosed", entry=found.entry)
    if found.state == "no_quorum" and not _called_again(house, found):
        yield Duty(on=found.day, kind="second_call", entry=found.entry)


def _called_again(house: CommitteeState, found: Session) -> bool:
    return any(call.second_call_of == found.entry for _, call in house.standing(Convocation))


def _minutes(house: CommitteeState, found: Session, coming: dt.date | None) -> Iterator[Duty]:
    last = house.last(Minutes, found.entry)
    if last is None:
        latest = found.day + dt.timedelta(days=MINUTES_DAYS)
        yield Duty(on=min(latest, coming or latest), kind="minutes", entry=found.entry)
    elif coming is not None and approved(house, last[1]) is None:
        yield Duty(on=coming, kind="approval", entry=found.entry)


def _questions(house: CommitteeState, today: dt.date) -> Iterator[Duty]:
    for each in questions(house, today=today):
        if each.state != "answered":
            said = each.question
            yield Duty(on=said.due_on, kind="question", entry=each.entry, who=said.addressee)


def _referrals(house: CommitteeState) -> Iterator[Duty]:
    for each in matters(house):
        if each.referral.due_on is not None and not each.opinions:
            yield Duty(on=each.referral.due_on, kind="referral", entry=each.entry)


def _promised(house: CommitteeState, facts: Facts) -> Iterator[Duty]:
    to = {entry: said.addressee for entry, said in facts.standing(Recommendation)}
    for promise in promises(house, facts):
        if promise.kept_on is None:
            yield Duty(on=promise.due_on, kind=promise.what, entry=promise.entry, who=to.get(promise.entry, ""))


def _mandates(house: CommitteeState, today: dt.date) -> Iterator[Duty]:
    """Mandates that end soon, but for those that another of the same college takes over the next day."""
    known, latest = sittings(house), today + dt.timedelta(days=MANDATE_DAYS)
    taken_over = Counter((each.start - DAY, each.college) for each in known)
    for each in known:
        if each.last_day is None or not today <= each.last_day <= latest or not each.lasts(today):
            continue
        if taken_over[each.last_day, each.college]:
            taken_over[each.last_day, each.college] -= 1
        else:
            yield Duty(on=each.last_day, kind="mandate", entry=each.entry, member=each.member)
