"""Where drafts are sent."""

from __future__ import annotations

from pathlib import Path

from starlette.routing import Route

from boussole.dashboard.forms.model import Form
from boussole.dashboard.forms.routes import Desk, form_route
from boussole.dashboard.parts.drafts import forms
from boussole.dashboard.views import store
from boussole.dashboard.words.addresses import draft_href, drafts_href

BASE = "/drafts"


def draft_routes(home: Path) -> list[Route]:
    """The routes of a workspace."""
    return [
        form_route(f"{BASE}/new/{{of}}", home, ask=_beginning, act=forms.start, back=_back_to_all),
        form_route(f"{BASE}/save/{{of}}", home, ask=_writing, act=forms.keep, back=_back),
        form_route(f"{BASE}/discard/{{of}}", home, ask=_throwing, act=forms.throw_away, back=_back),
    ]


def _beginning(desk: Desk, of: str) -> Form | None:
    chamber = store.chambers(desk.workspace).get(of)
    return forms.beginning(chamber, desk.say) if chamber else None


def _writing(desk: Desk, of: str) -> Form | None:
    now = forms.found(desk, of)
    return forms.writing(now, now.body, desk.say) if now else None


def _throwing(desk: Desk, of: str) -> Form | None:
    now = forms.found(desk, of)
    return forms.throwing(now, desk.say) if now else None


def _back_to_all(desk: Desk, of: str, token: str) -> str:
    return drafts_href(of, query=desk.query, sent=token)


def _back(desk: Desk, of: str, token: str) -> str:
    return draft_href(int(of), query=desk.query, sent=token)
