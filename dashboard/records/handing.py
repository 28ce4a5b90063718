"""Attachments handed out: to those who may read the record, as files to save, and only as they were sealed."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from boussole.audits.workspace import Workspace
from boussole.charter.record_types.attached import Attaching
from boussole.charter.records.documents.attachment_kinds import AttachmentError
from boussole.charter.records.documents.attachments import opened
from boussole.dashboard.access.people.permissions import allowed
from boussole.dashboard.access.visitor import of_request
from boussole.dashboard.records.attaching import attachment_words
from boussole.dashboard.records.contents import actions_of
from boussole.dashboard.views import store
from boussole.dashboard.words.addresses import ATTACHMENT
from boussole.dashboard.words.speaking import chosen_language, speaker_in

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
