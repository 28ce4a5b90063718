"""Where questions and answers are sent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from starlette.routing import Route

from boussole.charter.record_types.acts import CommitteeQuestion
from boussole.charter.record_types.inputs import WebForm
from boussole.charter.records import Sealed
from boussole.dashboard import store
from boussole.dashboard.addresses import ask_href, questions_href
from boussole.dashboard.forms.routes import Desk
from boussole.dashboard.questions.figure import figure_at
from boussole.dashboard.questions.forms import NONE, setting_of
from boussole.dashboard.records.routes import FormPage, record_routes
from boussole.dashboard.records.setting import Setting


def question_routes(home: Path) -> list[Route]:
    """The routes of a workspace."""
    return [*record_routes(home, "ask", ASK), *record_routes(home, "questions", ANSWER)]


def _asking(desk: Desk, of: str, __: WebForm) -> Setting | None:
    """The figure that a route names, or none."""
    system, _, key = of.partition(".")
    figure = None if of == NONE else figure_at(store.scene(desk.workspace), system, key, desk.say)
    if figure is None and of != NONE:
        return None
    at = setting_of(figure, store.chambers(desk.workspace), desk.person, desk.say)
    return replace(at, workspace=desk.workspace)


def _answering(desk: Desk, of: str, _: WebForm) -> Setting | None:
    """The question of an entry, and of which committee."""
    for chamber in store.chambers(desk.workspace).values():
        if any(str(at) == of for at, _ in chamber.house.standing(CommitteeQuestion)):
            return Setting(person=desk.person, say=desk.say, of=of, workspace=desk.workspace, chamber=chamber)
    return None


def _back_to_ask(desk: Desk, of: str, token: str) -> str:
    system, _, key = of.partition(".")
    return ask_href(system if of != NONE else "", key, query=desk.query, sent=token)


def _done(desk: Desk, _: Setting, __: WebForm, done: Sealed) -> str:
    return questions_href(query=desk.query, done=str(done.entry), anchor="done")


ASK = FormPage(setting=_asking, back=_back_to_ask, done=_done)
ANSWER = FormPage(
    setting=_answering, back=lambda desk, _, token: questions_href(query=desk.query, sent=token), done=_done
)
