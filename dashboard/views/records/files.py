"""Files of records: those of a form are looked at before anything is sealed; those that are sealed are handed out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from boussole.audits.workspace import Workspace
from boussole.charter.record_types.attached import Attaching
from boussole.charter.record_types.base import KeptFile
from boussole.charter.record_types.kinds import KINDS
from boussole.charter.records.documents.attachment_kinds import AttachmentError
from boussole.charter.records.documents.attachments import AttachedFile, examined, opened
from boussole.charter.records.readable import Readable
from boussole.dashboard.markup.words import Say, chosen_language, speaker_in
from boussole.dashboard.markup.words.addresses import ATTACHMENT
from boussole.dashboard.server.access.permissions import Action, allowed
from boussole.dashboard.server.access.sessions import of_request
from boussole.dashboard.server.forms import UnfitError
from boussole.dashboard.views import store
from boussole.dashboard.views.records.setting import Setting


def actions_of(each: Readable) -> set[Action]:
    """What whoever reads a record must be allowed to see: its kind, and the kinds of what it is about."""
    return {Action[KINDS[kind].read_action] for kind in {each.sealed.statement.kind, *each.about}}


# Files that come with a form: looked at before anything is sealed, and refused in the reader's language.


def taken(at: Setting, given: Sequence[tuple[str, bytes]]) -> list[AttachedFile]:
    """The files of a form as they will be attached. Raises UnfitError."""
    try:
        return examined(at.here, given)
    except AttachmentError as error:
        raise UnfitError(attachment_words(error, at.say), "attachments") from error


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
        (found,) = examined(at.here, [given])
    except AttachmentError as error:
        raise UnfitError(attachment_words(error, at.say), "document") from error
    sealed = KeptFile(sha256=found.sealed.sha256, name=found.name, size=found.sealed.size)
    return GivenDocument(sealed=sealed, content=found.content)


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


# Attachments handed out: to those who may read the record, as files to save, and only as they were sealed.


PLAIN = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "no-store",
}


def attachment_routes(home: Path) -> list[Route]:
    """The routes of a workspace."""

    def taken(request: Request) -> Response:
        return _handed(request, Workspace(home), request.path_params["entry"], request.path_params["number"])

    return [Route(ATTACHMENT + "/{entry:int}/{number:int}", taken)]


def _handed(request: Request, workspace: Workspace, entry: int, number: int) -> Response:
    """A file of a record that can be read; of any other, that there is none."""
    found = store.records(workspace).at(entry) if entry < 10**18 else None
    me = of_request(request, workspace.home)
    said = found.sealed.statement if found and all(allowed(me.role, each) for each in actions_of(found)) else None
    if not isinstance(said, Attaching) or not 0 < number <= len(said.attachments):
        return PlainTextResponse("There is no such file.\n", status_code=404, headers=PLAIN)
    try:
        name, content = opened(workspace, said.attachments[number - 1])
    except AttachmentError as error:
        say = speaker_in(workspace, chosen_language(request).get("lang", ""))
        status = 410 if error.reason == "erased" else 409
        return PlainTextResponse(f"{attachment_words(error, say)}\n", status_code=status, headers=PLAIN)
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in name)
    shown = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return Response(content, media_type="application/octet-stream", headers={**PLAIN, "Content-Disposition": shown})
