"""What other pages say of incidents and appeals: the compass what is due, an article or a system what is open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from boussole.audits.languages import capital
from boussole.charter.deadlines.appeals import appeals
from boussole.charter.deadlines.incidents import IncidentHistory, in_time, incidents
from boussole.dashboard.markup.elements import Html, el, link
from boussole.dashboard.views.incidents.words import deadline_words
from boussole.dashboard.views.register.due import DueEntry, DueLine
from boussole.dashboard.views.register.words import when
from boussole.dashboard.views.scene import Scene
from boussole.dashboard.words.addresses import incidents_href
from boussole.dashboard.words.say import Say


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
    lines = [_line(scene, each, say, query=query, article=article) for each in found]
    tone = "broken" if any(each.overdue for each in found) else "watch"
    said = say.plural("One incident is open.", "{n} incidents are open.", len(found))
    return el("div", el("p", el("strong", said)), el("ul", *lines), class_=f"lead lead-{tone} beside")


def _line(scene: Scene, each: IncidentHistory, say: Say, *, query: dict[str, str], article: str) -> Html:
    title = link(say.written(each.incident.title), incidents_href(query=query, anchor=f"i-{each.entry}"))
    state = _state(each, scene, say, article=article)
    return el("li", title, el("span", " — ", state, class_="told") if state else None)


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
