"""Forms by which people act in the browser: plain ones, checked on the server, that lose no text, and their routes."""

from __future__ import annotations

import datetime as dt
import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal
from unicodedata import category
from urllib.parse import urlencode

from pydantic import AfterValidator, StringConstraints, TypeAdapter, ValidationError
from pydantic import Field as Limits
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.charter.committee.people.directory import directory
from boussole.charter.committee.refusals import RefusedError
from boussole.charter.record_types.inputs import Kind, misfit_of
from boussole.charter.records.documents.document_kinds import MEGABYTE
from boussole.dashboard.markup.elements import PREFIX, Child, Html
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import Say, chosen_language, speaker_for
from boussole.dashboard.server.access.permissions import LARGEST_FORM, Person, is_within, who_words
from boussole.dashboard.server.access.sessions import of_request

# What a form asks, as data.

EVERY, MANY = "*", 4
"""What stands for all choices of a field together, where there are so many at least that each would be a chore."""
LINE, PROSE = 300, 100_000
"""Characters that a line and a longer text may have."""


@dataclass(frozen=True, kw_only=True)
class FormField:
    """One thing that a form asks. What is not `kept` is asked again where the form could not be taken."""

    name: str
    label: str
    kind: Kind = "line"
    required: bool = True
    note: str = ""
    choices: Sequence[tuple[str, str]] = ()
    value: str = ""
    longest: int = 0
    rows: int = 4
    kept: bool = True

    @property
    def takes_all(self) -> bool:
        """Whether all of its choices can be chosen at once."""
        return self.kind == "choices" and self.required and len(self.choices) >= MANY

    @property
    def sent_as(self) -> str:
        """Its name in the page, and in what the page sends."""
        return PREFIX + self.name

    @property
    def most(self) -> int:
        """Characters that may be sent."""
        return self.longest or (PROSE if self.kind == "prose" else LINE)

    def boxes(self, say: Say) -> list[tuple[str, str]]:
        """Its choices where all are in sight, after one for all of them where many can be chosen."""
        return [*([(EVERY, say("All of them"))] if self.takes_all else []), *self.choices]


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form. `path` is where it is sent, and `file_at` the place of the page that tells of a file it answers with."""

    id: str
    path: str
    send: str
    fields: Sequence[FormField]
    note: str = ""
    file_at: str = ""

    def address(self, query: Mapping[str, str], lang: str) -> str:
        """Where it is sent, from a page with this `query` in this language."""
        return f"{self.path}?{urlencode({**query, 'spoken': lang})}"


@dataclass(frozen=True, kw_only=True)
class FormProblem:
    """What was wrong with something that was sent, at which field (empty: the whole), and what was typed."""

    form: str
    text: str
    at: str = ""
    typed: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def of(self, forms: Iterable[Form | None]) -> bool:
        """Whether it was one of these forms."""
        return any(form is not None and form.id == self.form for form in forms)


# What was sent, held to the fields of the form: nothing else is read, nothing is taken that a field does not allow.


DAY, CLOCK = r"[0-9]{4}-[0-9]{2}-[0-9]{2}", r"T[0-9]{2}:[0-9]{2}(:[0-9]{2})?"
ONE_LINE: TypeAdapter[Any] = TypeAdapter(Annotated[str, StringConstraints(pattern=r"^[^\n]*$")])
TAKEN: Mapping[Kind, TypeAdapter[Any]] = {
    "prose": TypeAdapter(str),
    "file": TypeAdapter(str),
    "tick": TypeAdapter(Literal["yes"]),
    "number": TypeAdapter(Annotated[str, StringConstraints(pattern=r"^[0-9]{1,11}$")]),
    "decimal": TypeAdapter(Annotated[str, StringConstraints(pattern=r"^[0-9]{1,9}([.,][0-9]{1,9})?$")]),
    "date": TypeAdapter(
        Annotated[
            str,
            StringConstraints(pattern=f"^{DAY}$"),
            AfterValidator(dt.date.fromisoformat),
            Limits(ge=dt.date(1900, 1, 1), lt=dt.date(2200, 1, 1)),
        ]
    ),
    "moment": TypeAdapter(
        Annotated[
            str,
            StringConstraints(pattern=f"^{DAY}{CLOCK}$"),
            AfterValidator(dt.datetime.fromisoformat),
            Limits(ge=dt.datetime(1900, 1, 1), lt=dt.datetime(2200, 1, 1)),  # noqa: DTZ001 (a clock on a wall)
        ]
    ),
}
"""What each kind of field takes, as it is sent; every other takes one line."""
Typed = Mapping[str, Sequence[str]]


class UnfitError(Exception):
    """Something that was sent does not fit. `field` is the field's name; empty: the whole."""

    def __init__(self, text: str, field: str = "") -> None:
        self.text, self.field = text, field
        super().__init__(text)


class FormValues:
    """The values of a form, each checked when it is read. Raises UnfitError, in the reader's language."""

    def __init__(self, form: Form, typed: Typed, say: Say, files: Mapping[str, Sequence[bytes]] | None = None) -> None:
        self.say, self._files = say, files or {}
        self._fields = {each.name: each for each in form.fields}
        self._typed = {name: [_clean(value) for value in typed.get(name, ())] for name in self._fields}
        for each in form.fields:
            self._check(each)

    def __contains__(self, name: str) -> bool:
        """Whether the form asks for it."""
        return name in self._fields

    def text(self, name: str) -> str:
        """A line or a longer text, without the space around it."""
        return self._first(name)

    def maybe(self, name: str) -> str | None:
        """The same; None where nothing was written or chosen."""
        return self._first(name) or None

    def ticked(self, name: str) -> bool:
        return bool(self._first(name))

    def chosen(self, name: str) -> list[str]:
        """What was chosen of several."""
        field, values = self._fields[name], [value for value in dict.fromkeys(self._typed[name]) if value]
        return [known for known, _ in field.choices] if field.takes_all and EVERY in values else values

    def number(self, name: str) -> int | None:
        value = self._first(name)
        return int(value) if value else None

    def day(self, name: str) -> dt.date:
        return dt.date.fromisoformat(self._first(name))

    def moment(self, name: str) -> dt.datetime:
        """A day and a time, as read on a clock there."""
        return dt.datetime.fromisoformat(self._first(name))

    def file(self, name: str) -> tuple[str, bytes]:
        """A file that was sent: its name and what it holds."""
        return self._first(name), next(iter(self._files.get(name, ())), b"")

    def _first(self, name: str) -> str:
        return next(iter(self._typed[name]), "")

    def _check(self, field: FormField) -> None:
        values = self._typed[field.name]
        if field.required and not any(values):
            raise UnfitError(self.say("Nothing is filled in: {field}.", field=field.label), field.name)
        for value in filter(None, values if field.kind == "choices" else values[:1]):  # no other is read
            if len(value) > field.most:
                raise UnfitError(
                    self.say(
                        "{field}: {n} characters, and there is room for {most}.",
                        field=field.label,
                        n=self.say.whole(len(value)),
                        most=self.say.whole(field.most),
                    ),
                    field.name,
                )
            if not _fits(field, value):
                raise UnfitError(self.say("This does not fit: {field}.", field=field.label), field.name)


def _clean(value: str) -> str:
    """A text as it is kept: one kind of line end, every space, no character that is not seen."""
    lines = "\n".join(value.splitlines())
    return "".join(c for c in lines if c in "\n\t" or c.isprintable() or category(c) == "Zs").strip()


def _fits(field: FormField, value: str) -> bool:
    if field.kind in ("choice", "radio", "choices"):
        return value in {known for known, _ in field.choices} or (field.takes_all and value == EVERY)
    try:
        TAKEN.get(field.kind, ONE_LINE).validate_python(value)
    except ValidationError:
        return False
    return True


# What a model refuses, as a form says it: in the reader's language, at the field to mend.


def misfit(error: ValidationError, form: Form, say: Say) -> tuple[str, str]:
    """The name of the field (empty: the whole), and what is wrong with it, of the first fault."""
    fault, labels = error.errors()[0], {each.name: each.label for each in form.fields if each.label}
    ctx, raised = fault.get("ctx", {}), misfit_of(error)
    if raised is not None:
        return raised.at if raised.at in labels else "", say(raised.text, **raised.values)
    at = next((str(part) for part in fault["loc"][:1] if part in labels), "")
    if not at:  # what no form foresees, in the words of the models
        reasons = "; ".join(each["msg"].removeprefix("Value error, ") for each in error.errors())
        return "", say("This cannot be recorded as it stands: {reasons}.", reasons=reasons)
    if fault["type"] == "greater_than_equal":
        return at, say("{field}: {n} at least.", field=labels[at], n=say.whole(ctx["ge"]))
    if fault["type"] == "less_than_equal":
        return at, say("{field}: {n} at most.", field=labels[at], n=say.whole(ctx["le"]))
    return at, say("This does not fit: {field}.", field=labels[at])


# How pages show forms: forms.html makes them.


Titled = tuple[str, Form]
"""A form with what opens it."""


def form_html(form: Form, say: Say, *, query: Mapping[str, str], problem: FormProblem | None = None) -> Html:
    """A form. `problem`: why the last attempt was not taken; it stands on top, with everything that was typed."""
    return Template("server/forms.html", say)("form", form, query, problem)


def folded_form(
    title: Child, form: Form, say: Say, *, query: Mapping[str, str], problem: FormProblem | None = None
) -> Html:
    """A form that opens on request; open at once where its last attempt was not taken."""
    return Template("server/forms.html", say)("folded", title, form, query, problem)


class PageForms:
    """What the reader may do on a page. `problem` is what was wrong with what they sent last."""

    def __init__(
        self,
        *,
        query: Mapping[str, str],
        problem: FormProblem | None,
        forms: Callable[[int], Sequence[Titled]] = lambda _: (),
    ) -> None:
        self._query, self._problem, self._forms = query, problem, forms

    def shown(self, forms: Sequence[Titled], say: Say) -> list[Html]:
        """Some forms, each folded."""
        return [folded_form(title, form, say, query=self._query, problem=self._problem) for title, form in forms]

    def recording(self, forms: Sequence[Titled], say: Say, *, kind: Literal["house-of", "behind"] = "house-of") -> Html:
        """Some forms under a title of their own, in a section of that kind; nothing where there are none."""
        return Template("server/forms.html", say)("recording", self.shown(forms, say), kind)

    def of(self, entry: int, say: Say) -> list[Html]:
        """Those that go with an entry."""
        return self.shown(self._forms(entry), say)


def done_html(entry: int, text: str, say: Say, *, href: str) -> Html:
    """Said once something was sealed."""
    return Template("server/forms.html", say)("done", entry, text, href)


# What was typed in forms that could not be taken: kept in memory for the page that says why.


MOST, EACH = 100, 10
"""Problems that are kept, in all and of one person; each holds at most what a form may send."""

_kept: OrderedDict[str, tuple[str, FormProblem]] = OrderedDict()


def keep(problem: FormProblem, whose: str) -> str:
    """A token by which only this person's page finds a problem, which pushes out nobody else's before their own."""
    token = secrets.token_urlsafe(16)
    _kept[token] = whose, problem
    mine = [each for each, (owner, _) in _kept.items() if owner == whose]
    for each in mine[:-EACH]:
        del _kept[each]
    while len(_kept) > MOST:
        _kept.popitem(last=False)
    return token


def problem_of(token: str, whose: str = "") -> FormProblem | None:
    """What was wrong; None when that is no longer known, or is somebody else's."""
    owner, problem = _kept.get(token, ("", None))
    return problem if owner == whose else None


def whose(person: Person) -> str:
    """By which name their problems are kept. In local mode all are one: who has just said who they are goes on."""
    return person.subject if person.authenticated else ""


# Where forms are sent: held to their fields, acted on, and led back to the page they came from.


FIELDS = 300
"""Fields, and files, that a form sends: how many of them it takes is held to its field, and told there."""


@dataclass(frozen=True, kw_only=True)
class FormDesk:
    """Who acts, in which workspace and language. `query` is kept in every address."""

    workspace: Workspace
    person: Person
    say: Say
    query: dict[str, str]


Ask = Callable[[FormDesk, str], Form | None]
"""The form as it is asked now, of what its address names (empty: nothing); None where there is nothing of that name."""
Act = Callable[[FormDesk, str, FormValues], str | Response]
"""Does what was asked; returns the address of the page that shows it, or an answer of its own."""
Back = Callable[[FormDesk, str, str], str]
"""The address of the page of a form, with the token of what was wrong."""


def form_route(path: str, home: Path, *, ask: Ask, act: Act, back: Back, largest: int | None = None) -> Route:
    """The route of a form. A path with `{of}` names what it is about. `largest`: bytes of one that takes files."""

    async def endpoint(request: Request) -> Response:
        if not _from_here(request):
            return PlainTextResponse("This form was not sent by a page of Boussole.\n", status_code=403)
        most = largest or LARGEST_FORM
        if not is_within(request, most):
            return PlainTextResponse(f"{_too_long(request, home, most)}\n", status_code=413)
        async with request.form(max_files=FIELDS, max_fields=FIELDS, max_part_size=LARGEST_FORM) as sent:
            given = [(name.removeprefix(PREFIX), value) for name, value in sent.multi_items()]
            files: dict[str, list[bytes]] = {}
            for name, each in given:
                if isinstance(each, UploadFile):
                    files.setdefault(name, []).append(await each.read())
        typed: dict[str, list[str]] = {}
        for name, each in given:
            typed.setdefault(name, []).append(each if isinstance(each, str) else each.filename or "")
        of = request.path_params.get("of", "")
        return await run_in_threadpool(_handled, _desk(request, home), of, typed, files)

    def _handled(desk: FormDesk, of: str, typed: dict[str, list[str]], files: dict[str, list[bytes]]) -> Response:
        form = ask(desk, of)
        if form is None:
            return PlainTextResponse("There is nothing of this name.\n", status_code=404)
        kept = {each.name: typed[each.name] for each in form.fields if each.kept and each.name in typed}
        try:
            done = act(desk, of, FormValues(form, typed, desk.say, files))
            return done if isinstance(done, Response) else RedirectResponse(done, status_code=303)
        except (UnfitError, ValidationError, BoussoleError) as error:
            at, text = _fault(error, form, desk)
            problem = FormProblem(form=form.id, text=text, at=at, typed=kept)
        return RedirectResponse(f"{back(desk, of, keep(problem, whose(desk.person)))}#{form.id}", status_code=303)

    return Route(path, endpoint, methods=["POST"])


def _fault(error: UnfitError | ValidationError | BoussoleError, form: Form, desk: FormDesk) -> tuple[str, str]:
    if isinstance(error, UnfitError):
        return error.field, error.text
    if isinstance(error, ValidationError):
        return misfit(error, form, desk.say)
    if isinstance(error, RefusedError):
        known = {each.name for each in form.fields}
        return error.at if error.at in known else "", error.said(desk.say.lang, name=_names(desk))
    return "", f"{error.what} {error.next_step}".strip()


def _desk(request: Request, home: Path) -> FormDesk:
    workspace = Workspace(home)
    say, query = speaker_for(request, workspace), chosen_language(request)
    return FormDesk(workspace=workspace, person=of_request(request, home), say=say, query=query)


def _too_long(request: Request, home: Path, most: int) -> str:
    """What whoever sent too much reads instead of a page: what they typed was not read."""
    say = speaker_for(request, Workspace(home))
    return say(
        "What was sent is too large, and was not read: a form takes {n} MB in all, files included. Go back to the page "
        "with your browser, and send less.",
        n=say.whole(most // MEGABYTE),
    )


def _from_here(request: Request) -> bool:
    """Whether a page of this very server sends it, as browsers say: another port of this machine is another site."""
    origin = request.headers.get("origin")
    return origin is None or origin.partition("://")[2] == request.headers.get("host")


def _names(desk: FormDesk) -> Callable[[str], str]:
    known = {member: each.name for member, each in directory(desk.workspace).items()}
    return lambda who: known.get(who) or who_words(who, desk.say)
