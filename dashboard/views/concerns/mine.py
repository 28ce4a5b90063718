"""What concerns somebody today, in one list: everything that is told in pages and by e-mail comes from here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from boussole.charter.committee.people.members import sitting_on, sittings
from boussole.dashboard.access.people.permissions import Action, Role, allowed
from boussole.dashboard.access.people.person import Person
from boussole.dashboard.views.committee.chamber import Chamber
from boussole.dashboard.views.concerns.answers import of_answers, of_papers
from boussole.dashboard.views.concerns.concern import Concern, Seat, Whose
from boussole.dashboard.views.concerns.dues import of_dues
from boussole.dashboard.views.concerns.sessions import of_sessions
from boussole.dashboard.views.concerns.systems import of_systems
from boussole.dashboard.views.scene import Scene
from boussole.dashboard.words.say import Say

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
