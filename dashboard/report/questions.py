"""The questions of each system by group, and how the figures that most need attention have moved."""

from __future__ import annotations

from typing import Any

from boussole.dashboard.report.edition import Edition
from boussole.dashboard.report.systems import anchor_in
from boussole.dashboard.report.words import ReportSay
from boussole.dashboard.views.answers.asked import question_of
from boussole.dashboard.views.answers.course import Course, course
from boussole.dashboard.views.answers.short import beside, short_answer
from boussole.dashboard.views.matrix import ArticleRows, Cell, QuestionRow, matrix
from boussole.dashboard.views.scene import Finding, findings
from boussole.dashboard.words.say import speaker

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
