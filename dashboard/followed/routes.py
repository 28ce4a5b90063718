"""Where the forms of the page of recommendations are sent."""

from __future__ import annotations

from pathlib import Path

from starlette.routing import Route

from boussole.dashboard.addresses import recommendations_href
from boussole.dashboard.followed import forms
from boussole.dashboard.forms.model import Form
from boussole.dashboard.forms.routes import Desk, form_route

BASE = "/recommendations"


def followed_routes(home: Path) -> list[Route]:
    """The routes of a workspace."""
    return [
        form_route(f"{BASE}/{forms.REPLY}/{{of}}", home, ask=_replying, act=forms.reply, back=_back),
        form_route(f"{BASE}/{forms.FOLLOW}/{{of}}", home, ask=_following, act=forms.follow, back=_back),
        form_route(f"{BASE}/{forms.OUTSIDE}", home, ask=_outside, act=forms.recommend_outside, back=_back),
        form_route(f"{BASE}/{forms.OWN}", home, ask=_own, act=forms.recommend_own, back=_back),
    ]


def _back(desk: Desk, _: str, token: str) -> str:
    return recommendations_href(query=desk.query, sent=token)


def _replying(desk: Desk, of: str) -> Form | None:
    found = forms.addressee_of(desk, of)
    return forms.replying(*found, desk.say) if found else None


def _following(desk: Desk, of: str) -> Form | None:
    found = forms.addressee_of(desk, of)
    return forms.following(found[0], desk.say) if found else None


def _outside(desk: Desk, _: str) -> Form:
    return forms.recommending(forms.systems_of(desk), forms.articles_of(desk), desk.say)


def _own(desk: Desk, _: str) -> Form:
    return forms.recommending(
        forms.systems_of(desk), forms.articles_of(desk), desk.say, committees=forms.committees_of(desk)
    )
