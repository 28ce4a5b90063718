"""The answer first: a sentence, what most needs attention, and the table of articles and systems."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from boussole.dashboard.report.edition import Edition
from boussole.dashboard.report.questions import short
from boussole.dashboard.report.systems import anchor
from boussole.dashboard.report.words import ReportSay
from boussole.dashboard.views.compass import Compass
from boussole.dashboard.views.scene import Finding, findings, rings
from boussole.dashboard.words.say import speaker

TOLD, LISTED = 3, 3
"""Findings told in full, at most one for an article of a system; and questions that are only listed."""
COLUMNS = 3
"""Systems side by side in one table."""

Data = dict[str, Any]


def answer(edition: Edition, seen: Compass, tell: ReportSay) -> Data:
    """What the second page says."""
    urgent = [finding for finding in findings(edition.scene) if finding.key in ("broken", "watch")]
    told = _first_of_each(urgent)[:TOLD]
    others = [finding for finding in urgent if finding not in told]
    more = len(others) - LISTED
    return {
        "verdict": seen.tone,
        "sentence": {"lead": seen.headline, "rest": _rest(seen, tell)},
        "findings": [_finding(edition, finding, tell) for finding in told],
        "others": [_finding(edition, finding, tell) for finding in others[:LISTED]],
        "more": tell.plural(
            "One more question follows in its place.",
            "{n} more questions follow in their place.",
            more,
        )
        if more > 0
        else None,
        "tables": _tables(edition, seen, tell),
    }


def _first_of_each(urgent: Sequence[Finding]) -> list[Finding]:
    """The worst finding on each article of each system."""
    seen: dict[tuple[str, str], Finding] = {}
    for finding in urgent:
        seen.setdefault((finding.system, finding.article), finding)
    return list(seen.values())


def _rest(seen: Compass, tell: ReportSay) -> str:
    """How many questions have an answer at all."""
    answered, asked = sum(row.answered for row in seen.rows), sum(row.asked for row in seen.rows)
    return " " + tell(
        "Of {asked} questions asked, {answered} have an answer.", asked=tell.whole(asked), answered=tell.whole(answered)
    )


def _finding(edition: Edition, finding: Finding, tell: ReportSay) -> Data:
    article = next((a for a in edition.charters[finding.system].articles if a.id == finding.article), None)
    return {
        "verdict": finding.key,
        "place": tell(
            "{system}, article {n}: {article}",
            system=edition.scene.title(finding.system, tell),
            n=str(article.order) if article else "",
            article=tell.text(article.title) if article else finding.article,
        ),
        "short": tell(
            "{system}, article {n}",
            system=edition.scene.title(finding.system, tell),
            n=str(article.order) if article else finding.article,
        ),
        "question": tell.text(finding.verdict.question),
        "sentence": short(edition, finding, tell),
        "anchor": anchor(finding.system, finding.verdict),
    }


def _tables(edition: Edition, seen: Compass, tell: ReportSay) -> list[Data]:
    """Articles down, systems across; a few systems at a time, so that the words stay readable."""
    shown = rings(edition.scene, speaker(tell.lang))
    return [
        {
            "systems": [ring.title for ring in shown[first : first + COLUMNS]],
            "rows": [
                {
                    "number": str(article.order),
                    "title": tell.text(article.title),
                    "verdicts": [
                        ring.verdicts.get(article.id, "not_examined") for ring in shown[first : first + COLUMNS]
                    ],
                    "answered": tell("{n} of {all}", n=tell.whole(row.answered), all=tell.whole(row.asked)),
                }
                for article, row in zip(edition.scene.charter.articles, seen.rows, strict=True)
            ],
        }
        for first in range(0, len(shown), COLUMNS)
    ]
