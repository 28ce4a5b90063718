"""What a form of a record does and where it is sent: it is made whole, and sealed with its document."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from starlette.routing import Route

from boussole.audits.errors import SourceError
from boussole.charter.committee.acts.meeting import act
from boussole.charter.committee.people.directory import name_member
from boussole.charter.committee.referrals.matters import known_question
from boussole.charter.committee.refusals import RefusedError
from boussole.charter.incidents.book import record
from boussole.charter.record_types.acts import Act, Opinion
from boussole.charter.record_types.base import KeptFile, Statement
from boussole.charter.record_types.inputs import WebForm, path_of
from boussole.charter.record_types.kinds import KINDS, Adoption, Closure, Finding, Review
from boussole.charter.records import OvertakenError, SealedStatement, statements, withdrawal_of
from boussole.charter.records.documents.document_kinds import LARGEST as LARGEST_DOCUMENT
from boussole.charter.records.documents.document_kinds import DocumentError, described
from boussole.charter.records.documents.files import keep_content
from boussole.charter.records.in_force import AdoptionRefusedError, adopt, to_adopt
from boussole.charter.records.readable import Readable
from boussole.dashboard.markup.words import Say
from boussole.dashboard.server.access.permissions import LARGEST_FORM, Action, allowed, said_as
from boussole.dashboard.server.forms import Form, FormDesk, FormValues, Titled, UnfitError, form_route
from boussole.dashboard.views import store
from boussole.dashboard.views.chamber import member_of, needs_lead
from boussole.dashboard.views.records.computing import Fields, computed
from boussole.dashboard.views.records.form import SEEN, fields_of, record_form
from boussole.dashboard.views.records.setting import Setting, draft_of, reference, wording_of


def _step(at: Setting, said: Fields) -> Fields:
    day, announced = said["on"], said["step"] == "announced"
    if day > at.today and not announced:
        raise UnfitError(at.say("{date} has not come yet.", date=at.say.date(day)), "on")
    return {**said, "on": min(day, at.today), "planned_on": day if announced else None}


def _own(at: Setting, said: Fields) -> Fields:
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
    audit, measure, figure = said.pop("audit", ""), said.pop("measure", None), at.figure
    if figure is None:
        return _once(at, said)
    if str(figure.audit or "") != audit:
        raise UnfitError(at.say("This figure has changed since you looked: look at it again, then send your question."))
    return _once(at, {**said, "figure": reference(figure, measure)})


def _of(each: SealedStatement) -> int | None:
    of: int | None = getattr(each.statement, "of", None)
    return of


def _once_about(model: type[Statement]) -> Callable[[Setting, Fields], Fields | SealedStatement]:
    """What is said once of what it is about: the same again is what was sealed, and anything else is refused."""

    def prepared(at: Setting, said: Fields) -> Fields | SealedStatement:
        standing = {entry for entry, _ in at.facts.standing(model)}
        known = [each for each in at.facts.sealed if each.entry in standing and _of(each) == said["of"]]
        if not known:
            return said
        if all(getattr(known[-1].statement, name) == value for name, value in said.items()):
            return known[-1]
        raise UnfitError(
            at.say(
                "Entry {n} says so already: look at it first, and withdraw it if it is wrong.", n=str(known[-1].entry)
            )
        )

    return prepared


def _close(at: Setting, said: Fields) -> Fields | SealedStatement:
    found = dict(at.facts.standing(Finding)).get(said["of"])
    if found is not None and said["on"] < found.on:
        raise UnfitError(
            at.say("It was found on {date}: give that day or a later one.", date=at.say.date(found.on)), "on"
        )
    return _once_about(Closure)(at, said)


def _withdraw(at: Setting, said: Fields) -> Fields | SealedStatement:
    known = withdrawal_of(at.here, said["of"])
    if known is None:
        return said
    if known.statement.text == said["text"]:
        return known
    raise UnfitError(at.say("This record was withdrawn already, in entry {n}.", n=str(known.entry)))


def _adopt(at: Setting, said: Fields) -> SealedStatement:
    role, on, document = said_as(at.person, said["role"], at.say), said["on"], said["document"]
    same = {"charter": said["charter"], "role": role, "on": on, "document": document}
    for each in statements(at.here, kinds=[Adoption.kind]):
        if all(getattr(each.statement, name) == value for name, value in same.items()):
            return each
    text = to_adopt(at.here)
    if text is None or text.sha256 != said["charter"]:
        raise UnfitError(at.say("The text has changed since this page was shown: look at it again, then send this."))
    try:
        signed_in = at.person.authenticated
        return adopt(at.here, text, role=role, on=on, document=document, signed_in=signed_in)
    except AdoptionRefusedError as error:
        raise UnfitError(_not_adopted(error, at.say), "on" if error.reason in ("order", "to_come") else "") from error


def _not_adopted(error: AdoptionRefusedError, say: Say) -> str:
    day, values = error.values.get("date"), {name: str(value) for name, value in error.values.items()}
    date = say.date(day) if isinstance(day, dt.date) else ""
    told = {
        "in_force": lambda: say("This text is in force already."),
        "number": lambda: say(
            "Another text was adopted as version {version}: raise the number of this one.", version=values["version"]
        ),
        "order": lambda: say("The version in force was adopted on {date}: this one was that day or later.", date=date),
        "to_come": lambda: say("{date} has not come yet.", date=date),
        "finding": lambda: say(
            "The open finding of entry {n} holds down the article “{article}”, which this text does not have. Record "
            "it for the new article first, then withdraw the old one.",
            n=values["entry"],
            article=values["article"],
        ),
    }
    return told[error.reason]()


PREPARED: Mapping[tuple[str, str], Callable[[Setting, Fields], Fields | SealedStatement]] = {
    ("evidence", "withdraw"): _withdraw,
    ("recommendations", "close"): _close,
    ("charter", "adopt"): _adopt,
    ("answer", "review"): _once_about(Review),
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


def actions_of(each: Readable) -> set[Action]:
    """What whoever reads a record must be allowed to see: its kind, and the kinds of what it is about."""
    return {Action[KINDS[kind].read_action] for kind in {each.sealed.statement.kind, *each.about}}


@dataclass(frozen=True, kw_only=True)
class GivenDocument:
    """The document that a record will rest on: what is sealed of it, and its content."""

    sealed: KeptFile
    content: bytes


def document_taken(at: Setting, given: tuple[str, bytes] | None) -> GivenDocument | None:
    """The document of a form as it will be kept; None where none was chosen. Raises UnfitError."""
    if given is None or not any(given):
        return None
    try:
        return GivenDocument(sealed=described(*given), content=given[1])
    except DocumentError as error:
        raise UnfitError(document_words(error, at.say), "document") from error


def document_words(error: DocumentError, say: Say) -> str:
    """Why a file is not taken."""
    name, mb = (error.values.get(each, "") for each in ("name", "mb"))
    told = {
        "empty": lambda: say("The file “{name}” is empty.", name=name),
        "large": lambda: say("The file “{name}” is larger than {n} MB.", name=name, n=mb),
        "kind": lambda: say(
            "The file “{name}” is of no kind that is taken: give a PDF, PNG, JPEG, DOCX, XLSX, ODT, ODS, plain text "
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
    }
    return told[error.reason]()


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
    """A page on which records are made. `setting` is what one of its addresses is about, if there is such a thing."""

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
