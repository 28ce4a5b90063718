"""Who sits on a committee on a day, and what the rules ask of mandates, offices and interests."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from boussole.charter.committee.refusals import RefusedError
from boussole.charter.committee.state import CommitteeState
from boussole.charter.record_types.acts import Interest, Mandate, MandateEnd, Office

DAY = dt.timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Sitting:
    """A mandate as it really runs: `last_day` is the end of its term, or an earlier one."""

    entry: int
    member: str
    college: str
    start: dt.date
    last_day: dt.date | None

    def lasts(self, day: dt.date) -> bool:
        """Whether it runs on a day."""
        return self.start <= day and (self.last_day is None or day <= self.last_day)


def sittings(house: CommitteeState) -> list[Sitting]:
    """All mandates, in the order they were sealed."""
    replaced = {act.replaces: act.start for _, act in house.standing(Mandate) if act.replaces is not None}
    found = []
    for entry, act in house.standing(Mandate):
        ended = house.last(MandateEnd, entry)
        ends = [act.end, ended[1].last_day if ended else None, replaced[entry] - DAY if entry in replaced else None]
        last_day = min((day for day in ends if day is not None), default=None)
        found.append(Sitting(entry=entry, member=act.member, college=act.college, start=act.start, last_day=last_day))
    return found


def sitting_on(house: CommitteeState, day: dt.date) -> dict[str, Sitting]:
    """The members on a day, in the order of their mandates."""
    return {each.member: each for each in sittings(house) if each.lasts(day)}


def needs_mandate(house: CommitteeState, member: str, day: dt.date) -> None:
    """Checks that a member sits on a day. Raises RefusedError, which says when their mandate ended if it did."""
    mine = [each for each in sittings(house) if each.member == member]
    if any(each.lasts(day) for each in mine):
        return
    past = [each.last_day for each in mine if each.last_day is not None and each.last_day < day]
    if past:
        raise RefusedError("mandate_ended", member=member, date=max(past))
    raise RefusedError("no_mandate", member=member, date=day)


def holder_of(house: CommitteeState, office: str, day: dt.date) -> str | None:
    """Who holds an office on a day: the member named last, while their mandate lasts."""
    named = [(act.start, entry, act.member) for entry, act in house.standing(Office) if act.office == office]
    begun = [each for each in named if each[0] <= day]
    member = max(begun)[2] if begun else None
    return member if member in sitting_on(house, day) else None


def interests(house: CommitteeState, day: dt.date) -> dict[tuple[str, str | int], Interest]:
    """The declared interests that last on a day, by member and by the system or matter: the last declaration counts."""
    found: dict[tuple[str, str | int], Interest] = {}
    for _, act in house.standing(Interest):
        if act.on <= day:
            subjects: list[str | int] = [*act.systems, *([] if act.of is None else [act.of])]
            found |= {(act.member, subject): act for subject in subjects}
    return {key: act for key, act in found.items() if act.until is None or day <= act.until}


def interested(house: CommitteeState, *, systems: set[str], referral: int | None, day: dt.date) -> set[str]:
    """The members who declared an interest in one of some systems, or in a matter, that lasts on a day."""
    return {member for member, subject in interests(house, day) if subject in systems or subject == referral}


def admit_mandate(house: CommitteeState, act: Mandate) -> None:
    """Raises RefusedError for an unknown college, an overlapping mandate, or a replacement from another college."""
    known = [college.id for college in house.rules.colleges]
    if act.college not in known:
        raise RefusedError("college", college=act.college, known=", ".join(known))
    for each in sittings(house):
        if each.member == act.member and _overlap(each, act):
            raise RefusedError("mandate_overlaps", member=act.member, entry=each.entry)
    if act.replaces is not None:
        _admit_replacement(house, act, act.replaces)


def _admit_replacement(house: CommitteeState, act: Mandate, replaced: int) -> None:
    house.get(Mandate, replaced)
    before = next(each for each in sittings(house) if each.entry == replaced)
    if before.member == act.member:
        raise RefusedError("same_member")
    if before.college != act.college:
        raise RefusedError("same_college", entry=replaced)
    if not before.start < act.start or not before.lasts(act.start - DAY):
        raise RefusedError("mandate_order", entry=replaced)


def _overlap(each: Sitting, act: Mandate) -> bool:
    starts_in = act.end is None or each.start <= act.end
    return starts_in and (each.last_day is None or act.start <= each.last_day)


def admit_mandate_end(house: CommitteeState, act: MandateEnd) -> None:
    """Holds the end of a mandate to the rules: the mandate lasts on that day. Raises RefusedError."""
    house.get(Mandate, act.of)
    mandate = next(each for each in sittings(house) if each.entry == act.of)
    if not mandate.lasts(act.last_day):
        raise RefusedError("mandate_order", entry=act.of)


def admit_office(house: CommitteeState, act: Office) -> None:
    """Holds an office to the rules: its member sits on the day they take it. Raises RefusedError."""
    needs_mandate(house, act.member, act.start)


def admit_interest(house: CommitteeState, act: Interest) -> None:
    """Holds a declared interest to the rules: whoever declares it is a member. Raises RefusedError."""
    needs_mandate(house, act.member, act.on)
