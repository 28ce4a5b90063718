"""Typst, strictly: papers and sheets as PDF, archivable and accessible, and any warning is an error."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import typst

from boussole.audits.errors import ReportError
from boussole.audits.hashing import sha256_hex
from boussole.audits.workspace import Workspace
from boussole.charter.deadlines.appeals import AppealState
from boussole.charter.incidents.refusals import UnexplainedError
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
from boussole.dashboard.views.explanation_sheet import sheet
from boussole.dashboard.views.papers import Block, page_words

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


# The sheet of one decision, and the record that it answers a request: sealed by its hash, kept nowhere.


def sheet_pdf(
    workspace: Workspace, known: Explanation, request: AppealState, say: Say, *, on: dt.date, number: str
) -> bytes:
    """The sheet that answers a request, of a day and a number: the same data give the same bytes."""
    titles, blocks = sheet(known, request, say, on=on, number=number)
    return paper_pdf(workspace.settings.organisation, on, titles, blocks, say)


def answer_of(
    workspace: Workspace,
    known: Explanation,
    request: AppealState,
    say: Say,
    *,
    role: str,
    number: str,
    signed_in: bool = False,
) -> tuple[bytes, AppealDecision]:
    """The sheet that answers a request, and the record of it, which is not sealed yet.

    Raises UnexplainedError where the models could not be reached.
    """
    if known.model.lack == "unreachable" and not known.complete:
        raise UnexplainedError("unreachable")
    pdf = sheet_pdf(workspace, known, request, say, on=workspace.today(), number=number)
    return pdf, AppealDecision(
        role=role,
        on=workspace.today(),
        signed_in=signed_in,
        of=request.entry,
        outcome="upheld" if known.complete else "partly",
        reviewed=False,
        sheet=sha256_hex(pdf),
    )
