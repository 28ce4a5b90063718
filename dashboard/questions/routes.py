"""Where questions and answers are sent."""

from __future__ import annotations

from pathlib import Path

from starlette.routing import Route

from boussole.dashboard import store
from boussole.dashboard.addresses import ask_href, questions_href
from boussole.dashboard.forms.model import Form
from boussole.dashboard.forms.routes import Desk, form_route
from boussole.dashboard.questions import forms


def question_routes(home: Path) -> list[Route]:
    """The routes of a workspace."""
    return [
        form_route("/ask/{of}", home, ask=_asking, act=forms.ask, back=_back_to_ask),
        form_route("/questions/answer/{of}", home, ask=_answering, act=forms.answer, back=_back),
    ]


def _asking(desk: Desk, of: str) -> Form | None:
    figure = forms.figure_of(desk, of)
    if figure is None and of != forms.NONE:
        return None
    return forms.asking(figure, store.chambers(desk.workspace), desk.say, today=store.today())


def _answering(desk: Desk, of: str) -> Form | None:
    found = forms.asked(desk, of)
    return forms.answering(int(of), found[1].addressee, desk.say) if found else None


def _back_to_ask(desk: Desk, of: str, token: str) -> str:
    system, _, key = of.partition(".")
    return ask_href(system if of != forms.NONE else "", key, query=desk.query, sent=token)


def _back(desk: Desk, _: str, token: str) -> str:
    return questions_href(query=desk.query, sent=token)
