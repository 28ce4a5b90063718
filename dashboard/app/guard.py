"""Routes beside the app ask who is there, what they may do, what they send; local mode answers this machine alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from boussole.audits.errors import BoussoleError, LostLedgerError
from boussole.audits.lost import hold_ledger
from boussole.audits.workspace import Workspace
from boussole.dashboard.api.routing import is_api, problem, unforeseen
from boussole.dashboard.server.access import sessions
from boussole.dashboard.server.access.account import lapsed
from boussole.dashboard.server.access.back_channel import Failures
from boussole.dashboard.server.access.log import look
from boussole.dashboard.server.access.permissions import (
    BY_PROGRAMS,
    SEALING,
    STRANGERS,
    AccessError,
    Action,
    Person,
    address_of,
    demand,
    is_token,
)
from boussole.dashboard.server.access.sessions import SignedOutError, of_request, subject_of
from boussole.dashboard.server.process import Limiter
from boussole.dashboard.server.routes import FIGURE_FILE, ROUTES

# What is taken from whoever may ask: content of the kinds that an address reads, and not too many forms a minute.


FORMS_EACH_MINUTE = 60
"""Forms of one person who signed in: more than anybody fills in."""
FIGURES_EACH_MINUTE = 60
"""Files of figures that one person, or one token, has made: each takes up to a second of a processor."""
FORMS, TEXTS = ("application/x-www-form-urlencoded", "multipart/form-data"), ("text/plain",)
"""Kinds of content that forms and the API read."""


def kinds(action: Action) -> tuple[str, ...]:
    """The content types that an address takes."""
    return TEXTS if action in BY_PROGRAMS else FORMS


def is_read(request: Request, action: Action) -> bool:
    """Whether what is sent, if anything, is of a kind that its address reads; the API refuses by itself what it only
    answers."""
    length = request.headers.get("content-length", "0")
    empty = length == "0" and "transfer-encoding" not in request.headers
    if empty or request.method in ("GET", "HEAD") or (is_api(request.url.path) and action not in BY_PROGRAMS):
        return True
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() in kinds(action)


def wait_for_form(forms: Limiter, request: Request) -> int:
    """0, or the seconds until the next form of the same person is taken. In local mode nobody is kept waiting."""
    person: Person | None = getattr(request.state, "person", None)
    if request.method in ("GET", "HEAD") or person is None or not person.authenticated or is_token(person):
        return 0
    return forms.wait(person.subject)


def wait_for_figure(figures: Limiter, request: Request) -> int:
    """0, or the seconds until the next figure is made for the same person. In local mode nobody is kept waiting."""
    person: Person | None = getattr(request.state, "person", None)
    if person is None or not person.authenticated or not request.url.path.startswith(FIGURE_FILE):
        return 0
    return figures.wait(person.subject)


# Routes beside the app ask who is there and what they may do before they answer.


HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def guarded(routes: Sequence[Route], home: Path) -> list[Route]:
    """Routes that ask for their action before they answer. Raises KeyError for one that names none."""
    failures = Failures()
    limits = Limiter(FORMS_EACH_MINUTE), Limiter(FIGURES_EACH_MINUTE)
    return [
        Route(each.path, Guard(each.app, each.path, home, failures, limits), methods=list(each.methods or ()))
        for each in routes
    ]


class Guard:
    """Stands before what answers at a path, and lets through who may ask it."""

    def __init__(
        self, answer: ASGIApp, path: str, home: Path, failures: Failures, limits: tuple[Limiter, Limiter]
    ) -> None:
        self.answer, self.path, self.action, self.home = answer, path, ROUTES[path], home
        self.failures, (self.forms, self.figures) = failures, limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        try:
            refusal = await self.refusal(request)
        except Exception as error:
            if not is_api(request.url.path):
                raise
            refusal = unforeseen(error, self.path)
        await (refusal or self.answer)(scope, receive, send)

    async def refusal(self, request: Request) -> Response | None:
        """What somebody gets in place of an answer; None where they get one."""
        if self.action not in STRANGERS:
            error = await run_in_threadpool(_refusal, request, self.home, self.path)
            if error is not None:
                wait = await run_in_threadpool(_counted, request, error, self.home, self.path, self.failures)
                return _slowed(request, wait, "unknown tokens") if wait else await _told(request, error)
            if wait := wait_for_form(self.forms, request):
                return _slowed(request, wait, "forms")
            if wait := wait_for_figure(self.figures, request):
                return _slowed(request, wait, "figures")
        return None if is_read(request, self.action) else _unread(request, self.action)


class ReadOnlyError(BoussoleError):
    """A program that would act with a token: nobody answers for what it does."""

    def __init__(self) -> None:
        step = "Sign in, and do it in the browser."
        super().__init__("a token only reads: nothing is done with it.", where="access", next_step=step)


STATUS: dict[type[BoussoleError], int] = {
    SignedOutError: 401,
    AccessError: 403,
    ReadOnlyError: 403,
    LostLedgerError: 409,
}
"""Why somebody gets no answer, as a status; 503 where nobody can say now."""


def _refusal(request: Request, home: Path, path: str) -> BoussoleError | None:
    """Why somebody gets no answer; None where they do."""
    action = ROUTES[path]
    try:
        person = of_request(request, home)
        request.state.person = person
        look(Workspace(home), person, action, place=path)
        demand(person, action)
        if request.method not in ("GET", "HEAD"):
            if is_token(person) and action not in BY_PROGRAMS:
                raise ReadOnlyError
            if action in SEALING:
                sessions.fresh(Workspace(home), person)
        hold_ledger(Workspace(home))
    except BoussoleError as error:
        return error
    return None


def _counted(request: Request, refusal: BoussoleError, home: Path, path: str, failures: Failures) -> int:
    """Counts a token that is not, or no longer, known; 0, or the seconds to wait before the next is answered."""
    shown = request.headers.get("authorization")
    if shown is None or not isinstance(refusal, SignedOutError):
        return 0
    return failures.failed(
        Workspace(home),
        "token_refused",
        address=address_of(request),
        place=f"{refusal.reason} {path}",
        subject=subject_of(shown.partition(" ")[2]),
        guess=refusal.reason == "nobody",
    )


def _slowed(request: Request, wait: int, what: str) -> Response:
    """That there were too many of something."""
    error = BoussoleError(f"too many {what}.", where="access", next_step=f"Wait {wait} second(s).")
    return _said(request, error, 429, {"Retry-After": str(wait)})


def _unread(request: Request, action: Action) -> Response:
    """That what was sent is of a kind that is not read there."""
    read = ", ".join(kinds(action))
    error = BoussoleError("content of this kind is not read here.", where="content-type", next_step=f"Send {read}.")
    return _said(request, error, 415, {"Accept-Post": read})


def _said(request: Request, error: BoussoleError, status: int, more: dict[str, str]) -> Response:
    """A refusal: as JSON to who asks the API, else as text."""
    headers = {**HEADERS, **more}
    if is_api(request.url.path):
        return problem(error, status, headers=headers)
    return PlainTextResponse(f"{error}\n", status_code=status, headers=headers)


async def _told(request: Request, error: BoussoleError) -> Response:
    """Why: as JSON to who asks the API, as a page to somebody whose session is over, else as text."""
    status = next((status for kind, status in STATUS.items() if isinstance(error, kind)), 503)
    page = not is_api(request.url.path) and "text/html" in request.headers.get("accept", "")
    if status == 401 and page:
        return await lapsed(request, error.reason if isinstance(error, SignedOutError) else "nobody")
    return _said(request, error, status, {"WWW-Authenticate": "Bearer"} if status == 401 else {})


# Local mode: without sign-in, the dashboard answers only this machine, asked by its own name.


ADDRESS = "127.0.0.1"
_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")


def refusal(headers: Iterable[tuple[str, str]]) -> str | None:
    """Why a request is refused, or None: it was forwarded, or asks for (or comes from) another host.

    A page of another site could otherwise have its name point here (DNS rebinding).

    >>> refusal([("Host", "localhost:8501")]), refusal([("Host", "evil.example")])
    (None, 'host')
    >>> refusal([("Host", "127.0.0.1:8501"), ("X-Forwarded-For", "10.0.0.7")])
    'forwarded'
    """
    given: Mapping[str, str] = {name.lower(): value for name, value in headers}
    if any(name in given for name in _FORWARDED):
        return "forwarded"
    if host_name(given.get("host", "")) not in _NAMES:
        return "host"
    return "host" if "origin" in given and not _own(given["origin"], given["host"], _NAMES) else None


def foreign(
    headers: Iterable[tuple[str, str]], names: frozenset[str], *, origin_needed: bool, scheme: str = "https"
) -> bool:
    """Whether a request asks for another host than ours, or comes from a page of another; forms must say whence.

    `scheme` is ours: a page that came in clear can be anybody's.

    >>> ours = frozenset({"boussole.example"})
    >>> foreign([("Host", "boussole.example")], ours, origin_needed=False)
    False
    >>> foreign([("Host", "boussole.example"), ("Origin", "https://evil.example")], ours, origin_needed=True)
    True
    """
    given = {name.lower(): value for name, value in headers}
    host, origin = given.get("host", ""), given.get("origin")
    if host_name(host) not in names:
        return True
    if origin is None:
        return origin_needed
    return not _own(origin, host, names) or not origin.startswith(f"{scheme}://")


def _own(origin: str, host: str, names: frozenset[str]) -> bool:
    """Whether a page is of this very server: another port is somebody else, though browsers send it our cookies."""
    place = origin.partition("://")[2]
    name, asked = host_name(place), host_name(host)
    return name in names and place[len(name) :] == host[len(asked) :]


def host_name(value: str) -> str:
    """The name without its port."""
    name, _, port = value.rpartition(":")
    return (name if port.isdigit() else value).lower()
