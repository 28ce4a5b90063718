"""Files that come with a form: looked at before anything is sealed, and refused in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.charter.records.documents.attachment_kinds import AttachmentError
from boussole.charter.records.documents.attachments import AttachedFile, examined
from boussole.dashboard.forms.reading import UnfitError
from boussole.dashboard.records.setting import Setting
from boussole.dashboard.words.say import Say


def taken(at: Setting, given: Sequence[tuple[str, bytes]]) -> list[AttachedFile]:
    """The files of a form as they will be attached. Raises UnfitError."""
    try:
        return examined(at.here, given)
    except AttachmentError as error:
        raise UnfitError(attachment_words(error, at.say), "attachments") from error


def attachment_words(error: AttachmentError, say: Say) -> str:
    """Why a file is not taken, or not handed out."""
    name, most, mb = (error.values.get(each, "") for each in ("name", "most", "mb"))
    told = {
        "empty": lambda: say("The file “{name}” is empty.", name=name),
        "large": lambda: say("The file “{name}” is larger than {n} MB.", name=name, n=mb),
        "many": lambda: say("There are more than {n} files.", n=most),
        "kind": lambda: say(
            "The file “{name}” is of no kind that is taken: attach a PDF, PNG, JPEG, DOCX, XLSX, ODT, ODS, plain text "
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
        "erased": lambda: say("This file was erased. What is sealed keeps its fingerprint only."),
        "changed": lambda: say("This file is not the one that was sealed: it is not handed out."),
    }
    return told[error.reason]()
