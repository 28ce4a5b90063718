"""What concerns somebody, one thing by itself and all of a member: their work, sessions, systems; what is new of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal

from boussole.audits.systems import System
from boussole.charter.committee.duties import Duty
from boussole.charter.committee.meetings.convening import notice_days
from boussole.charter.committee.meetings.sessions import Session, session, sessions
from boussole.charter.committee.people.members import sitting_on, sittings
from boussole.charter.committee.voting.votes import decided
from boussole.charter.document import AuditDocument
from boussole.charter.record_types.acts import (
    Cancellation,
    CommitteeAnswer,
    CommitteeQuestion,
    Convocation,
    Minutes,
    Opinion,
    Referral,
)
from boussole.charter.record_types.kinds import Incident, Recommendation, Reply
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import (
    incidents_href,
    questions_href,
    recommendations_href,
    session_href,
    system_href,
)
from boussole.dashboard.server.access.permissions import Action, Person, Role, allowed
from boussole.dashboard.views.chamber import Chamber
from boussole.dashboard.views.committee_words import duty_href
from boussole.dashboard.views.compass import ACTIONS, may_vote, open_votes
from boussole.dashboard.views.scene import Scene

# One thing that concerns somebody, and whose things it is among.


Kind = Literal[
    "session", "moved", "cancelled", "agenda", "vote", "reply", "minutes", "opinion", "verdict", "incident", "due"
]


@dataclass(frozen=True, kw_only=True)
class Concern:
    """One thing, in one sentence that names nobody and quotes nobody, with the day it came up and its page.

    `key` stays the same for as long as it is the same thing: by it what was seen and what was sent is remembered.
    """

    key: str
    kind: Kind
    on: dt.date
    text: str
    href: str
    urgent: bool = False
    place: str = ""
    """The committee, to somebody of several."""


@dataclass(frozen=True, kw_only=True)
class Whose:
    """Somebody to whom things are of concern: a member by number, a secretary by their committees.

    `name` is that under which what they have seen is remembered: it names nobody by itself.
    """

    name: str
    member: str | None = None
    secretary_of: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Seat:
    """A committee as somebody of it looks: who speaks to them, what links keep, and the first day that is told."""

    chamber: Chamber
    say: Say
    since: dt.date
    member: str | None = None
    query: Mapping[str, str] = field(default_factory=dict)

    @property
    def today(self) -> dt.date:
        """The day by the committee's own clock."""
        return self.chamber.now.date()

    def tells(self, on: dt.date) -> bool:
        """Whether what happened on a day is still told."""
        return on >= self.since


# What concerns a member of what became of their committee's work: answers, minutes, opinions.


def of_answers(seat: Seat) -> Iterator[Concern]:
    """The answers to their questions, and to the recommendations and opinions of their committee."""
    say, house = seat.say, seat.chamber.house
    for entry, answer in house.standing(CommitteeAnswer):
        if seat.tells(answer.on):
            asked = house.get(CommitteeQuestion, answer.of)
            own = seat.member is not None and asked.by == seat.member
            date = say.date(asked.on)
            yield Concern(
                key=f"reply/{entry}",
                kind="reply",
                on=answer.on,
                text=say("Your question of {date} has an answer.", date=date)
                if own
                else say("A question of the committee, of {date}, has an answer.", date=date),
                href=questions_href(query=seat.query, anchor=f"q-{answer.of}"),
            )
    yield from _replies(seat)


def _replies(seat: Seat) -> Iterator[Concern]:
    say, house, facts = seat.say, seat.chamber.house, seat.chamber.facts
    recommended = {entry: said for entry, said in facts.standing(Recommendation) if said.committee == house.committee}
    opinions = dict(house.standing(Opinion))
    for entry, reply in facts.standing(Reply):
        if not seat.tells(reply.on):
            continue
        if reply.of in recommended:
            text, anchor = say("Recommendation no. {n} has an answer.", n=str(reply.of)), f"r-{reply.of}"
        elif reply.of in opinions:
            date = say.date(opinions[reply.of].on)
            text, anchor = say("The committee’s opinion of {date} has an answer.", date=date), f"o-{reply.of}"
        else:
            continue
        yield Concern(
            key=f"reply/{entry}",
            kind="reply",
            on=reply.on,
            text=text,
            href=recommendations_href(query=seat.query, anchor=anchor),
        )


def of_papers(seat: Seat) -> Iterator[Concern]:
    """The minutes that were sealed, and the opinions that were issued."""
    say, house = seat.say, seat.chamber.house
    for entry, minutes in house.standing(Minutes):
        if seat.tells(minutes.on):
            date = say.date(session(house, minutes.of).day)
            yield Concern(
                key=f"minutes/{entry}",
                kind="minutes",
                on=minutes.on,
                text=say("The minutes of the session of {date} were corrected and sealed anew.", date=date)
                if minutes.replaces is not None
                else say("The minutes of the session of {date} are sealed.", date=date),
                href=session_href(minutes.of, query=seat.query, anchor="minutes"),
            )
    for entry, opinion in house.standing(Opinion):
        if seat.tells(opinion.on):
            held = session(house, decided(house, opinion.of)[0].of)
            yield Concern(
                key=f"opinion/{entry}",
                kind="opinion",
                on=opinion.on,
                text=say("The committee issued an opinion after its session of {date}.", date=say.date(held.day)),
                href=recommendations_href(query=seat.query, anchor=f"o-{entry}"),
            )


# What concerns a member of the sessions of their committee: called, moved, cancelled, their agenda, and votes.


SOON = dt.timedelta(days=1)
"""What is that near cannot wait for the next digest."""


def of_sessions(seat: Seat) -> Iterator[Concern]:
    """The sessions ahead, what was changed of them, and the votes that are open."""
    for found in sessions(seat.chamber.house):
        if found.state == "cancelled":
            yield from _cancelled(seat, found)
        elif found.state in ("called", "open") and found.day >= seat.today:
            yield _called(seat, found)
            yield from _changed(seat, found)
    yield from _votes(seat)


def _called(seat: Seat, found: Session) -> Concern:
    """A session ahead. One that was called with less notice than the rules ask for cannot wait."""
    say, (entry, call) = seat.say, found.calls[0]
    needed = found.rules.sessions
    days = needed.notice_days if call.second_call_of is None else needed.second_notice_days
    date, time = say.date(found.day), say.time(found.call.starts)
    return Concern(
        key=f"session/{entry}",
        kind="session",
        on=call.on,
        text=say("A session is called for {date} at {time}.", date=date, time=time),
        href=session_href(found.entry, query=seat.query),
        urgent=call.urgent or notice_days(call) < days,
    )


def _changed(seat: Seat, found: Session) -> Iterator[Concern]:
    """Each change of a session: of its time, else of its agenda or place. A move that was moved again is told no more:
    all that is said of when it is holds now."""
    say, changes = seat.say, list(pairwise(found.calls))
    moves = [entry for (_, before), (entry, after) in changes if _when(before) != _when(after)]
    date, time = say.date(found.day), say.time(found.call.starts)
    for (_, before), (entry, after) in changes:
        moved = entry in moves
        if not seat.tells(after.on) or (moved and entry != moves[-1]):
            continue
        if moved:
            text = say("The session was moved: it is now on {date} at {time}.", date=date, time=time)
        elif before.agenda != after.agenda:
            text = say("The agenda of the session of {date} was changed.", date=date)
        else:
            text = say("The session of {date} was changed: see where and how.", date=date)
        yield Concern(
            key=f"{'moved' if moved else 'agenda'}/{entry}",
            kind="moved" if moved else "agenda",
            on=after.on,
            text=text,
            href=session_href(found.entry, query=seat.query),
            urgent=moved and min(before.starts, after.starts).date() <= seat.today + SOON,
        )


def _when(call: Convocation) -> tuple[dt.datetime, dt.datetime, str]:
    return call.starts, call.ends, call.timezone


def _cancelled(seat: Seat, found: Session) -> Iterator[Concern]:
    last = seat.chamber.house.last(Cancellation, found.entry)
    if last is None or not seat.tells(last[1].on):
        return
    entry, said = last
    yield Concern(
        key=f"cancelled/{entry}",
        kind="cancelled",
        on=said.on,
        text=seat.say("The session of {date} was cancelled.", date=seat.say.date(found.day)),
        href=session_href(found.entry, query=seat.query),
        urgent=seat.today <= found.day <= seat.today + SOON,
    )


def _votes(seat: Seat) -> Iterator[Concern]:
    """The votes that are open: they end with their session, so that one in which somebody may vote cannot wait."""
    say, chamber = seat.say, seat.chamber
    for found, entry, vote in open_votes(chamber):
        date = say.date(found.day)
        mine = may_vote(chamber, found, entry, vote, seat.member)
        yours = say("A vote is open in the session of {date}: yours is awaited before it closes.", date=date)
        yield Concern(
            key=f"vote/{entry}",
            kind="vote",
            on=vote.on,
            text=yours if mine else say("A vote is open in the session of {date}.", date=date),
            href=session_href(found.entry, query=seat.query, anchor=f"decision-{entry}"),
            urgent=mine and found.day >= seat.today - SOON,
        )


# What concerns a member of the systems that their committee follows: changed verdicts, and incidents.


def followed(chamber: Chamber, systems: Mapping[str, System]) -> set[str]:
    """The systems that a committee has had on an agenda, asked about, or said something of; all while it has none."""
    house = chamber.house
    named = {item.system for _, call in house.standing(Convocation) for item in call.agenda}
    named |= {act.system for _, act in house.standing(CommitteeQuestion)}
    named |= {act.system for _, act in house.standing(Referral)}
    named |= {act.system for _, act in house.standing(Opinion)}
    named |= {said.system for _, said in chamber.facts.standing(Recommendation) if said.committee == house.committee}
    return {each for each in named if each is not None and each in systems} or set(systems)


def of_systems(seat: Seat, scene: Scene, audited: Mapping[int, dt.date]) -> Iterator[Concern]:
    """What the latest audits found otherwise, and the new incidents. `audited`: the day of each audit, by its entry."""
    systems = followed(seat.chamber, scene.systems)
    for name, document in scene.latest.items():
        day = audited.get(-1 if document.evidence.entry is None else document.evidence.entry)
        if name in systems and day is not None and seat.tells(day):
            yield from _verdicts(seat, scene, document, name, day)
    for entry, incident in seat.chamber.facts.standing(Incident):
        if incident.system in systems and seat.tells(incident.on):
            yield Concern(
                key=f"incident/{entry}",
                kind="incident",
                on=incident.on,
                text=seat.say("A new incident of {system} was entered.", system=scene.title(incident.system, seat.say)),
                href=incidents_href(query=seat.query, anchor=f"i-{entry}"),
            )


def _verdicts(seat: Seat, scene: Scene, document: AuditDocument, name: str, day: dt.date) -> Iterator[Concern]:
    """How many questions the latest audit of a system answers otherwise than the one before."""
    previous = scene.previous.get(name)
    if previous is None:
        return
    before = {(each.article, each.indicator): each.verdict for each in previous.verdicts}
    after = {(each.article, each.indicator): each.verdict for each in document.verdicts}
    n = sum(before.get(asked) != after.get(asked) for asked in before.keys() | after.keys())
    if n:
        say, title = seat.say, scene.title(name, seat.say)
        period = say.period(document.window.start, document.window.end)
        yield Concern(
            key=f"verdict/{document.evidence.entry}",
            kind="verdict",
            on=day,
            text=say.plural(
                "Audit of {period}: one answer about {system} differs from the audit before.",
                "Audit of {period}: {n} answers about {system} differ from the audit before.",
                n,
                system=title,
                period=period,
            ),
            href=system_href(name, query=seat.query),
        )


# What is due to, or by, the committees of a secretary, in words that name nobody.


AHEAD = dt.timedelta(days=7)
"""How long before its day something due is told."""
SECRETARYS = frozenset({Action.CONVENE, Action.ISSUE, Action.SEAT})
UNTOLD = frozenset({"session"})
"""Not due by anybody: that a session comes is told to its members."""


def of_dues(seat: Seat) -> Iterator[Concern]:
    """What is due within a week, and again once it is late."""
    for duty in seat.chamber.duties:
        late = duty.on < seat.today
        if duty.kind in UNTOLD or not ACTIONS[duty.kind] & SECRETARYS or duty.on > seat.today + AHEAD:
            continue
        what, date = _words(seat, duty), seat.say.date(duty.on)
        yield Concern(
            key=f"due/{duty.kind}/{duty.entry}/{duty.on}{'/late' if late else ''}",
            kind="due",
            on=duty.on,
            text=seat.say("{what}: late since {date}.", what=what, date=date)
            if late
            else seat.say("{what}: by {date}.", what=what, date=date),
            href=duty_href(seat.chamber, duty, query=seat.query),
        )


def _words(seat: Seat, duty: Duty) -> str:
    """What is to be done, without the words of anybody: neither a title, a question nor a name."""
    say = seat.say
    if duty.kind in ("lapsed", "unclosed", "pack", "second_call", "minutes", "approval"):
        date = say.date(session(seat.chamber.house, duty.entry).day)
        return {
            "lapsed": say("Say what became of the session of {date}", date=date),
            "unclosed": say("Close the session of {date}", date=date),
            "pack": say("Freeze the evidence for the session of {date}", date=date),
            "second_call": say("Call the session of {date} again", date=date),
            "minutes": say("Seal the minutes of the session of {date}", date=date),
            "approval": say("Have the minutes of the session of {date} approved", date=date),
        }[duty.kind]
    return {
        "question": say("An answer to question no. {n} is awaited", n=str(duty.entry)),
        "answer": say("An answer to opinion no. {n} is awaited", n=str(duty.entry)),
        "recommendation": say("An answer to recommendation no. {n} is awaited", n=str(duty.entry)),
        "referral": say("An opinion on referral no. {n} is asked for", n=str(duty.entry)),
        "publication": say("Publish opinion no. {n}, or decide on it", n=str(duty.entry)),
        "mandate": say("A mandate ends: have a successor named"),
    }[duty.kind]


# What concerns somebody today, in one list: everything that is told in pages and by e-mail comes from here.


TOLD = dt.timedelta(days=60)
"""How long something is told; what is older stands on its own page."""
OF_ALL = ("verdict", "incident")
"""Kinds of no committee in particular."""


def whose(me: Person, chambers: Mapping[str, Chamber]) -> Whose | None:
    """Whoever looks, as somebody whom things concern; None for who sits nowhere and keeps nobody's papers.

    In local mode, where nobody is known, the secretary is that of every committee.
    """
    if not allowed(me.role, Action.SEE_COMMITTEE) or not me.remembered_as:
        return None
    everywhere = me.role is Role.SECRETARY and not me.authenticated
    return Whose(
        name=me.remembered_as,
        member=me.member,
        secretary_of=frozenset(chambers) if everywhere else me.secretary_of,
    )


def concerns_of(
    somebody: Whose,
    chambers: Mapping[str, Chamber],
    scene: Scene,
    say: Say,
    *,
    audited: Mapping[int, dt.date],
    query: Mapping[str, str],
) -> Sequence[Concern]:
    """What concerns somebody in the committees where they sit today, or whose secretary they are; of no other.

    What cannot wait comes first, then the latest. `audited`: the day of each audit, by its entry.
    """
    found: dict[str, Concern] = {}
    own = [chamber for chamber in chambers.values() if _belongs(somebody, chamber)]
    for chamber in own:
        title = chamber.title(say) if len(own) > 1 else ""
        for each in _in_committee(somebody, chamber, scene, say, audited=audited, query=query):
            found.setdefault(each.key, replace(each, place="" if each.kind in OF_ALL else title))
    return sorted(found.values(), key=lambda each: (not each.urgent, -each.on.toordinal(), each.key))


def _belongs(somebody: Whose, chamber: Chamber) -> bool:
    """Whether they sit in a committee today, by its own clock, or keep its papers."""
    sits = somebody.member is not None and somebody.member in sitting_on(chamber.house, chamber.now.date())
    return sits or chamber.id in somebody.secretary_of


def _in_committee(
    somebody: Whose,
    chamber: Chamber,
    scene: Scene,
    say: Say,
    *,
    audited: Mapping[int, dt.date],
    query: Mapping[str, str],
) -> Iterator[Concern]:
    today = chamber.now.date()
    secretary, since = chamber.id in somebody.secretary_of, today - TOLD
    if not secretary:  # a member is told nothing of before their mandate
        since = max(since, min(each.start for each in sittings(chamber.house) if each.member == somebody.member))
    seat = Seat(chamber=chamber, say=say, since=since, member=somebody.member, query=query)
    yield from of_sessions(seat)
    yield from of_answers(seat)
    yield from of_papers(seat)
    yield from of_systems(seat, scene, audited)
    if secretary:
        yield from of_dues(seat)
