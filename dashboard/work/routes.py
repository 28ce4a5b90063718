"""Where the forms of effects on work are sent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from starlette.routing import Route

from boussole.dashboard.addresses import work_href
from boussole.dashboard.forms.model import Form
from boussole.dashboard.forms.reading import Values
from boussole.dashboard.forms.routes import Desk, form_route
from boussole.dashboard.words import Say
from boussole.dashboard.work import forms

Asked = Callable[[forms.Systems, Say], Form]
Done = Callable[[Desk, str, Values], str]


def work_routes(home: Path) -> list[Route]:
    """The routes of a workspace."""
    each: list[tuple[str, Asked, Done]] = [
        (forms.SURVEY, forms.survey_form, forms.bring_in),
        (forms.TRAINING, forms.training_form, forms.record_training),
        (forms.TIME, forms.time_form, forms.record_time),
        (forms.CONSULTATION, forms.consultation_form, forms.record_step),
    ]
    return [form_route(f"/work/{name}", home, ask=_asking(form), act=act, back=_back) for name, form, act in each]


def _asking(form: Asked) -> Callable[[Desk, str], Form]:
    def ask(desk: Desk, _: str) -> Form:
        return form(
            [(name, desk.say.text(system.title, name)) for name, system in desk.workspace.deciding.items()], desk.say
        )

    return ask


def _back(desk: Desk, _: str, token: str) -> str:
    return work_href(query=desk.query, sent=token)
