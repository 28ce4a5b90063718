"""Routes beside the app ask who is there and what they may do before they answer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from boussole.audits.errors import BoussoleError, LostLedgerError
from boussole.audits.lost import hold_ledger
from boussole.audits.workspace import Workspace
from boussole.dashboard.access import sessions
from boussole.dashboard.access.failures import Failures
from boussole.dashboard.access.lapsed import lapsed
from boussole.dashboard.access.log import look
from boussole.dashboard.access.people.permissions import BY_PROGRAMS, SEALING, STRANGERS, AccessError, Action, demand
from boussole.dashboard.access.people.person import address_of, is_token
from boussole.dashboard.access.people.routes import ROUTES
from boussole.dashboard.access.sessions import SignedOutError
from boussole.dashboard.access.tokens import subject_of
from boussole.dashboard.access.visitor import of_request
from boussole.dashboard.api.refusals import is_api, problem, unforeseen
from boussole.dashboard.runtime.limits import Limiter
from boussole.dashboard.server import taken

HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def guarded(routes: Sequence[Route], home: Path) -> list[Route]:
    """Routes that ask for their action before they answer. Raises KeyError for one that names none."""
    failures = Failures()
    limits = Limiter(taken.FORMS_EACH_MINUTE), Limiter(taken.FIGURES_EACH_MINUTE)
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
            if wait := taken.wait(self.forms, request):
                return _slowed(request, wait, "forms")
            if wait := taken.wait_for_figure(self.figures, request):
                return _slowed(request, wait, "figures")
        return None if taken.is_read(request, self.action) else _unread(request, self.action)


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
    read = ", ".join(taken.kinds(action))
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
