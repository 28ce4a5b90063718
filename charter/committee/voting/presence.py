"""Who is there in a session, who votes for whom and who stands aside, and what the rules ask of each."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Mapping
from fractions import Fraction

from boussole.charter.committee.meetings.sessions import Session, session
from boussole.charter.committee.people.members import holder_of, interested, needs_mandate, sitting_on
from boussole.charter.committee.refusals import RefusedError
from boussole.charter.committee.state import CommitteeState
from boussole.charter.record_types.acts import (
    Annulment,
    Attendance,
    Ballot,
    Closing,
    Count,
    NoQuorum,
    Opening,
    Participation,
    Proxy,
    Recusal,
    Referral,
    Rules,
    Tally,
    Vote,
)


def represented(
    *, members: Collection[str], there: Collection[str], proxies: Mapping[str, str], aside: Collection[str] = ()
) -> dict[str, str]:
    """The absent members for whom somebody there may vote, and who that is. `proxies`: holder by giver.

    >>> represented(members=["a", "b"], there=["b"], proxies={"a": "b"})
    {'a': 'b'}
    >>> represented(members=["a", "b"], there=["b"], proxies={"a": "b"}, aside=["b"])
    {}
    """
    return {
        giver: holder
        for giver, holder in proxies.items()
        if giver in members and giver not in there and giver not in aside
        if holder in members and holder in there and holder not in aside
    }


def quorum_of(
    rules: Rules,
    *,
    members: Collection[str],
    there: Collection[str],
    remote: Collection[str] = (),
    proxies: Mapping[str, str] | None = None,
    aside: Collection[str] = (),
    needs_quorum: bool = True,
) -> Count:
    """How many members are there, represented and needed. `aside`: those who stand aside on the item, thus not there.

    >>> from boussole.charter.committee.rules import packaged
    >>> found = quorum_of(packaged("external"), members=["a", "b", "c"], there=["a"], proxies={"b": "a"})
    >>> found.needed, found.counted, found.reached
    (2, 2, True)
    """
    composing = set(members) if rules.quorum.recused_count else set(members) - set(aside)
    present = (set(there) & set(members)) - set(aside)
    absent = represented(members=members, there=there, proxies=proxies or {}, aside=aside)
    needed = math.ceil(Fraction(rules.quorum.share) * len(composing)) if needs_quorum else 0
    return Count(
        members=len(composing),
        present=len(present),
        remote=len(present & set(remote)),
        represented=len(absent),
        needed=needed,
        counted=len(present) + (len(absent) if rules.quorum.represented_count else 0),
    )


def proxies_of(house: CommitteeState, found: Session) -> dict[str, str]:
    """The holder of each member's proxy in a session, by giver; whether one counts depends on who is there."""
    return {act.giver: act.holder for _, act in house.about(Proxy, found.entry)}


def aside(house: CommitteeState, found: Session, item: str | None) -> set[str]:
    """The members who stand aside on an item: they said so, or declared an interest in what it is about."""
    if item is None:
        return set()
    about = found.item(item)
    recused = {act.member for _, act in house.about(Recusal, found.entry) if act.item == item}
    systems = {about.system} if about.system else set()
    if about.referral is not None:
        referred = house.get(Referral, about.referral)
        systems |= {referred.system} if referred.system else set()
    return recused | interested(house, systems=systems, referral=about.referral, day=found.day)


def count(house: CommitteeState, found: Session, item: str | None = None) -> Count:
    """Who counts in a session now; with an item, without those who stand aside on it."""
    return quorum_of(
        found.rules,
        members=sitting_on(house, found.day),
        there=found.there,
        remote=[member for member, mode in found.there.items() if mode == "remote"],
        proxies=proxies_of(house, found),
        aside=aside(house, found, item),
        needs_quorum=found.needs_quorum,
    )


def electors(house: CommitteeState, found: Session, item: str) -> dict[str, str]:
    """Who may vote on an item now, and who casts their vote: themselves, or the holder of their proxy."""
    members, away = sitting_on(house, found.day), aside(house, found, item)
    mine = {member: member for member in found.there if member in members and member not in away}
    for_others = represented(members=members, there=found.there, proxies=proxies_of(house, found), aside=away)
    return mine | for_others


def presiding(house: CommitteeState, found: Session) -> str | None:
    """Who must preside: the chair if there, else the deputy if there; None where the members choose."""
    for office in ("chair", "deputy"):
        holder = holder_of(house, office, found.day)
        if holder in found.there:
            return holder
    return None


def running(house: CommitteeState, found: Session, item: str | None = None) -> int | None:
    """The entry of a vote that is still open in a session, or on an item of it."""
    for entry, act in house.about(Vote, found.entry):
        if item in (None, act.item) and not over(house, entry):
            return entry
    return None


def over(house: CommitteeState, vote: int) -> bool:
    """Whether a vote was counted or annulled."""
    return bool(house.about(Tally, vote) or house.about(Annulment, vote))


def admit_attendance(house: CommitteeState, act: Attendance) -> None:
    """Raises RefusedError unless a member attends on the day of the session before its end; excuses may come before."""
    found = session(house, act.of)
    found.needs_state("called", "open")
    needs_mandate(house, act.member, found.day)
    if act.mode == "excused":
        if act.at.date() > found.day:
            raise RefusedError("not_session_day", date=found.day)
        return
    found.needs_day(act.at.date())
    found.needs_day(act.on)
    if act.mode == "remote" and not found.call.remote:
        raise RefusedError("no_remote")
    if act.mode == "left" and act.member not in found.there:
        raise RefusedError("not_there", member=act.member)


def admit_opening(house: CommitteeState, act: Opening) -> None:
    """Raises RefusedError without a quorum, or where whoever presides (chair, else deputy, else member) is away."""
    found = session(house, act.of)
    found.needs_state("called")
    _on_the_day(found, act.on)
    now = count(house, found)
    if not now.reached:
        raise RefusedError("no_quorum", counted=now.counted, needed=max(now.needed, 1))
    must = presiding(house, found)
    if must is not None and act.presiding != must:
        raise RefusedError("presides", member=must)
    _is_there(found, act.presiding, sitting_on(house, found.day))
    _same(act.count, now)


def admit_no_quorum(house: CommitteeState, act: NoQuorum) -> None:
    """Holds the record that a session could not begin to the rules: there was no quorum. Raises RefusedError."""
    found = session(house, act.of)
    found.needs_state("called")
    _on_the_day(found, act.on)
    now = count(house, found)
    if now.reached:
        raise RefusedError("quorum_reached", counted=now.counted, needed=now.needed)
    _same(act.count, now)


def admit_closing(house: CommitteeState, act: Closing) -> None:
    """Holds a closing to the rules: the session is open, and no vote is. Raises RefusedError."""
    found = session(house, act.of)
    found.needs_state("open")
    found.needs_day(act.at.date())
    found.needs_day(act.on)
    vote = running(house, found)
    if vote is not None:
        raise RefusedError("vote_running", entry=vote)


def admit_proxy(house: CommitteeState, act: Proxy) -> None:
    """Raises RefusedError for a proxy of a member who is there, of a proxy, or beyond what the rules allow."""
    found = session(house, act.of)
    found.needs_state("called", "open")
    most, given = found.rules.proxies.per_member, proxies_of(house, found)
    if not most:
        raise RefusedError("proxies_none")
    if act.giver == act.holder:
        raise RefusedError("itself")
    for member in (act.giver, act.holder):
        needs_mandate(house, member, found.day)
    if act.giver in found.there:
        raise RefusedError("is_there", member=act.giver)
    if act.giver in given:
        raise RefusedError("proxy_given", member=act.giver)
    if act.holder in given:
        raise RefusedError("holder_gave", member=act.holder)
    if act.giver in given.values():
        raise RefusedError("holder_gave", member=act.giver)
    if list(given.values()).count(act.holder) >= most:
        raise RefusedError("holder_full", member=act.holder, most=most)


def admit_recusal(house: CommitteeState, act: Recusal) -> None:
    """Raises RefusedError unless a member stands aside on an item of the agenda before they voted on it."""
    found = session(house, act.of)
    found.needs_state("called", "open")
    needs_mandate(house, act.member, found.day)
    found.item(act.item)
    if any(act.member in voters(house, vote) for vote, said in house.about(Vote, found.entry) if said.item == act.item):
        raise RefusedError("voted", member=act.member)


def voters(house: CommitteeState, vote: int) -> dict[str, str]:
    """The members who have voted in a vote, each with who cast their vote."""
    cast: list[Ballot | Participation] = [
        *(act for _, act in house.about(Ballot, vote)),
        *(act for _, act in house.about(Participation, vote)),
    ]
    return {act.voter: act.by or act.voter for act in cast}


def _on_the_day(found: Session, day: dt.date) -> None:
    if day != found.day:
        raise RefusedError("not_session_day", date=found.day)


def _is_there(found: Session, member: str, members: Collection[str]) -> None:
    if member not in found.there or member not in members:
        raise RefusedError("not_there", member=member)


def _same(given: Count, now: Count) -> None:
    if given != now:
        raise RefusedError("count_differs")
