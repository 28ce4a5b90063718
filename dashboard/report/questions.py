"""The answer of a report, which stands first, and its questions: each system by group, and how figures moved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from boussole.dashboard.markup.words.say import speaker
from boussole.dashboard.report.edition import Edition
from boussole.dashboard.report.systems import anchor, anchor_in
from boussole.dashboard.report.words import ReportSay
from boussole.dashboard.views.answers.asked import question_of
from boussole.dashboard.views.answers.course import Course, course
from boussole.dashboard.views.answers.short import beside, short_answer
from boussole.dashboard.views.compass import Compass
from boussole.dashboard.views.matrix import ArticleRows, Cell, QuestionRow, matrix
from boussole.dashboard.views.scene import Finding, findings, rings

# The questions of each system by group, and how the figures that most need attention have moved.


COURSES = 2
"""Figures that are followed over time, at most one of each article of a system."""
ACROSS = 6
"""Ways to group people that a page is wide enough for."""
STOPS = 4
"""Audits whose figures stand beside a drawing, the newest; the ledger has them all."""

Data = dict[str, Any]


def matrices(edition: Edition, tell: ReportSay) -> Data:
    """Every question that was examined, with a mark for each way to group people."""
    return {
        "title": tell("Questions and groups"),
        "text": tell("Each mark is the answer to one question, for one way to group people. It leads to its figures."),
        "systems": [part for system_id in edition.scene.examined for part in _matrix(edition, system_id, tell)],
    }


def _matrix(edition: Edition, system_id: str, tell: ReportSay) -> list[Data]:
    """The table of a system; several, where people are grouped in more ways than a page is wide."""
    found = matrix(edition.of(system_id), system_id, speaker(tell.lang), query={})
    columns = list(found.columns)
    first = f"{tell('Question')} … {found.ending}" if found.ending else tell("Question")
    untouched = tell.plural(
        "Nobody has examined one other question: see “What nobody has examined”.",
        "Nobody has examined {n} other questions: see “What nobody has examined”.",
        found.untouched,
    )
    parts = [range(at, min(at + ACROSS, len(columns))) for at in range(0, max(len(columns), 1), ACROSS)]
    alone = tell("For all") if columns else tell("The answer")
    return [
        {
            "title": edition.scene.title(system_id, tell),
            "header": [first, *([] if part.start else [alone]), *(columns[at] for at in part)],
            "alone": not part.start,
            "articles": [made for each in found.articles if (made := _article(each, system_id, part))["rows"]],
            "untouched": untouched if found.untouched and part is parts[-1] else "",
        }
        for part in parts
    ]


def _article(rows: ArticleRows, system_id: str, part: range) -> Data:
    return {
        "title": rows.title,
        "verdict": rows.verdict,
        "rows": [made for each in rows.examined if (made := _row(each, system_id, part))],
    }


def _row(row: QuestionRow, system_id: str, part: range) -> Data | None:
    """A question with its marks in some columns; one that is asked of no groups stands in the first table."""
    if row.alone is not None and part.start:
        return None
    cells = [row.alone] if row.alone is not None else [row.cells[at] for at in part]
    return {
        "text": f"{row.number} {row.text}".strip(),
        "over": 1 if row.alone is not None or part.start else 2,
        "across": len(part) + 1 if row.alone is not None else 1,
        "cells": [_cell(each, system_id) for each in cells],
    }


def _cell(cell: Cell | None, system_id: str) -> Data | None:
    return {"verdict": cell.verdict, "anchor": anchor_in(system_id, cell.anchor)} if cell is not None else None


def courses(edition: Edition, tell: ReportSay) -> Data:
    """The figures that most need attention, from audit to audit."""
    told: list[Data] = []
    seen: set[tuple[str, str]] = set()
    for finding in findings(edition.scene):
        if len(told) == COURSES:
            break
        place = finding.system, finding.article
        if place in seen or finding.system not in edition.sealed:
            continue
        found = _course(edition, finding, tell)
        if found is not None:
            seen.add(place)
            told.append(_drawn(edition, finding, found, tell))
    return {
        "title": tell("Over time"),
        "text": tell("The figures that most need attention, from audit to audit, with the interval that decided each.")
        if told
        else tell("No figure has been measured in two audits yet: nothing can be said of how it moves."),
        "courses": told,
    }


def _course(edition: Edition, finding: Finding, tell: ReportSay) -> Course | None:
    scene, past = edition.of(finding.system), edition.past(finding.system)
    return course(scene, finding.system, finding.verdict, past, speaker(tell.lang), query={}, single=False)


def _drawn(edition: Edition, finding: Finding, found: Course, tell: ReportSay) -> Data:
    lost = tell("The versions of the model cannot be read now.") if edition.past(finding.system).lost else ""
    return {
        "verdict": finding.key,
        "question": question_of(edition.charters[finding.system], finding.verdict, speaker(tell.lang)),
        "sentence": short(edition, finding, tell),
        "svg": found.svg,
        "alt": found.alt,
        "levels": found.levels,
        "happened": [
            tell("{n}: {date}. {what}.", n=str(n), date=tell.date(each.on), what=each.text)
            for n, each in enumerate(found.happened, start=1)
        ],
        "notes": [each for each in (found.note, lost) if each],
        "header": [tell("Audit"), tell("Figure"), tell("Interval that decided"), tell("This comparison")],
        "rows": [list(row) for row in found.rows[-STOPS:]],
    }


def short(edition: Edition, finding: Finding, tell: ReportSay) -> str:
    """The answer of a finding, in at most twenty-five words, then its condition and how sure it is."""
    document, say, system = (
        edition.scene.examined[finding.system], speaker(tell.lang), edition.scene.systems.get(finding.system),
    )  # fmt: skip
    title = edition.scene.title(finding.system, tell)
    sentence = short_answer(
        edition.charters[finding.system], document, finding.verdict, say, system=system, title=title
    )
    return " ".join([sentence, *beside(document, finding.verdict, say, system=system)])


# The answer first: a sentence, what most needs attention, and the table of articles and systems.


TOLD, LISTED = 3, 3
"""Findings told in full, at most one for an article of a system; and questions that are only listed."""
COLUMNS = 3
"""Systems side by side in one table."""


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
