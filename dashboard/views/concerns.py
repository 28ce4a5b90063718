"""What concerns somebody today, in one list: all that is told of it, in pages and by e-mail, comes from here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from boussole.charter.committee.duties import Duty
from boussole.charter.committee.meetings.sessions import session
from boussole.charter.committee.people.members import sitting_on, sittings
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.server.access.permissions import Action, Role, allowed
from boussole.dashboard.server.access.person import Person
from boussole.dashboard.views.chamber import Chamber
from boussole.dashboard.views.committee_words import duty_href
from boussole.dashboard.views.concern import (
    Concern,
    Seat,
    Whose,
    of_answers,
    of_papers,
    of_sessions,
    of_systems,
)
from boussole.dashboard.views.home import ACTIONS
from boussole.dashboard.views.scene import Scene

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
