"""The data of the template, every word, figure and drawing of the report in reading order, and the PDF made of it."""

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
from boussole.charter.records import seal_report
from boussole.dashboard.markup.marks import INK, INK_2, LINE, LINK, MARKS, NEEDLE, SIDE, mark_svg, word
from boussole.dashboard.markup.words.say import speaker
from boussole.dashboard.report.attachments import SEALS, Attachment, attachments
from boussole.dashboard.report.closing import events, opinions, promised, reading, unexamined, untouched, verifying
from boussole.dashboard.report.edition import Edition, ReportSay, edition, teller
from boussole.dashboard.report.questions import answer, courses, matrices
from boussole.dashboard.report.systems import part
from boussole.dashboard.report.typesetting import typeset_pdf
from boussole.dashboard.views.answers.small_print import read_words
from boussole.dashboard.views.compass import compass
from boussole.dashboard.views.papers import parse_period, report_file
from boussole.dashboard.views.scene import period

Data = dict[str, Any]
LISTED = 3
"""Systems that the cover names one by one."""
REGIONS = {"fr": "FR", "en": "GB"}


def content(edition: Edition, files: Sequence[Attachment], tell: ReportSay) -> Data:
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
    """What the report looked at: systems, days, decisions, charter."""
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
    """Each system's decisions; of many systems, all decisions together."""
    documents = edition.scene.latest
    if len(documents) > LISTED:
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
    """What a reader must know before reading: draft wording, no legal threshold, several charters."""
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

    It is about `systems`, or about all that were audited then where none is named.

    Without `out` it goes to the workspace's reports, beside those of the same period: none is lost. Its SHA-256 is
    sealed first, so that every other file is told from it; then the file appears, whole or not at all.

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
