"""Who may read a record; and the document of a form, looked at before anything is sealed."""

from __future__ import annotations

from dataclasses import dataclass

from boussole.charter.record_types.base import KeptFile
from boussole.charter.record_types.kinds import KINDS
from boussole.charter.records.documents.document_kinds import DocumentError, described
from boussole.charter.records.readable import Readable
from boussole.dashboard.markup.words import Say
from boussole.dashboard.server.access.permissions import Action
from boussole.dashboard.server.forms import UnfitError
from boussole.dashboard.views.records.setting import Setting


def actions_of(each: Readable) -> set[Action]:
    """What whoever reads a record must be allowed to see: its kind, and the kinds of what it is about."""
    return {Action[KINDS[kind].read_action] for kind in {each.sealed.statement.kind, *each.about}}


@dataclass(frozen=True, kw_only=True)
class GivenDocument:
    """The document that a record will rest on: what is sealed of it, and its content."""

    sealed: KeptFile
    content: bytes


def document_taken(at: Setting, given: tuple[str, bytes] | None) -> GivenDocument | None:
    """The document of a form as it will be kept; None where none was chosen. Raises UnfitError."""
    if given is None or not any(given):
        return None
    try:
        return GivenDocument(sealed=described(*given), content=given[1])
    except DocumentError as error:
        raise UnfitError(document_words(error, at.say), "document") from error


def document_words(error: DocumentError, say: Say) -> str:
    """Why a file is not taken."""
    name, mb = (error.values.get(each, "") for each in ("name", "mb"))
    told = {
        "empty": lambda: say("The file “{name}” is empty.", name=name),
        "large": lambda: say("The file “{name}” is larger than {n} MB.", name=name, n=mb),
        "kind": lambda: say(
            "The file “{name}” is of no kind that is taken: give a PDF, PNG, JPEG, DOCX, XLSX, ODT, ODS, plain text "
            "or CSV.",
            name=name,
        ),
        "active": lambda: say(
            "The file “{name}” holds macros, scripts or embedded files: save it without them, as a PDF.", name=name
        ),
        "bomb": lambda: say("The file “{name}” unpacks to far more than it should: save it anew, as a PDF.", name=name),
        "damaged": lambda: say(
            "The file “{name}” is damaged or encrypted: save it anew, without a password.", name=name
        ),
    }
    return told[error.reason]()
