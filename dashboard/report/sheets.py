"""The sheet of one decision as files, and the record that it answers a request: sealed by its hash, kept nowhere."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from boussole.audits import private_files
from boussole.audits.decisions.single import UnexplainedError
from boussole.audits.errors import BoussoleError
from boussole.audits.hashing import sha256_hex
from boussole.audits.workspace import Workspace
from boussole.charter.deadlines.appeals import AppealState
from boussole.charter.incidents.entering import enter
from boussole.charter.record_types.incidents import AppealDecision
from boussole.dashboard.report.papers import paper_pdf
from boussole.dashboard.views.explained.explanation import Explanation
from boussole.dashboard.views.explained.sheet import Issue, Sheet, new_sheet_number, sheet
from boussole.dashboard.views.paper_blocks import plain_text
from boussole.dashboard.words.say import Say


@dataclass(frozen=True, kw_only=True)
class SheetFiles:
    """A sheet as a PDF and as text, which say the same."""

    pdf: bytes
    text: str


def files_of(made: Sheet, issue: Issue, organisation: str, say: Say) -> SheetFiles:
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

    Raises UnexplainedError where the models could not be reached: that passes, and an answer stays.

    The record holds the hash of the PDF, whose number is drawn by chance: nobody finds what it says by trying.
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
