"""Incidents, and effects on work: a page of the report.

Everybody reads reports: incidents are told by their day, and work in its sums alone.
"""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from boussole.charter.incidents.incidents import IncidentHistory, incidents
from boussole.charter.record_types.incidents import Incident
from boussole.dashboard.report.edition import Edition
from boussole.dashboard.report.words import ReportSay
from boussole.dashboard.views.incidents.beside import reported_words
from boussole.dashboard.views.record_words import word
from boussole.dashboard.views.work import work_page
from boussole.dashboard.words.say import speaker

MOST = 8
"""Incidents that are told, those that are open first."""

Data = dict[str, Any]


def events(edition: Edition, tell: ReportSay) -> Data:
    """What went wrong and what was done, then what changed for those who work with the systems."""
    return {"title": tell("Incidents and work"), "incidents": _incidents(edition, tell), "work": _work(edition, tell)}


def _incidents(edition: Edition, tell: ReportSay) -> Data:
    every = incidents(edition.scene.facts)
    still = sum(each.closure is None for each in every)
    counted = [
        tell.plural("One incident was recorded.", "{n} incidents were recorded.", len(every)),
        tell.plural("One is still open.", "{n} are still open.", still) if still else tell("None is still open."),
        *reported_words(edition.scene, sorted(edition.scene.systems), speaker(tell.lang)),
    ]
    return {
        "title": tell("What went wrong"),
        "text": " ".join(counted) if every else tell("No incident has been recorded."),
        "header": [tell("Day"), tell("System"), tell("How grave"), tell("Articles"), tell("Where it stands")],
        "rows": [_incident(edition, each, tell) for each in every[:MOST]],
        "more": tell.plural("One more follows.", "{n} more follow.", len(every) - MOST) if len(every) > MOST else "",
        "note": tell("Accounts of incidents and appeals stand on the page Incidents, for those who may see them."),
    }


def _incident(edition: Edition, each: IncidentHistory, tell: ReportSay) -> list[str]:
    said, names = each.incident, edition.scene.articles(tell)
    return [
        tell.date(said.happened_on),
        edition.scene.title(said.system, tell),
        word(Incident, "severity", each.severity, speaker(tell.lang)),
        ", ".join(names.get(article, article) for article in said.articles) or "–",
        _state(edition, each, tell),
    ]


def _state(edition: Edition, each: IncidentHistory, tell: ReportSay) -> str:
    """Whether it is open, and until which moment it must be reported, on the clock of the organisation."""
    if each.closure is not None:
        return tell("Closed on {date}.", date=tell.date(each.closure[1].on))
    due = each.next_due
    if due is None:
        return tell("Open.")
    moment = due.replace(tzinfo=ZoneInfo(each.incident.timezone))
    told = speaker(tell.lang, edition.zone).moment(moment)
    return (
        tell("Open, report overdue since {moment}.", moment=told)
        if each.overdue
        else tell("Open, to be reported by {moment}.", moment=told)
    )


def _work(edition: Edition, tell: ReportSay) -> Data:
    page = work_page(edition.scene, speaker(tell.lang), query={})
    return {
        "title": tell("What changed at work"),
        "tone": page.tone,
        "headline": page.headline,
        "others": list(page.others),
        "surveys": [
            {
                "title": each.title,
                "told": each.told,
                "header": [tell("Theme"), tell("Mean"), tell("Survey before"), tell("How it moved")],
                "rows": [list(row) for row in each.themes],
            }
            for each in page.surveys
        ],
        "trainings": {
            "title": tell("Training"),
            "header": [tell("System"), tell("Period"), tell("Trained"), tell("Trained before use")],
            "rows": [[each.cells[0], *each.cells[2:5]] for each in page.trainings],
        },
    }
