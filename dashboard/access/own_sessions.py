"""Somebody's own sessions: in which browsers they are signed in, and the end of those that they do not know."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from boussole.audits.workspace import Workspace
from boussole.dashboard.access import log
from boussole.dashboard.access.database import moment, now
from boussole.dashboard.access.open_sessions import REFERENCE, end_own, open_sessions
from boussole.dashboard.access.people.person import Person
from boussole.dashboard.markup.elements import PREFIX

PATH = "/access/sessions/end"
PAGE = "/settings"
ANCHOR = "sessions"
OTHERS = "others"
"""Asks for the end of all but the session in which somebody asks."""
LARGEST = 2000
"""Bytes of the form."""
_BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
_SYSTEMS = {
    "Android": "Android",
    "iPhone": "iOS",
    "iPad": "iPadOS",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}


@dataclass(frozen=True, kw_only=True)
class OwnSession:
    """One session of somebody: its reference, the kind of browser, since when, last used, until when; `here`: this."""

    reference: str
    browser: str
    started: dt.datetime
    seen: dt.datetime
    until: dt.datetime
    here: bool


def own_sessions(workspace: Workspace, me: Person) -> list[OwnSession]:
    """The sessions in which somebody is signed in, the latest first; none in local mode, and none of a token."""
    if not me.session:
        return []
    idle = dt.timedelta(minutes=workspace.settings.access.idle_minutes)
    found = [
        OwnSession(
            reference=row.digest[:REFERENCE],
            browser=row.browser or "",
            started=moment(row.started_at),
            seen=moment(row.seen_at),
            until=min(moment(row.expires_at), moment(row.seen_at) + idle),
            here=row.digest[:REFERENCE] == me.session,
        )
        for row in open_sessions(workspace, subject=me.subject)
    ]
    return [each for each in found if each.until > now()]


def browser_of(agent: str) -> str:
    """The kind of browser, from what it says of itself; nothing more of that is kept.

    >>> browser_of("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"), browser_of("curl/8")
    ('Firefox, Linux', '')
    """
    names = (next((name for word, name in known.items() if word in agent), "") for known in (_BROWSERS, _SYSTEMS))
    return ", ".join(name for name in names if name)


def own_route(workspace: Workspace) -> Route:
    """Where somebody ends sessions of their own; a reference to anybody else's ends nothing."""

    async def endpoint(request: Request) -> Response:
        length = request.headers.get("content-length", "")
        if not length.isdigit() or int(length) > LARGEST:
            return PlainTextResponse("What was sent is too long.\n", status_code=413)
        async with request.form(max_files=0, max_fields=3) as form:
            reference = str(form.get(PREFIX + "session", ""))
        await run_in_threadpool(_end, workspace, request.state.person, reference)
        return RedirectResponse(f"{PAGE}#{ANCHOR}", status_code=303)

    return Route(PATH, endpoint, methods=["POST"])


def _end(workspace: Workspace, me: Person, reference: str) -> None:
    ended = end_own(workspace, me, None if reference == OTHERS else reference)
    for _ in range(ended):
        log.note(workspace, "sign_out", subject=me.subject, role=me.role, place="another session of theirs")
