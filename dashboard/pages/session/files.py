"""What a session hands out beside its page: the calendar file, the minutes in each language and as data."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from boussole.audits.errors import BoussoleError
from boussole.audits.languages import LANGUAGES
from boussole.audits.workspace import Workspace
from boussole.charter.committee.meetings.sessions import session
from boussole.charter.committee.papers.calendar import calendar_file
from boussole.charter.committee.papers.minutes import minutes_of
from boussole.charter.committee.papers.minutes_text import minutes_text
from boussole.dashboard.views import store
from boussole.dashboard.views.committee.chamber import Chamber, chamber_of

CALENDAR, MINUTES = "/session-calendar", "/session-minutes"


def calendar_href(entry: int, lang: str) -> str:
    """Where the calendar file of a session is.

    >>> calendar_href(20, "fr")
    '/session-calendar/20.fr.ics'
    """
    return f"{CALENDAR}/{entry}.{lang}.ics"


def minutes_href(entry: int, lang: str) -> str:
    """Where the minutes of a session are, in one language.

    >>> minutes_href(20, "en")
    '/session-minutes/20.en.md'
    """
    return f"{MINUTES}/{entry}.{lang}.md"


def minutes_data_href(entry: int) -> str:
    """Where they are as data: what their fingerprint is made from."""
    return f"{MINUTES}/{entry}.json"


def committee_routes(home: Path) -> list[Route]:
    """The addresses of files of sessions of a workspace."""

    def calendar(request: Request) -> Response:
        lang = request.path_params["lang"]
        return _file(home, request, "text/calendar", lambda c, entry: calendar_file(session(c.house, entry), lang=lang))

    def minutes(request: Request) -> Response:
        lang = request.path_params["lang"]
        return _file(home, request, "text/markdown", lambda chamber, entry: _text(chamber, entry, lang))

    def data(request: Request) -> Response:
        return _file(home, request, "application/json", _data)

    return [
        Route(CALENDAR + "/{entry:int}.{lang}.ics", calendar),
        Route(MINUTES + "/{entry:int}.{lang}.md", minutes),
        Route(MINUTES + "/{entry:int}.json", data),
    ]


def _file(home: Path, request: Request, kind: str, make: Callable[[Chamber, int], bytes]) -> Response:
    """A file to take away, or why there is none."""
    entry = int(request.path_params["entry"])
    if request.path_params.get("lang", LANGUAGES[0]) not in LANGUAGES:
        return PlainTextResponse("There is no file in this language.\n", status_code=404)
    try:
        chamber = chamber_of(store.chambers(Workspace(home)), entry)
        if chamber is None:
            return PlainTextResponse("There is no such session.\n", status_code=404)
        content = make(chamber, entry)
    except BoussoleError as error:
        return PlainTextResponse(f"{error}\n", status_code=409)
    name = "session-" + request.url.path.rpartition("/")[2]
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=kind, headers={**headers, "X-Content-Type-Options": "nosniff"})


def _text(chamber: Chamber, entry: int, lang: str) -> bytes:
    document = minutes_of(chamber.house, entry)
    return minutes_text(document, lang=lang, names=chamber.names, rules=chamber.house.rules).encode()


def _data(chamber: Chamber, entry: int) -> bytes:
    return json.dumps(minutes_of(chamber.house, entry), ensure_ascii=False, indent=2).encode()
