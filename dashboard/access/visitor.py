"""Who looks at a page, or asks for something beside it: by their session, a token, or what they chose in local mode."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING

from boussole.audits.workspace import Workspace
from boussole.dashboard.access import sessions, tokens
from boussole.dashboard.access.people.person import COOKIE, Person, is_local, local, session_cookie

if TYPE_CHECKING:
    from starlette.requests import Request

_known: ContextVar[Person | None] = ContextVar("known", default=None)
"""Who looks, while a page is drawn for them."""


def here() -> Person:
    """Who looks at the page of the current rerun. Raises SignedOutError when nobody is signed in, or no longer."""
    return _known.get() or _who(Workspace.find(), cookie)


@contextmanager
def looking(me: Person) -> Iterator[None]:
    """Draws a page for somebody: whatever it shows asks nobody else who they are, and shows all to the same person."""
    before = _known.set(me)
    try:
        yield
    finally:
        _known.reset(before)


def of_request(request: Request, home: Path) -> Person:
    """Who asks for something beside the app: a token where one is shown, else as `here` does.

    Raises SignedOutError when nobody is signed in, and for a token that is not, or no longer, known.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme:
        return tokens.person(Workspace(home), token if scheme.lower() == "bearer" else "")
    return _who(Workspace(home), lambda name: request.cookies.get(name, ""))


def _who(workspace: Workspace, sent: Callable[[str], str]) -> Person:
    if is_local(workspace):
        return local(sent(COOKIE))
    return sessions.person(workspace, sent(session_cookie(workspace.settings.access)))


def cookie(name: str) -> str:
    """What the browser of the current rerun sends under a name; empty where it sends nothing."""
    import streamlit as st

    return st.context.cookies.get(name, "")
