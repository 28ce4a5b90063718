"""Where the forms of incidents and appeals are sent."""

from __future__ import annotations

from pathlib import Path

from starlette.routing import Route

from boussole.charter.records.in_force import in_force
from boussole.dashboard.addresses import incidents_href
from boussole.dashboard.forms.model import Form
from boussole.dashboard.forms.routes import Desk, form_route
from boussole.dashboard.incidents import forms

BASE = "/incidents"


def incident_routes(home: Path) -> list[Route]:
    """The routes of a workspace."""
    return [
        form_route(f"{BASE}/{forms.OPEN}", home, ask=_opening, act=forms.open_incident, back=_back),
        form_route(f"{BASE}/{forms.NEWS}/{{of}}", home, ask=_news, act=forms.tell_news, back=_back),
        form_route(f"{BASE}/{forms.CLOSE}/{{of}}", home, ask=_closing, act=forms.close_incident, back=_back),
        form_route(f"{BASE}/{forms.ENTER}", home, ask=_entering, act=forms.enter_appeal, back=_back),
        form_route(f"{BASE}/{forms.DECIDE}", home, ask=_deciding, act=forms.decide_appeal, back=_back),
    ]


def _back(desk: Desk, _: str, token: str) -> str:
    return incidents_href(query=desk.query, sent=token)


def _opening(desk: Desk, _: str) -> Form:
    charter, say = in_force(desk.workspace).charter, desk.say
    return forms.opening(
        desk.workspace.deciding, forms.articles_of(charter, say), forms.questions_of(charter, say), say
    )


def _news(desk: Desk, of: str) -> Form | None:
    found = forms.told(desk, of)
    return forms.news(found.entry, desk.say) if found else None


def _closing(desk: Desk, of: str) -> Form | None:
    found = forms.told(desk, of)
    return forms.closing(found.entry, desk.say) if found else None


def _entering(desk: Desk, _: str) -> Form:
    return forms.entering(desk.workspace.deciding, desk.say)


def _deciding(desk: Desk, _: str) -> Form:
    return forms.deciding(forms.waiting(desk), desk.say)
