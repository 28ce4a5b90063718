"""Typst, strictly: archivable and accessible, bundled fonts only, and any warning is an error."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

from boussole.audits.errors import ReportError
from boussole.dashboard.markup.fontfiles import FOLDER
from boussole.dashboard.markup.printable import all_printable

TEMPLATE = Path(__file__).with_name("report.typ")
BASE = TEMPLATE.with_name("base.typ")
"""What the templates share."""


def typeset_pdf(data: Mapping[str, Any], files: Mapping[str, bytes], *, template: Path | None = None) -> bytes:
    """The PDF of a template with this data; `files` are those that it attaches, by name. Without `template`: a report.

    The same data give the same bytes: dates come from the data, never from the clock.

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
    """The message of a Typst error or warning with its hints, on one line."""
    hints = getattr(problem, "hints", None) or []
    return " ".join([str(getattr(problem, "message", problem)), *hints]).replace("\n", " ")


def _refused(why: str, template: Path) -> ReportError:
    what = "report" if template == TEMPLATE else "document"
    return ReportError(
        f"the {what} cannot be typeset: {why}.",
        where=template.name,
        next_step="This is a fault of Boussole: please report it with this message.",
    )
