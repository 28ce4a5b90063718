"""What is taken from whoever may ask: content of the kinds that an address reads, and not too many forms a minute."""

from __future__ import annotations

from starlette.requests import Request

from boussole.dashboard.access.people.permissions import BY_PROGRAMS, Action
from boussole.dashboard.access.people.person import Person, is_token
from boussole.dashboard.access.people.routes import FIGURE_FILE
from boussole.dashboard.api.refusals import is_api
from boussole.dashboard.runtime.limits import Limiter

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


def wait(forms: Limiter, request: Request) -> int:
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
