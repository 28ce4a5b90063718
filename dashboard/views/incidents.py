"""What pages say of incidents and appeals: what is due, what is open, and their words with plain definitions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from boussole.audits.languages import capital, inside
from boussole.charter.deadlines.appeals import appeals
from boussole.charter.deadlines.duties import Delay
from boussole.charter.deadlines.incidents import Deadline, IncidentHistory, in_time, incidents
from boussole.charter.record_types.incidents import IncidentUpdate
from boussole.dashboard.markup.elements import Html
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import incidents_href
from boussole.dashboard.views.register_words import DueEntry, DueLine, when, word
from boussole.dashboard.views.scene import Scene

# What severities, duties, requests, grounds and outcomes are called, with their plain definitions.


def severity_meaning(severity: str, say: Say) -> str:
    """What it means, for lay people."""
    return {
        "minor": say("Something went wrong; nobody lost a right or a chance. Nothing has to be reported."),
        "significant": say("People were treated wrongly, and it can be put right. The committee hears of it."),
        "serious": say(
            "Serious harm to health, property or the environment, or a breach of the law that protects fundamental "
            "rights. To be reported within 15 days."
        ),
        "widespread": say(
            "The same for very many people, or a critical infrastructure that is seriously disturbed. To be reported "
            "within 2 days."
        ),
        "fatal": say("Somebody died. To be reported within 10 days."),
    }[severity]


def authority_word(duty: str, say: Say) -> str:
    """To whom it is reported."""
    return {
        "ai_act_73": say("the market surveillance authority"),
        "gdpr_33": say("the data protection authority"),
    }[duty]


def binding(delay: Delay, today: dt.date, say: Say) -> str:
    """Since when the law asks it; before, the same delay is counted as a proposal."""
    where = say("{law}, par. {number}", law=word(IncidentUpdate, "duty", delay.duty, say), number=delay.paragraph)
    day = say.date(delay.in_force)
    if today >= delay.in_force:
        return say("{law}: required since {date}.", law=where, date=day)
    if delay.to_check:
        return say("{law}: required from {date} (to be checked); until then, our own rule.", law=where, date=day)
    return say("{law}: required from {date}; until then, our own rule.", law=where, date=day)


def deadline_words(deadline: Deadline, today: dt.date, say: Say) -> str:
    """A deadline in words: "To be reported to … by 4 March 2026, in 2 days"."""
    whom, day = authority_word(deadline.delay.duty, say), _day(deadline, say)
    if deadline.report is None:
        return say(
            "To be reported to {whom} by {day}: {when}.",
            whom=whom,
            day=day,
            when=inside(when(deadline.due_at.date(), today, say)),
        )
    reported = deadline.report[1]
    on = say.date(reported.reported_at.date()) if reported.reported_at else ""
    if deadline.state == "on_time":
        return say(
            "Reported on {date} ({whom}), in time.", whom=say.written(reported.reported_to or "") or whom, date=on
        )
    return say(
        "Reported on {date} ({whom}), too late: it was due by {day}.",
        whom=say.written(reported.reported_to or "") or whom,
        date=on,
        day=day,
    )


def _day(deadline: Deadline, say: Say) -> str:
    day = say.date(deadline.due_at.date())
    if deadline.delay.hours:
        return say("{date}, {time}", date=day, time=say.time(deadline.due_at))
    return day


# What other pages say of incidents and appeals: the compass what is due, an article or a system what is open.


def owed(scene: Scene, say: Say, *, query: dict[str, str]) -> list[DueEntry]:
    """The reports that are due, each, and the appeals that wait, together."""
    today, found = scene.facts.as_of, []
    for each in incidents(scene.facts):
        due = each.next_due if each.closure is None else None
        if due is not None:
            line = DueLine(
                when=capital(when(due.date(), today, say)),
                overdue=due.date() < today,
                what=say("Report the incident “{title}”", title=say.written(each.incident.title)),
                place=scene.title(each.incident.system, say),
                href=incidents_href(query=query, anchor=f"i-{each.entry}"),
            )
            found.append(DueEntry(on=due.date(), kind="incident", line=line))
    return found + _appeals(scene, say, query=query)


def _appeals(scene: Scene, say: Say, *, query: dict[str, str]) -> list[DueEntry]:
    """Those that are late and those that still have time, apart: one that is late makes no other late."""
    found, today = appeals(scene.facts), scene.facts.as_of
    entries = []
    for state in ("overdue", "waiting"):
        days = [each.due_on for each in found if each.state == state]
        if days:
            first = min(days)
            line = DueLine(
                when=capital(when(first, today, say)),
                overdue=state == "overdue",
                what=_appeals_due(state, len(days), first, say),
                place=say("Incidents and appeals"),
                href=incidents_href(query=query, anchor="appeals"),
            )
            entries.append(DueEntry(on=first, kind="appeal", line=line))
    return entries


def _appeals_due(state: str, n: int, first: dt.date, say: Say) -> str:
    day = say.date(first)
    if state == "overdue":
        return say.plural(
            "Decide on an appeal that is late",
            "Decide on {n} appeals that are late, the oldest since {date}",
            n,
            date=day,
        )
    return say.plural(
        "Decide on an appeal that waits", "Decide on {n} appeals that wait, the first by {date}", n, date=day
    )


def open_incidents(scene: Scene, say: Say, *, query: dict[str, str], article: str = "", system: str = "") -> Html:
    """The incidents that are open, of an article or a system: nothing where none is."""
    found = [
        each
        for each in incidents(scene.facts)
        if each.closure is None and (article in each.incident.articles if article else each.incident.system == system)
    ]
    if not found:
        return Html("")
    lines = [
        (
            say.written(each.incident.title),
            incidents_href(query=query, anchor=f"i-{each.entry}"),
            _state(each, scene, say, article=article),
        )
        for each in found
    ]
    tone = "broken" if any(each.overdue for each in found) else "watch"
    return Template("views/parts/notices.html", say)("open_incidents", lines, tone)


def _state(each: IncidentHistory, scene: Scene, say: Say, *, article: str) -> str:
    """How it stands: the next report that is due; on the page of an article, of which system."""
    waiting = [deadline for deadline in each.deadlines if deadline.report is None]
    first = min(waiting, key=lambda deadline: deadline.due_at, default=None)
    state = deadline_words(first, scene.facts.as_of, say) if first else ""
    return " ".join(filter(None, [f"{scene.title(each.incident.system, say)}." if article else "", state]))


def reported_words(scene: Scene, systems: Sequence[str], say: Say) -> list[str]:
    """Of each system, how many of the reports that were due were made in time; nothing where none was."""
    every, told = incidents(scene.facts), []
    for name in systems:
        found = in_time([each for each in every if each.incident.system == name])
        if found.due:
            told.append(
                say(
                    "Recorded incidents, {system}: {on_time} of {due} reports in time.",
                    system=scene.title(name, say),
                    on_time=say.whole(found.on_time),
                    due=say.whole(found.due),
                )
            )
    return told
