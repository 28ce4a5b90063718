"""Typst, strictly: papers and sheets as PDF, archivable and accessible, and any warning is an error."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typst

from boussole.audits import private_files
from boussole.audits.decisions.single import UnexplainedError
from boussole.audits.errors import BoussoleError, ReportError
from boussole.audits.hashing import sha256_hex
from boussole.audits.workspace import Workspace
from boussole.charter.deadlines.appeals import AppealState
from boussole.charter.incidents.book import enter
from boussole.charter.record_types.incidents import AppealDecision
from boussole.dashboard.markup.elements import (
    FOLDER,
    INK,
    INK_2,
    LINE,
    LINK,
    MARKS,
    SIDE,
    all_printable,
    mark_svg,
    word,
)
from boussole.dashboard.markup.words import Say
from boussole.dashboard.views.explanation import Explanation
from boussole.dashboard.views.explanation_sheet import ExplanationSheet, Issue, new_sheet_number, sheet
from boussole.dashboard.views.papers import Block, page_words, plain_text

# Typst, strictly: archivable and accessible, bundled fonts only, and any warning is an error.


TEMPLATE = Path(__file__).with_name("report.typ")
BASE = TEMPLATE.with_name("base.typ")
"""What the templates share."""


def typeset_pdf(data: Mapping[str, Any], files: Mapping[str, bytes], *, template: Path | None = None) -> bytes:
    """The PDF of a template (by default the report) with this data, the same bytes for the same; `files` are attached.

    Raises ReportError for whatever Typst warns of or refuses.
    """
    template = template or TEMPLATE
    sources: Any = {  # the type stubs know no form {name: bytes}
        "main.typ": template.read_bytes(),
        BASE.name: BASE.read_bytes(),
        "data.json": json.dumps(all_printable(data), ensure_ascii=False).encode(),
        **files,
    }
    try:
        pdf, warnings = typst.compile_with_warnings(
            sources, font_paths=[str(FOLDER)], ignore_system_fonts=True, format="pdf", pdf_standards=["a-3a", "ua-1"]
        )
    except typst.TypstError as error:
        raise _refused(_told(error), template) from error
    if warnings:
        raise _refused("; ".join(_told(warning) for warning in warnings), template)
    return bytes(pdf)


def _told(problem: Exception) -> str:
    hints = getattr(problem, "hints", None) or []
    return " ".join([str(getattr(problem, "message", problem)), *hints]).replace("\n", " ")


def _refused(why: str, template: Path) -> ReportError:
    what = "report" if template == TEMPLATE else "document"
    return ReportError(
        f"the {what} cannot be typeset: {why}.",
        where=template.name,
        next_step="This is a fault of Boussole: please report it with this message.",
    )


# Papers as PDF: what is told in blocks, set archivable and accessible. The same data give the same bytes.


REGIONS = {"fr": "FR", "en": "GB"}


def paper_pdf(organisation: str, day: dt.date, titles: tuple[str, str], told: Sequence[Block], say: Say) -> bytes:
    """A paper of a day, with its title and subtitle. Raises ReportError where it cannot be typeset."""
    title, subtitle = titles
    data: dict[str, Any] = {
        "lang": say.lang,
        "region": REGIONS[say.lang],
        "title": title,
        "subtitle": subtitle,
        "organisation": organisation,
        "description": f"{title} — {subtitle}",
        "date": {"year": day.year, "month": day.month, "day": day.day},
        "footer": f"{title} · {subtitle}",
        "words": page_words(say),
        "colours": {"ink": INK, "ink2": INK_2, "line": LINE, "side": SIDE, "link": LINK},
        "marks": {
            verdict: {"svg": mark_svg(verdict), "ink": mark.ink, "word": word(verdict, say)}
            for verdict, mark in MARKS.items()
        },
        "blocks": list(told),
    }
    return typeset_pdf(data, {}, template=TEMPLATE.with_name("paper.typ"))


# The sheet of one decision as files, and the record that it answers a request: sealed by its hash, kept nowhere.


@dataclass(frozen=True, kw_only=True)
class SheetFiles:
    """A sheet as a PDF and as text, which say the same."""

    pdf: bytes
    text: str


def files_of(made: ExplanationSheet, issue: Issue, organisation: str, say: Say) -> SheetFiles:
    """A sheet as files."""
    return SheetFiles(
        pdf=paper_pdf(organisation, issue.on, (made.title, made.subtitle), made.blocks, say),
        text=plain_text(made.title, made.subtitle, made.blocks, lang=say.lang),
    )


def draft(workspace: Workspace, known: Explanation, say: Say) -> SheetFiles:
    """The sheet of a decision that answers no request: it says so, and nothing is sealed."""
    issue = Issue(on=workspace.today())
    return files_of(sheet(known, issue, say), issue, workspace.settings.organisation, say)


def answered(
    workspace: Workspace,
    known: Explanation,
    request: AppealState,
    say: Say,
    *,
    role: str,
    signed_in: bool = False,
    number: str = "",
) -> tuple[SheetFiles, AppealDecision]:
    """The sheet that answers a request, and the record of it, which is not sealed yet.

    Raises UnexplainedError where the models could not be reached.
    """
    if known.model.lack == "unreachable" and not known.complete:
        raise UnexplainedError(
            "unreachable",
            "the place where models are kept does not answer: nothing was handed out.",
            next_step="Try again once it does.",
        )
    files = files_again(workspace, known, request, say, on=workspace.today(), number=number or new_sheet_number())
    return files, AppealDecision(
        role=role,
        on=workspace.today(),
        signed_in=signed_in,
        of=request.entry,
        outcome="upheld" if known.complete else "partly",
        reviewed=False,
        sheet=sha256_hex(files.pdf),
    )


def files_again(
    workspace: Workspace, known: Explanation, request: AppealState, say: Say, *, on: dt.date, number: str
) -> SheetFiles:
    """The sheet of a day and a number: the same data give the same bytes."""
    issue = Issue(on=on, request=request.appeal.number, received_on=request.appeal.received_on, number=number)
    return files_of(sheet(known, issue, say), issue, workspace.settings.organisation, say)


def write_answer(workspace: Workspace, files: SheetFiles, said: AppealDecision, path: Path) -> int:
    """Writes the PDF and, beside it, the text, for their owner only; then seals the answer and returns its entry.

    Raises BoussoleError where they cannot be written or sealed; then neither is there.
    """
    write_files(files, path)
    try:
        return enter(workspace, said).entry
    except BaseException:
        for each in (path, path.with_suffix(".txt")):
            each.unlink(missing_ok=True)
        raise


def write_files(files: SheetFiles, path: Path) -> None:
    """Writes the PDF and, beside it, the text. Raises BoussoleError where that cannot be done."""
    beside = path.with_suffix(".txt")
    if taken := next((each for each in (path, beside) if each.exists()), None):
        raise BoussoleError("there is such a file already.", where=str(taken), next_step="Choose another --out.")
    try:
        private_files.write(path, files.pdf)
        private_files.write(beside, files.text)
    except OSError as error:
        raise BoussoleError(
            f"the sheet cannot be written: {error.strerror}.", where=str(path), next_step="Choose another --out."
        ) from error
