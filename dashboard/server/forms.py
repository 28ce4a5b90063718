"""Forms by which people act in the browser: plain ones, checked on the server, that lose no text.

A page shows a `Form`; its route (`form_route`) holds what was sent to the form's own fields, hands it to the function
that acts, and leads back to the page: with what was done, or with what is wrong and everything that was typed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal
from unicodedata import category
from urllib.parse import urlencode

from pydantic import AfterValidator, StringConstraints, TypeAdapter, ValidationError
from pydantic import Field as Limits

from boussole.charter.record_types.inputs import misfit_of
from boussole.dashboard.markup.elements import PREFIX, Child, Html
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words.say import Say

# What a form asks, as data.


Kind = Literal[
    "line", "prose", "date", "moment", "choice", "radio", "choices", "tick", "hidden", "number", "file", "files"
]
EVERY, MANY = "*", 4
"""What stands for all choices of a field together, where there are so many at least that each would be a chore."""
LINE, PROSE = 300, 100_000
"""Characters that a line and a longer text may have."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One thing that a form asks. `note` says how to fill it in; `choices` are values and their words.

    A field that is not `kept` is asked again from the start where the form could not be taken: what was chosen in it is
    held nowhere.
    """

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
    """A form. `path` is where it is sent, `send` what its button says. `file_at`: the place of the page that tells what
    became of it, where the form is answered with a file to keep."""

    id: str
    path: str
    send: str
    fields: Sequence[Field]
    note: str = ""
    file_at: str = ""

    def address(self, query: Mapping[str, str], lang: str) -> str:
        """Where it is sent, from a page with this `query` in this language."""
        return f"{self.path}?{urlencode({**query, 'spoken': lang})}"


@dataclass(frozen=True, kw_only=True)
class Problem:
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
    "files": TypeAdapter(str),
    "tick": TypeAdapter(Literal["yes"]),
    "number": TypeAdapter(Annotated[str, StringConstraints(pattern=r"^[0-9]{1,11}$")]),
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


class Values:
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

    def maybe_day(self, name: str) -> dt.date | None:
        return self.day(name) if self._first(name) else None

    def moment(self, name: str) -> dt.datetime:
        """A day and a time, as read on a clock there."""
        return dt.datetime.fromisoformat(self._first(name))

    def file(self, name: str) -> tuple[str, bytes]:
        """A file that was sent: its name and what it holds."""
        return self._first(name), next(iter(self._files.get(name, ())), b"")

    def files(self, name: str) -> list[tuple[str, bytes]]:
        """The files that were sent, each with its name; a field in which nothing was chosen sends one without both."""
        sent = zip(self._typed[name], self._files.get(name, ()), strict=False)
        return [(said, content) for said, content in sent if said or content]

    def _first(self, name: str) -> str:
        return next(iter(self._typed[name]), "")

    def _check(self, field: Field) -> None:
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


def _fits(field: Field, value: str) -> bool:
    """Whether a value is one that the kind of a field takes, as pydantic says."""
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


def form_html(form: Form, say: Say, *, query: Mapping[str, str], problem: Problem | None = None) -> Html:
    """A form. `problem`: why the last attempt was not taken; it stands on top, with everything that was typed."""
    return Template("server/forms.html", say)("form", form, query, problem)


def folded_form(
    title: Child, form: Form, say: Say, *, query: Mapping[str, str], problem: Problem | None = None
) -> Html:
    """A form that opens on request; open at once where its last attempt was not taken."""
    return Template("server/forms.html", say)("folded", title, form, query, problem)


class PageForms:
    """What the reader may do on a page. `forms`: those that go with an entry; `problem`: what was wrong with what they
    sent last."""

    def __init__(
        self,
        *,
        query: Mapping[str, str],
        problem: Problem | None,
        forms: Callable[[int], Sequence[Titled]] = lambda _: (),
    ) -> None:
        self._query, self._problem, self._forms = query, problem, forms

    def shown(self, forms: Sequence[Titled], say: Say) -> list[Html]:
        """Some forms, each folded."""
        return [folded_form(title, form, say, query=self._query, problem=self._problem) for title, form in forms]

    def of(self, entry: int, say: Say) -> list[Html]:
        """Those that go with an entry."""
        return self.shown(self._forms(entry), say)


def done_html(entry: int, text: str, say: Say, *, href: str) -> Html:
    """Said once something was sealed."""
    return Template("server/forms.html", say)("done", entry, text, href)
