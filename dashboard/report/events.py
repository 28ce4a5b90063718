"""Incidents, and effects on work: a page of the report.

Everybody reads reports. So it tells what the pages tell everybody: how many incidents there were, whether they were
reported in time, and how many people were trained. The rest stands on pages that not every role sees.
"""

from __future__ import annotations

from typing import Any

from boussole.charter.deadlines.incidents import incidents
from boussole.charter.text.model import Records
from boussole.dashboard.report.edition import Edition
from boussole.dashboard.report.words import ReportSay
from boussole.dashboard.views.answers.asked import indicator_of
from boussole.dashboard.views.incidents import reported_words
from boussole.dashboard.views.work import work_words
from boussole.dashboard.words.say import speaker

Data = dict[str, Any]
ASKED: tuple[Records, ...] = ("incidents_in_time", "explanations_in_time", "trained_first")
"""What records answer that is about incidents, requests and training; the rest is asked of other pages."""


def events(edition: Edition, tell: ReportSay) -> Data:
    """What went wrong and what was done, then what was stated of those who work with the systems."""
    return {
        "title": tell("Incidents and work"),
        "parts": [_incidents(edition, tell), _work(edition, tell)],
        "asked": _asked(edition, tell),
    }


def _asked(edition: Edition, tell: ReportSay) -> Data:
    """What the charter asks that is answered by what was recorded of incidents, requests and training."""
    return {
        "title": tell("What the charter asks of it"),
        "header": [tell("Question"), tell("System"), tell("Answer")],
        "rows": [
            {
                "question": tell.text(verdict.question),
                "system": edition.scene.title(system_id, tell),
                "verdict": str(verdict.verdict),
            }
            for system_id, standing in edition.scene.examined.items()
            for verdict in standing.verdicts
            if (asked := indicator_of(edition.charters[system_id], verdict)) is not None and asked.records in ASKED
        ],
    }


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
        "told": counted if every else [tell("No incident has been recorded.")],
        "note": tell("Accounts of incidents and appeals stand on the page Incidents, for those who may see them."),
    }


def _work(edition: Edition, tell: ReportSay) -> Data:
    told = work_words(edition.scene, sorted(edition.scene.systems), speaker(tell.lang))
    return {
        "title": tell("What changed at work"),
        "told": told or [tell("No training has been recorded.")],
        "note": tell(
            "What agents say of their work, time saved and consultations stand on the page Effects on work, for those"
            " who may see them."
        ),
    }
