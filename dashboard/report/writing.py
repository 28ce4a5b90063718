"""`boussole report`: from the records to a PDF file."""

from __future__ import annotations

import itertools
from contextlib import suppress
from pathlib import Path

from boussole.audits import private_files
from boussole.audits.errors import ReportError
from boussole.audits.languages import LANGUAGES
from boussole.audits.workspace import Workspace
from boussole.charter.records import seal_report
from boussole.dashboard.report.attachments import SEALS, attachments
from boussole.dashboard.report.content import content
from boussole.dashboard.report.edition import edition
from boussole.dashboard.report.typesetting import typeset_pdf
from boussole.dashboard.report.words import teller
from boussole.dashboard.views.periods import parse_period


def write_report(workspace: Workspace, *, period: str | None, lang: str, out: Path | None) -> Path:
    """Write the report of a period (2026-Q3, 2026-09, 2026; the newest audits if None) and say where it is.

    Without `out` it goes to the workspace's reports, beside those of the same period: none is lost. Its SHA-256 is
    sealed first, so that every other file is told from it; then the file appears, whole or not at all.

    Raises ReportError when the period is not one, holds no audit, or the file cannot be written.
    """
    if lang not in LANGUAGES:
        raise ReportError(f"reports are not written in '{lang}'.", next_step=f"Use {' or '.join(LANGUAGES)}.")
    found = edition(workspace, parse_period(period) if period else None)
    tell = teller(lang)
    files = attachments(found, tell)
    pdf = typeset_pdf(content(found, files, tell), {file.name: file.content for file in files})
    seals = next(file.content for file in files if file.name == SEALS)
    seal_report(workspace, pdf, period=found.name, lang=lang, seals=seals)
    path = out or workspace.reports / f"boussole-{found.name}-{lang}.pdf"
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
