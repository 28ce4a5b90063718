"""The data of the template, in reading order: the answer first, its questions, every word; and the PDF made of it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from boussole.audits import private_files
from boussole.audits.errors import ReportError
from boussole.audits.languages import LANGUAGES
from boussole.audits.workspace import Workspace
from boussole.charter.document.answers.verdict import CALLING
from boussole.charter.records import seal_report
from boussole.dashboard.markup.elements import INK, INK_2, LINE, LINK, MARKS, NEEDLE, SIDE, mark_svg, word
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.report.attachments import SEALS, PdfAttachment, attachments
from boussole.dashboard.report.closing import events, opinions, promised, reading, unexamined, untouched, verifying
from boussole.dashboard.report.edition import COLUMNS, Edition, ReportSay, edition, teller
from boussole.dashboard.report.systems import anchor, anchor_in, part
from boussole.dashboard.report.typesetting import typeset_pdf
from boussole.dashboard.views.answers.asked import question_of
from boussole.dashboard.views.answers.course import Course, course
from boussole.dashboard.views.answers.known import known_words
from boussole.dashboard.views.answers.short import beside, short_answer
from boussole.dashboard.views.answers.small_print import read_words
from boussole.dashboard.views.compass import Compass, compass
from boussole.dashboard.views.papers import parse_period, report_file
from boussole.dashboard.views.scene import JudgedQuestion, findings, period, rings
from boussole.dashboard.views.system_tables import ArticleRows, QuestionRow, VerdictCell, matrix

# The questions of each system by group, and how the figures that most need attention have moved.


COURSES = 2
"""Figures that are followed over time, at most one of each article of a system."""
ACROSS = 6
"""Ways to group people that a page is wide enough for."""
ROOMS = {40: "wide", 56: "close", 66: "closest"}
"""Lines of questions that one page holds, by how closely they are set."""
STOPS = 4
"""Audits whose figures stand beside a drawing, the newest; the ledger has them all."""

# The data of the template, every word, figure and drawing of the report in reading order, and the PDF made of it.


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


def _cell(cell: VerdictCell | None, system_id: str) -> Data | None:
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


def _course(edition: Edition, finding: JudgedQuestion, tell: ReportSay) -> Course | None:
    scene, past = edition.of(finding.system), edition.past(finding.system)
    return course(scene, finding.system, finding.verdict, past, speaker(tell.lang), query={}, single=False)


def _drawn(edition: Edition, finding: JudgedQuestion, found: Course, tell: ReportSay) -> Data:
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


def short(edition: Edition, finding: JudgedQuestion, tell: ReportSay) -> str:
    """The answer of a finding, in at most twenty-five words, then its condition and how sure it is."""
    document, say, system = (
        edition.scene.examined[finding.system], speaker(tell.lang), edition.scene.systems.get(finding.system),
    )  # fmt: skip
    title = edition.scene.title(finding.system, tell)
    sentence = short_answer(
        edition.charters[finding.system], document, finding.verdict, say, system=system, title=title
    )
    known = known_words(edition.scene, finding.system, finding.verdict, say)
    return " ".join([sentence, *beside(document, finding.verdict, say, system=system), *filter(None, [known])])


# The answer first: a sentence, what most needs attention, and the table of articles and systems.


TOLD, LISTED = 3, 3
"""Findings told in full, at most one for an article of a system; and questions that are only listed."""


def answer(edition: Edition, seen: Compass, tell: ReportSay) -> Data:
    """What the second page says."""
    urgent = [finding for finding in findings(edition.scene) if finding.key in CALLING]
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


def _first_of_each(urgent: Sequence[JudgedQuestion]) -> list[JudgedQuestion]:
    seen: dict[tuple[str, str], JudgedQuestion] = {}
    for finding in urgent:
        seen.setdefault((finding.system, finding.article), finding)
    return list(seen.values())


def _rest(seen: Compass, tell: ReportSay) -> str:
    answered, asked = sum(row.answered for row in seen.rows), sum(row.asked for row in seen.rows)
    return " " + tell(
        "Of {asked} questions asked, {answered} have an answer.", asked=tell.whole(asked), answered=tell.whole(answered)
    )


def _finding(edition: Edition, finding: JudgedQuestion, tell: ReportSay) -> Data:
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


NAMED = 3
"""Systems that the cover names one by one."""
REGIONS = {"fr": "FR", "en": "GB"}


def content(edition: Edition, files: Sequence[PdfAttachment], tell: ReportSay) -> Data:
    """Everything that the template prints; `files` are what it attaches."""
    seen, words = compass(edition.scene, speaker(tell.lang), query={}), _words(tell)
    return {
        **_document(edition, tell),
        "words": words,
        "flowing": bool(edition.chosen),
        "colours": {"ink": INK, "ink2": INK_2, "line": LINE, "side": SIDE, "needle": NEEDLE, "link": LINK},
        "marks": _marks(tell),
        "rose": {"svg": seen.rose, "alt": seen.rose_alt, "caption": f"{seen.rose_note} {words['same']}"},
        "cover": _cover(edition, tell),
        "notice": " ".join(_notices(edition, tell)),
        "answer": answer(edition, seen, tell),
        "matrices": matrices(edition, tell),
        "courses": courses(edition, tell),
        "promised": promised(edition, tell),
        "events": events(edition, tell),
        "opinions": opinions(edition, tell),
        "untouched": untouched(edition, tell),
        "systems": [part(edition, system_id, tell) for system_id in edition.scene.examined],
        "unexamined": unexamined(edition, tell),
        "reading": reading(edition, tell),
        "verifying": verifying(edition, tell),
        "attachments": [file.document() for file in files],
    }


def _document(edition: Edition, tell: ReportSay) -> Data:
    spoken = edition.period.title(tell.lang) if edition.period else tell("Newest audits")
    subtitle = " · ".join([spoken, *[edition.scene.title(each, tell) for each in edition.chosen]])
    title = tell("Where does the charter stand?")
    return {
        "lang": tell.lang,
        "region": REGIONS[tell.lang],
        "title": title,
        "subtitle": subtitle,
        "organisation": edition.organisation,
        "description": tell("What audits say of each commitment of the charter, with their evidence attached."),
        "keywords": [edition.scene.title(system_id, tell) for system_id in edition.scene.latest],
        "date": {"year": edition.date.year, "month": edition.date.month, "day": edition.date.day},
        "footer": " · ".join([edition.organisation, subtitle, *([tell("draft wording")] if draft(edition) else [])]),
    }


def _words(tell: ReportSay) -> Mapping[str, str]:
    return {
        "page": tell("page"),
        "of": tell("of"),
        "same": tell("The table “Verdicts by article” says the same."),
        "see-page": tell("See page"),
        "answer": tell("The answer first"),
        "verdicts": tell("Verdicts by article"),
        "answered-explained": tell(
            "Answered: questions that have an answer, of those that the charter asks of all systems."
        ),
        "number": tell("No."),
        "article": tell("Article"),
        "answered": tell("Answered"),
        "contents": tell("Contents"),
        "others": tell("Also not kept or to be watched"),
        "drift": tell("Drift: have the data moved?"),
        "drift-explained": tell(
            "A system examined on some data tells little about other data: this compares the period with a reference."
        ),
        "compass": tell("The compass"),
        "unexamined": tell("Every question that nobody has examined"),
        "annexes": tell("Annexes"),
        "annexes-text": tell("What follows is for whoever checks: every figure, how it was judged, and its evidence."),
        "became": tell("What became of it"),
        "marks": tell("The five marks"),
        "reading": tell("How to read this report"),
        "reading-rules": tell("How verdicts are reached"),
        "reading-figures": tell("Charts and figures"),
        "background-name": tell("Background"),
        "background": tell("what is measured, reasons and law: page"),
        "background-title": tell("What is measured, why from these levels, which law"),
        "mark": tell("Mark"),
        "question": tell("Question"),
        "meaning": tell("What it means"),
        "verifying": tell("How to verify this report"),
    }


def _marks(tell: ReportSay) -> Data:
    return {
        verdict: {
            "svg": mark_svg(verdict),
            "ink": mark.ink,
            "tint": mark.tint,
            "stroke": mark.stroke,
            "word": word(verdict, speaker(tell.lang)),
        }
        for verdict, mark in MARKS.items()
    }


def _cover(edition: Edition, tell: ReportSay) -> list[list[str]]:
    scene, charter = edition.scene, edition.scene.charter
    known = tell.whole(edition.registered)
    examined = tell("{n} of {known} in the register", n=tell.whole(len(scene.latest)), known=known)
    return [
        [tell("Systems audited"), examined],
        *_audited(edition, tell),
        [tell("Charter"), tell("{title}, version {version}", title=tell.text(charter.title), version=charter.version)],
        [tell("Its fingerprint"), charter.sha256[:16] + "…"],
        [tell("Data as of"), tell.date(edition.date)],
    ]


def _audited(edition: Edition, tell: ReportSay) -> list[list[str]]:
    documents = edition.scene.latest
    if len(documents) > NAMED:
        read = {texts: sum(d.decisions for d in documents.values() if d.of_texts == texts) for texts in (False, True)}
        named = ((tell("Decisions"), read[False]), (tell("Texts"), read[True]))
        return [[name, tell.whole(n)] for name, n in named if n]
    days = {system_id: period(document, speaker(tell.lang)) for system_id, document in documents.items()}
    return [
        [
            edition.scene.title(system_id, tell),
            read_words(document, speaker(tell.lang), period=days[system_id]),
        ]
        for system_id, document in documents.items()
    ]


def draft(edition: Edition) -> bool:
    """Whether any article is in draft wording."""
    return any(a.text.status == "draft wording" for charter in edition.charters.values() for a in charter.articles)


def _notices(edition: Edition, tell: ReportSay) -> list[str]:
    found = []
    if draft(edition):
        found.append(tell("The wording of the charter is a draft, not the official text of the organisation."))
    charter = edition.scene.charter
    if charter.sha256 not in {act.sha256 for act in edition.acts.values()}:
        found.append(
            tell("This version of the charter has been proposed and not adopted.")
            if charter.adopted_on is None
            else tell("The charter calls itself adopted, and no adoption in the ledger proves it.")
        )
    found.append(tell.text(charter.notice))
    if len({charter.sha256 for charter in edition.charters.values()}) > 1:
        found.append(tell("The systems were judged by different versions of the charter; each says which."))
    return found


def write_report(
    workspace: Workspace, *, period: str | None, lang: str, out: Path | None, systems: Sequence[str] = ()
) -> Path:
    """Write the report of a period (2026-Q3, 2026-09, 2026; the newest audits if None) and say where it is.

    It is about `systems`, or about all that were audited then. Without `out` it goes to the workspace's reports.
    Raises ReportError when the period is not one, holds no audit, a system is not known or was not audited then, or the
    file cannot be written.
    """
    if lang not in LANGUAGES:
        raise ReportError(f"reports are not written in '{lang}'.", next_step=f"Use {' or '.join(LANGUAGES)}.")
    found = edition(workspace, parse_period(period) if period else None, systems=systems)
    tell = teller(lang)
    files = attachments(found, tell)
    pdf = typeset_pdf(content(found, files, tell), {file.name: file.content for file in files})
    seals = next(file.content for file in files if file.name == SEALS)
    seal_report(workspace, pdf, period=found.name, lang=lang, seals=seals, systems=found.chosen)
    path = out or workspace.reports / report_file(found.name, found.chosen, lang)
    try:
        if out is None:
            return _beside(path, pdf)
        private_files.write(path, pdf, mode=private_files.mode_of(path))
    except OSError as error:
        raise ReportError(
            f"the report cannot be written: {error.strerror}.", where=str(path), next_step="Choose another --out."
        ) from error
    return path


def _beside(path: Path, pdf: bytes) -> Path:
    """Writes a report under a name that none has: the same with a number where it is taken."""
    names = (path.with_stem(f"{path.stem}-{n}") for n in itertools.count(2))
    for each in itertools.chain([path], names):
        with suppress(FileExistsError):
            private_files.write(each, pdf, fresh=True)
            return each
    raise AssertionError("names without end")  # pragma: no cover
