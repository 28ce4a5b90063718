"""Where the forms of records are sent: one route for each form that a model has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from starlette.routing import Route

from boussole.audits.access_settings import LARGEST_BODY
from boussole.audits.workspace import Workspace
from boussole.charter.committee.refusals import RefusedError
from boussole.charter.record_types.base import Statement
from boussole.charter.record_types.inputs import WebForm, path_of
from boussole.charter.record_types.kinds import KINDS
from boussole.charter.records import SealedStatement
from boussole.dashboard.access.people.permissions import Action, allowed
from boussole.dashboard.forms.forms_html import Titled
from boussole.dashboard.forms.model import Form
from boussole.dashboard.forms.reading import Values
from boussole.dashboard.forms.routes import LARGEST, Desk, form_route
from boussole.dashboard.records.entering import sealed
from boussole.dashboard.records.form import record_form
from boussole.dashboard.records.setting import Setting


@dataclass(frozen=True, kw_only=True)
class FormPage:
    """A page on which records are made. `setting` is what one of its addresses is about; None where there is nothing of
    that name. `back` and `done` lead to the page, with what was wrong or what was sealed."""

    setting: Callable[[Desk, str, WebForm], Setting | None]
    back: Callable[[Desk, str, str], str]
    done: Callable[[Desk, Setting, WebForm, SealedStatement], str]


def forms_on(page: str) -> list[tuple[type[Statement], WebForm]]:
    """The forms of a page, with the models of what they make."""
    return [(model, form) for model in KINDS.values() for form in model.forms if form.page == page]


def offered(page: str, at: Setting, *names: str) -> list[Titled]:
    """The forms of a page that whoever looks may fill in, each with what opens it; those of some names, if given."""
    return [
        (at.say(form.title), record_form(model, form, at))
        for model, form in forms_on(page)
        if (not names or form.name in names) and allowed(at.person.role, Action[form.action])
    ]


def record_routes(home: Path, name: str, page: FormPage) -> list[Route]:
    """The routes of the forms of a page."""
    return [_route(home, model, form, page) for model, form in forms_on(name)]


def _route(home: Path, model: type[Statement], form: WebForm, page: FormPage) -> Route:
    def ask(desk: Desk, of: str) -> Form | None:
        try:
            at = page.setting(desk, of, form)
            return record_form(model, form, at) if at else None
        except RefusedError:  # the address names an entry or an item of another kind
            return None

    def act(desk: Desk, of: str, values: Values) -> str:
        at = page.setting(desk, of, form)
        if at is None:
            raise LookupError(of)  # cannot be: `ask` has just found it
        return page.done(desk, at, form, sealed(model, form, at, values))

    if "attachments" not in form.asks:
        return form_route(path_of(form), home, ask=ask, act=act, back=page.back)
    limits = Workspace(home).settings.attachments
    largest = min(LARGEST + limits.most * limits.largest, LARGEST_BODY)
    return form_route(path_of(form), home, ask=ask, act=act, back=page.back, largest=largest)
