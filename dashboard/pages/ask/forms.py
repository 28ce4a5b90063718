"""The form by which a question is asked, about a figure or in general: on its page, and where it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from starlette.routing import Route

from boussole.charter.record_types.inputs import WebForm
from boussole.charter.records import SealedStatement
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import ask_href, questions_href
from boussole.dashboard.server.access.permissions import Person
from boussole.dashboard.server.forms import Form, FormDesk
from boussole.dashboard.views import store
from boussole.dashboard.views.chamber import Chamber
from boussole.dashboard.views.records.entering import FormPage, forms_on, record_routes
from boussole.dashboard.views.records.form import record_form
from boussole.dashboard.views.records.setting import AnswerFigure, Setting, figure_at

NONE = "-"
"""What an address says where a question is about no figure."""


def place_of(figure: AnswerFigure | None) -> str:
    """How a route names a figure."""
    return f"{figure.system}.{figure.key}" if figure else NONE


def setting_of(figure: AnswerFigure | None, chambers: Mapping[str, Chamber], me: Person, say: Say) -> Setting:
    """What a question is about, as whoever asks has seen it."""
    seen = {"audit": str(figure.audit or ""), "addressee": figure.owner} if figure else {}
    return Setting(person=me, say=say, of=place_of(figure), known=chambers, figure=figure, proposed=seen)


def asking(figure: AnswerFigure | None, chambers: Mapping[str, Chamber], me: Person, say: Say) -> Form:
    """A question, about a figure or in general."""
    ((model, form),) = forms_on("ask")
    return record_form(model, form, setting_of(figure, chambers, me, say))


def _asking(desk: FormDesk, of: str, __: WebForm) -> Setting | None:
    system, _, key = of.partition(".")
    figure = None if of == NONE else figure_at(store.scene(desk.workspace), system, key, desk.say)
    if figure is None and of != NONE:
        return None
    at = setting_of(figure, store.chambers(desk.workspace), desk.person, desk.say)
    return replace(at, workspace=desk.workspace)


def _back_to_ask(desk: FormDesk, of: str, token: str) -> str:
    system, _, key = of.partition(".")
    return ask_href(system if of != NONE else "", key, query=desk.query, sent=token)


def _done(desk: FormDesk, at: Setting, _: WebForm, done: SealedStatement) -> str:
    known = any(each.entry == done.entry for chamber in at.chambers.values() for each in chamber.house.acts)
    said = {"done": str(done.entry), **({"twice": "1"} if known else {})}
    return questions_href(query=desk.query, anchor="done", **said)


ASK = FormPage(setting=_asking, back=_back_to_ask, done=_done)


def ask_routes(home: Path) -> list[Route]:
    """The routes of a workspace."""
    return record_routes(home, "ask", ASK)
