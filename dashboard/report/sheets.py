"""The sheet of one decision as files, and the record that it answers a request: sealed by its hash, kept nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from boussole.audits import private_files
from boussole.audits.errors import BoussoleError
from boussole.audits.hashing import sha256_hex
from boussole.audits.workspace import Workspace
from boussole.charter.deadlines.appeals import AppealState, appeals
from boussole.charter.incidents.entering import enter
from boussole.charter.record_types.incidents import AppealDecision
from boussole.charter.records.facts import facts_of
from boussole.dashboard.report.papers import paper_pdf
from boussole.dashboard.views.explained.explanation import Explanation
from boussole.dashboard.views.explained.sheet import Issue, Sheet, sheet
from boussole.dashboard.views.plain_text import plain_text
from boussole.dashboard.words.say import Say


@dataclass(frozen=True, kw_only=True)
class SheetFiles:
    """A sheet as a PDF and as text, which say the same."""

    pdf: bytes
    text: str


def request_of(workspace: Workspace, word: str, known: Explanation) -> AppealState:
    """The request for an explanation of a number, where a decision can be the one that it is about.

    Raises BoussoleError for a number that nobody has, a request for something else, one about another system or about
    a decision of another day: a sheet must not reach the wrong person.
    """
    found = open_request(workspace, word)
    if found.appeal.system != known.system.id:
        raise BoussoleError(
            f"the request {found.appeal.number} is about '{found.appeal.system}', not about '{known.system.id}'.",
            next_step="Check the number of the request, and the id of the decision.",
        )
    if found.appeal.decided_on != known.decision.decided_on:
        raise BoussoleError(
            f"the request {found.appeal.number} is about a decision of {found.appeal.decided_on}; this one was made on "
            f"{known.decision.decided_on}. A sheet must not reach the wrong person.",
            next_step="Check both. If the day of the request was entered wrongly, withdraw it and enter it anew.",
        )
    return found


def open_request(workspace: Workspace, word: str) -> AppealState:
    """The request for an explanation of a number, which nobody has answered yet. Raises BoussoleError."""
    every = appeals(facts_of(workspace, as_of=workspace.today()))
    found = next((each for each in every if each.appeal.number == word), None)
    if found is None:
        raise BoussoleError(
            f"there is no request '{word}'.",
            next_step="Enter it first (`boussole appeal enter --asks explanation`), or see `boussole appeal list`.",
        )
    if found.appeal.asks != "explanation":
        raise BoussoleError(
            f"the request {word} asks for a new decision, not for an explanation: it has a time limit of its own.",
            next_step="Record what is decided with `boussole appeal decide`. To explain, enter a request for that.",
        )
    if found.decision is not None:
        raise BoussoleError(
            f"the request {word} was answered on {found.decision[1].on} (entry {found.decision[0]}).",
            next_step="If it was wrong, withdraw it with its reason (`boussole record withdraw`), then answer.",
        )
    return found


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
    workspace: Workspace, known: Explanation, request: AppealState, say: Say, *, role: str, signed_in: bool = False
) -> tuple[SheetFiles, AppealDecision]:
    """The sheet that answers a request, and the record of it, which is not sealed yet.

    The record holds the hash of the PDF, whose number is drawn by chance: nobody finds what it says by trying.
    """
    issue = Issue(on=workspace.today(), request=request.appeal.number, received_on=request.appeal.received_on)
    files = files_of(sheet(known, issue, say), issue, workspace.settings.organisation, say)
    return files, AppealDecision(
        role=role,
        on=issue.on,
        signed_in=signed_in,
        of=request.entry,
        outcome="upheld" if known.complete else "partly",
        reviewed=False,
        sheet=sha256_hex(files.pdf),
    )


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
