"""The answer of a report, which stands first, and its questions: each system by group, and how figures moved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from boussole.dashboard.markup.words.say import speaker
from boussole.dashboard.report.edition import Edition, ReportSay
from boussole.dashboard.report.systems import anchor, anchor_in
from boussole.dashboard.views.answers.asked import question_of
from boussole.dashboard.views.answers.course import Course, course
from boussole.dashboard.views.answers.short import beside, short_answer
from boussole.dashboard.views.compass import Compass
from boussole.dashboard.views.scene import Finding, findings, rings
from boussole.dashboard.views.system_tables import ArticleRows, Cell, QuestionRow, matrix

# The questions of each system by group, and how the figures that most need attention have moved.


COURSES = 2
"""Figures that are followed over time, at most one of each article of a system."""
ACROSS = 6
"""Ways to group people that a page is wide enough for."""
ROOMS = {40: "wide", 56: "close", 66: "closest"}
"""Lines of questions that one page holds, by how closely they are set."""
STOPS = 4
"""Audits whose figures stand beside a drawing, the newest; the ledger has them all."""

Data = dict[str, Any]


def matrices(edition: Edition, tell: ReportSay) -> Data:
    """Every question that was examined, with a mark for each way to group people."""
    systems = [_matrix(edition, system_id, tell) for system_id in edition.scene.examined]
    return {
        "title": tell("Questions and groups"),
        "text": tell("Each mark answers one question, for everybody or by groups, and leads to its figures."),
        "header": [tell("Question"), tell("The answer")],
        "set": how_close(systems),
        "systems": systems,
    }


def how_close(systems: Sequence[Data]) -> str:
    """How closely the lines of these systems are set, so that they fill one page where that can be."""
    lines = sum(map(_lines, systems))
    return next((how for room, how in ROOMS.items() if lines <= room), "close")


def _lines(system: Data) -> int:
    """Lines that a system takes, its heading and the heads of its tables counted as they are high."""
    columns = [_long(half) for half in system["alone"]]
    return 3 + max(columns, default=0) + sum(3 + _long(part["articles"]) for part in system["grouped"])


def _long(articles: Sequence[Data]) -> int:
    return sum(1 + len(each["rows"]) for each in articles)


def _matrix(edition: Edition, system_id: str, tell: ReportSay) -> Data:
    """The questions of a system: those of no groups in two columns; the others by groups, in several tables where
    people are grouped in more ways than a page is wide."""
    found = matrix(edition.of(system_id), system_id, speaker(tell.lang), query={})
    columns = list(found.columns)
    first = f"{tell('Question')} … {found.ending}" if found.ending else tell("Question")
    parts = [range(at, min(at + ACROSS, len(columns))) for at in range(0, len(columns), ACROSS)]
    left = tell.plural("One question not examined: page", "{n} questions not examined: page", found.untouched)
    return {
        "title": edition.scene.title(system_id, tell),
        "untouched": left if found.untouched else "",
        "alone": _halves(_articles(found.articles, system_id)),
        "grouped": [
            {
                "header": [first, *(columns[at] for at in part)],
                "articles": _articles(found.articles, system_id, part),
            }
            for part in parts
        ],
    }


def _articles(articles: Sequence[ArticleRows], system_id: str, part: range | None = None) -> list[Data]:
    """The articles that ask something of these groups; without `part`, of no groups."""
    made = [
        {
            "title": each.title,
            "verdict": each.verdict,
            "rows": [_row(row, system_id, part) for row in each.examined if (row.alone is None) == (part is not None)],
        }
        for each in articles
    ]
    return [each for each in made if each["rows"]]


def _row(row: QuestionRow, system_id: str, part: range | None) -> Data:
    cells = [row.alone] if part is None else [row.cells[at] for at in part]
    return {"text": f"{row.number} {row.text}".strip(), "cells": [_cell(each, system_id) for each in cells]}


def _halves(articles: Sequence[Data]) -> list[list[Data]]:
    """The same articles in two columns, in their order: where the longer of the two is shortest."""
    first = min(range(len(articles) + 1), key=lambda n: (max(_long(articles[:n]), _long(articles[n:])), -n))
    return [half for half in (list(articles[:first]), list(articles[first:])) if half]


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
