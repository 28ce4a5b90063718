"""Where questions are sent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from starlette.routing import Route

from boussole.charter.record_types.inputs import WebForm
from boussole.charter.records import SealedStatement
from boussole.dashboard.forms.routes import Desk
from boussole.dashboard.pages.ask.forms import NONE, setting_of
from boussole.dashboard.records.routes import FormPage, record_routes
from boussole.dashboard.records.setting import Setting
from boussole.dashboard.views import store
from boussole.dashboard.views.figure import figure_at
from boussole.dashboard.words.addresses import ask_href, questions_href


def _asking(desk: Desk, of: str, __: WebForm) -> Setting | None:
    """The figure that a route names, or none."""
    system, _, key = of.partition(".")
    figure = None if of == NONE else figure_at(store.scene(desk.workspace), system, key, desk.say)
    if figure is None and of != NONE:
        return None
    at = setting_of(figure, store.chambers(desk.workspace), desk.person, desk.say)
    return replace(at, workspace=desk.workspace)


def _back_to_ask(desk: Desk, of: str, token: str) -> str:
    system, _, key = of.partition(".")
    return ask_href(system if of != NONE else "", key, query=desk.query, sent=token)


def _done(desk: Desk, at: Setting, _: WebForm, done: SealedStatement) -> str:
    known = any(each.entry == done.entry for chamber in at.chambers.values() for each in chamber.house.acts)
    said = {"done": str(done.entry), **({"twice": "1"} if known else {})}
    return questions_href(query=desk.query, anchor="done", **said)


ASK = FormPage(setting=_asking, back=_back_to_ask, done=_done)


def ask_routes(home: Path) -> list[Route]:
    """The routes of a workspace."""
    return record_routes(home, "ask", ASK)
