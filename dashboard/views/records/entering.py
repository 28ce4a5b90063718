"""What a form of a record does and where it is sent: it is made whole, sealed with its attachments, handed out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from boussole.audits.access_settings import LARGEST_BODY
from boussole.audits.errors import BoussoleError, nearest
from boussole.audits.workspace import Workspace
from boussole.charter.committee.acts.doing import act
from boussole.charter.committee.acts.issuing import recommending
from boussole.charter.committee.people.directory import name_member
from boussole.charter.committee.referrals.between import known_question
from boussole.charter.committee.refusals import RefusedError
from boussole.charter.incidents.entering import record
from boussole.charter.record_types.acts import Act, Opinion
from boussole.charter.record_types.attached import Attaching
from boussole.charter.record_types.base import Statement
from boussole.charter.record_types.incidents import Incident
from boussole.charter.record_types.inputs import WebForm, path_of
from boussole.charter.record_types.kinds import KINDS, Recommendation
from boussole.charter.record_types.work import THEMES, Survey
from boussole.charter.records import SealedStatement
from boussole.charter.records.documents.attachment_kinds import AttachmentError
from boussole.charter.records.documents.attachments import AttachedFile, examined, kept_with, opened
from boussole.charter.records.readable import Readable
from boussole.charter.work.survey import SurveyLayout, aggregated, rows_of
from boussole.dashboard.markup.words import Say, chosen_language, speaker_in
from boussole.dashboard.markup.words.addresses import ATTACHMENT
from boussole.dashboard.server.access.permissions import Action, allowed, said_as
from boussole.dashboard.server.access.sessions import of_request
from boussole.dashboard.server.forms import LARGEST, Form, FormDesk, FormValues, Titled, UnfitError, form_route
from boussole.dashboard.views import store
from boussole.dashboard.views.chamber import member_of, needs_lead
from boussole.dashboard.views.records.form import SEEN, fields_of, record_form
from boussole.dashboard.views.records.setting import Setting, draft_of, reference, wording_of

# Which fields of a record nobody is asked for, as they follow from others or from a file.


Fields = dict[str, Any]


def _survey(_: Workspace, said: Fields) -> Fields:
    """The means of a file of answers; its rows are kept nowhere."""
    columns = {theme: said.pop(theme) for theme in THEMES if theme in said} | _columns(said.pop("column", []))
    layout = SurveyLayout(
        columns=columns,
        group=said.get("grouped_by"),
        reverse=[_theme(each) for each in said.pop("reverse", [])],
        lowest=int(said["lowest"]),
        highest=int(said["highest"]),
    )
    found = aggregated(rows_of(*_file(said.pop("file"))), layout)
    return {**said, **vars(found)}


def _file(given: Path | tuple[str, bytes]) -> tuple[str, bytes]:
    if not isinstance(given, Path):
        return given
    if not given.is_file():
        raise BoussoleError(
            "there is no such file.", where=str(given), next_step="Give the path of a CSV or XLSX file."
        )
    return given.name, given.read_bytes()


def _columns(given: list[str]) -> dict[Any, str]:
    found: dict[Any, str] = {}
    for pair in given:
        theme, equals, name = pair.partition("=")
        if not equals:
            raise BoussoleError(f"'{pair}' is no THEME=COLUMN.", next_step="Write --column autonomy=Q1.")
        found[_theme(theme)] = name
    return found


def _theme(name: str) -> Any:
    if name not in THEMES:
        raise BoussoleError(f"there is no theme '{name}'. {nearest(name, THEMES)}")
    return name


def _incident(workspace: Workspace, said: Fields) -> Fields:
    """Its times are those of the system."""
    return {**said, "timezone": workspace.system(said["system"]).timezone}


def _recommendation(workspace: Workspace, said: Fields) -> Fields:
    """That of a committee is made in its name."""
    if not said.get("committee"):
        return said
    return {**said, "body": recommending(workspace, said["committee"], opinion=said.get("opinion"))}


COMPUTED: Mapping[type[Statement], Callable[[Workspace, Fields], Fields]] = {
    Survey: _survey,
    Incident: _incident,
    Recommendation: _recommendation,
}
"""By the model: from what was asked for to the fields of the record."""


def computed(workspace: Workspace, model: type[Statement], said: Fields) -> Fields:
    """The fields of a record, whole. Raises BoussoleError for what does not fit what there is."""
    return COMPUTED[model](workspace, dict(said)) if model in COMPUTED else said


def actions_of(each: Readable) -> set[Action]:
    """What whoever reads a record must be allowed to see: its kind, and the kinds of what it is about."""
    return {Action[KINDS[kind].read_action] for kind in {each.sealed.statement.kind, *each.about}}


# Files that come with a form: looked at before anything is sealed, and refused in the reader's language.


def taken(at: Setting, given: Sequence[tuple[str, bytes]]) -> list[AttachedFile]:
    """The files of a form as they will be attached. Raises UnfitError."""
    try:
        return examined(at.here, given)
    except AttachmentError as error:
        raise UnfitError(attachment_words(error, at.say), "attachments") from error


def attachment_words(error: AttachmentError, say: Say) -> str:
    """Why a file is not taken, or not handed out."""
    name, most, mb = (error.values.get(each, "") for each in ("name", "most", "mb"))
    told = {
        "empty": lambda: say("The file “{name}” is empty.", name=name),
        "large": lambda: say("The file “{name}” is larger than {n} MB.", name=name, n=mb),
        "many": lambda: say("There are more than {n} files.", n=most),
        "kind": lambda: say(
            "The file “{name}” is of no kind that is taken: attach a PDF, PNG, JPEG, DOCX, XLSX, ODT, ODS, plain text "
            "or CSV.",
            name=name,
        ),
        "active": lambda: say(
            "The file “{name}” holds macros, scripts or embedded files: save it without them, as a PDF.", name=name
        ),
        "bomb": lambda: say("The file “{name}” unpacks to far more than it should: save it anew, as a PDF.", name=name),
        "damaged": lambda: say(
            "The file “{name}” is damaged or encrypted: save it anew, without a password.", name=name
        ),
        "erased": lambda: say("This file was erased. What is sealed keeps its fingerprint only."),
        "changed": lambda: say("This file is not the one that was sealed: it is not handed out."),
    }
    return told[error.reason]()


# What a form of a record does: its fields are made whole and sealed, as somebody, for what its place is about.


def sealed(model: type[Statement], form: WebForm, at: Setting, values: FormValues) -> SealedStatement:
    """Seal what was sent. Raises UnfitError, RefusedError, BoussoleError or ValidationError, and seals nothing."""
    said = fields_of(model, form, at, values)
    files = taken(at, said.pop("attachments", []))
    if files:
        said["attachments"] = [each.sealed for each in files]
    with kept_with(at.here, files):
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
    made = model.model_validate(computed(at.here, model, said))
    return record(at.here, made)


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


def _step(at: Setting, said: Fields) -> Fields:
    """A step of a consultation; one to come is announced."""
    day, announced = said["on"], said["step"] == "announced"
    if day > at.today and not announced:
        raise UnfitError(at.say("{date} has not come yet.", date=at.say.date(day)), "on")
    return {**said, "on": min(day, at.today), "planned_on": day if announced else None}


def _own(at: Setting, said: Fields) -> Fields:
    """A recommendation of a committee, by somebody who may act for it."""
    chamber = store.chambers(at.here)[said["committee"]]
    needs_lead(at.person, chamber, at.say)
    return {**said, "on": chamber.now.date()}


def _seat(at: Setting, said: Fields) -> Fields:
    """A member who is new has the number that was drawn when the form was shown: sent twice, they are seated once."""
    name, again = said.pop("name", ""), said.pop("again", None)
    if (again is None) == (not name):
        raise UnfitError(at.say("Give the name of a new member, or choose one who has sat before."), "name")
    return {**said, "member": again or said["member"]}


def _named(at: Setting, said: Fields) -> None:
    if said.get("name"):
        name_member(at.here, said["member"], name=said["name"])


def _issue(at: Setting, said: Fields) -> Fields | SealedStatement:
    """In the words that were adopted; the opinion there is, where it was issued before."""
    for entry, _ in at.house.house.about(Opinion, at.session.about):
        return at.house.house.sealed(entry)
    found = wording_of(at.session)
    if found is None:
        raise UnfitError(at.say("No draft has the words that were adopted."))
    return {**said, "wording": found.wording, "written": draft_of(at.session, found)}


def _once(at: Setting, said: Fields) -> Fields | SealedStatement:
    """A question; the one that waits already, where somebody asks the same once more."""
    chamber = at.chambers.get(said.get("committee") or at.house.id)
    if chamber is None or said["due_on"] < at.today:
        return said
    about = {name: said.get(name) for name in ("figure", "system", "of")}
    return known_question(chamber.house, said["text"], said["addressee"], **about) or said


def _ask(at: Setting, said: Fields) -> Fields | SealedStatement:
    """A question, about the figure as whoever asks has seen it, or about none."""
    audit, measure, figure = said.pop("audit", ""), said.pop("measure", None), at.figure
    if figure is None:
        return _once(at, said)
    if str(figure.audit or "") != audit:
        raise UnfitError(at.say("This figure has changed since you looked: look at it again, then send your question."))
    return _once(at, {**said, "figure": reference(figure, measure)})


PREPARED: Mapping[tuple[str, str], Callable[[Setting, Fields], Fields | SealedStatement]] = {
    ("work", "consultation"): _step,
    ("recommendations", "own"): _own,
    ("incidents", "open"): lambda _, said: {**said, "on": said["known_at"].date()},
    ("incidents", "appeal"): lambda _, said: {**said, "on": said["received_on"]},
    ("committee", "adopt"): lambda at, said: {**said, "rules": at.house.house.text},
    ("committee", "refer-ourselves"): lambda at, said: {
        **said,
        "supporters": [member_of(at.person, at.say), *said.get("supporters", [])],
    },
    ("committee", "seat"): _seat,
    ("session", "issue"): _issue,
    ("session", "ask"): _once,
    ("ask", ""): _ask,
}
"""What one form makes of what was typed, by page and form: the fields of the record, or what is sealed already."""
AFTERWARDS: Mapping[tuple[str, str], Callable[[Setting, Fields], None]] = {("committee", "seat"): _named}
"""What one form does besides, once it is sealed."""


# Attachments handed out: to those who may read the record, as files to save, and only as they were sealed.


PLAIN = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "no-store",
}


def attachment_routes(home: Path) -> list[Route]:
    """The routes of a workspace."""

    def taken(request: Request) -> Response:
        return _handed(request, Workspace(home), request.path_params["entry"], request.path_params["number"])

    return [Route(ATTACHMENT + "/{entry:int}/{number:int}", taken)]


def _handed(request: Request, workspace: Workspace, entry: int, number: int) -> Response:
    """A file of a record that can be read; of any other, that there is none."""
    found = store.records(workspace).at(entry) if entry < 10**18 else None
    me = of_request(request, workspace.home)
    said = found.sealed.statement if found and all(allowed(me.role, each) for each in actions_of(found)) else None
    if not isinstance(said, Attaching) or not 0 < number <= len(said.attachments):
        return PlainTextResponse("There is no such file.\n", status_code=404, headers=PLAIN)
    try:
        name, content = opened(workspace, said.attachments[number - 1])
    except AttachmentError as error:
        say = speaker_in(workspace, chosen_language(request).get("lang", ""))
        status = 410 if error.reason == "erased" else 409
        return PlainTextResponse(f"{attachment_words(error, say)}\n", status_code=status, headers=PLAIN)
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in name)
    shown = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return Response(content, media_type="application/octet-stream", headers={**PLAIN, "Content-Disposition": shown})


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
            return record_form(model, form, at) if at else None
        except RefusedError:  # the address names an entry or an item of another kind
            return None

    def act(desk: FormDesk, of: str, values: FormValues) -> str:
        at = page.setting(desk, of, form)
        if at is None:
            raise LookupError(of)  # cannot be: `ask` has just found it
        return page.done(desk, at, form, sealed(model, form, at, values))

    if "attachments" not in form.asks:
        return form_route(path_of(form), home, ask=ask, act=act, back=page.back)
    limits = Workspace(home).settings.attachments
    largest = min(LARGEST + limits.most * limits.largest, LARGEST_BODY)
    return form_route(path_of(form), home, ask=ask, act=act, back=page.back, largest=largest)
