"""What a form of a record does and where it is sent: it is made whole, and sealed with its document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from starlette.routing import Route

from boussole.audits.errors import SourceError
from boussole.charter.committee.acts.doing import act
from boussole.charter.committee.refusals import RefusedError
from boussole.charter.incidents.entering import record
from boussole.charter.record_types.acts import Act
from boussole.charter.record_types.base import Statement
from boussole.charter.record_types.inputs import WebForm, path_of
from boussole.charter.record_types.kinds import KINDS
from boussole.charter.records import OvertakenError, SealedStatement
from boussole.charter.records.documents.document_kinds import LARGEST as LARGEST_DOCUMENT
from boussole.charter.records.documents.files import keep_content
from boussole.dashboard.server.access.permissions import LARGEST_FORM, Action, allowed, said_as
from boussole.dashboard.server.forms import Form, FormDesk, FormValues, Titled, UnfitError, form_route
from boussole.dashboard.views.chamber import needs_lead
from boussole.dashboard.views.records.computing import Fields, computed
from boussole.dashboard.views.records.files import document_taken
from boussole.dashboard.views.records.form import SEEN, fields_of, record_form
from boussole.dashboard.views.records.preparing import AFTERWARDS, PREPARED
from boussole.dashboard.views.records.setting import Setting

# What a form of a record does: its fields are made whole and sealed, as somebody, for what its place is about.


def sealed(model: type[Statement], form: WebForm, at: Setting, values: FormValues) -> SealedStatement:
    """Seal what was sent. Raises UnfitError, RefusedError, BoussoleError or ValidationError, and seals nothing."""
    said = fields_of(model, form, at, values)
    document = document_taken(at, said.pop("document", None))
    if document:
        keep_content(at.here, document.sealed, document.content)
        said["document"] = document.sealed
    return _sealed(model, form, at, values, said)


def _sealed(model: type[Statement], form: WebForm, at: Setting, values: FormValues, said: Fields) -> SealedStatement:
    prepare = PREPARED.get((form.page, form.name))
    ready = prepare(at, dict(said)) if prepare else said
    if isinstance(ready, SealedStatement):
        return ready
    if issubclass(model, Act):
        done = _acted(model, form, at, ready, seen=_seen(values))
    else:
        done = _stated(model, form, at, ready)
    if (form.page, form.name) in AFTERWARDS:
        AFTERWARDS[form.page, form.name](at, said)
    return done


def _stated(model: type[Statement], form: WebForm, at: Setting, said: Fields) -> SealedStatement:
    said = {"role": at.person.role.value, "on": at.today, "signed_in": at.person.authenticated, **said}
    if "role" in form.asks:
        said["role"] = said_as(at.person, said["role"], at.say)
    try:
        made = model.model_validate(computed(at.here, model, said))
        return record(at.here, made)
    except SourceError as error:
        raise UnfitError(
            at.say("The registry of models cannot be read now: nothing was recorded. Ask whoever runs Boussole.")
        ) from error
    except OvertakenError as error:
        told = at.say(
            "The same words were sealed at entry {n}, and entry {later} came after them. To state it anew, give "
            "another day, document or text.",
            n=str(error.entry),
            later=str(error.later),
        )
        raise UnfitError(told) from error


def _acted(model: type[Act], form: WebForm, at: Setting, said: Fields, *, seen: int | None) -> SealedStatement:
    """An act, today as the committee's clock says. Who leads one committee leads no other.

    Raises UnfitError or RefusedError.
    """
    name = said.pop("committee", "") or at.house.id
    if form.led:
        needs_lead(at.person, at.house, at.say)
    who = at.person.who(at.today)
    if "role" in form.asks:
        who = replace(who, role=said_as(at.person, said.pop("role"), at.say))
    said.pop("by", None)
    return act(at.here, name, model, computed(at.here, model, said), who=who, each=form.each, seen=seen)[-1]


def _seen(values: FormValues) -> int | None:
    """The last entry that was sealed when the form was shown; none, where it does not say. None: it is not asked."""
    if SEEN not in values:
        return None
    seen = values.text(SEEN)
    return int(seen) if seen.isascii() and seen.isdigit() else -1


# Where the forms of records are sent: one route for each form that a model has.


@dataclass(frozen=True, kw_only=True)
class FormPage:
    """A page on which records are made. `setting` is what one of its addresses is about; None where there is nothing of
    that name. `back` and `done` lead to the page, with what was wrong or what was sealed."""

    setting: Callable[[FormDesk, str, WebForm], Setting | None]
    back: Callable[[FormDesk, str, str], str]
    done: Callable[[FormDesk, Setting, WebForm, SealedStatement], str]


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
    def ask(desk: FormDesk, of: str) -> Form | None:
        try:
            at = page.setting(desk, of, form)
            return record_form(model, form, replace(at, sent=True)) if at else None
        except RefusedError:  # the address names an entry or an item of another kind
            return None

    def act(desk: FormDesk, of: str, values: FormValues) -> str:
        at = page.setting(desk, of, form)
        if at is None:
            raise LookupError(of)  # cannot be: `ask` has just found it
        return page.done(desk, at, form, sealed(model, form, at, values))

    largest = LARGEST_FORM + LARGEST_DOCUMENT if "document" in form.asks else None
    return form_route(path_of(form), home, ask=ask, act=act, back=page.back, largest=largest)
