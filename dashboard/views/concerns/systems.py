"""What concerns a member of the systems that their committee follows: changed verdicts, and incidents."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from boussole.audits.systems import System
from boussole.charter.document import AuditDocument
from boussole.charter.record_types.acts import CommitteeQuestion, Convocation, Opinion, Referral
from boussole.charter.record_types.kinds import Incident, Recommendation
from boussole.dashboard.views.committee.chamber import Chamber
from boussole.dashboard.views.concerns.concern import Concern, Seat
from boussole.dashboard.views.scene import Scene
from boussole.dashboard.words.addresses import incidents_href, system_href


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
