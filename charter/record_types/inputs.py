"""How people enter a record: what each of its fields is called, and the commands and forms by which it is made.

All texts here are messages: English, and translated where they are shown.
"""

from __future__ import annotations

import datetime as dt
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

Kind = Literal[
    "line",
    "prose",
    "date",
    "moment",
    "choice",
    "radio",
    "choices",
    "tick",
    "hidden",
    "number",
    "decimal",
    "file",
    "lines",
]
LINE = 300
"""Characters that a line may have; what may have more is written in a larger field."""

BASES = {"committee": "/committee-act", "session": "/session-act"}
"""Where the forms of a page are sent, where that is not the page's own address."""


class MisfitError(ValueError):
    """Fields that do not go together: a message with its values, and the field to mend (empty: the whole)."""

    def __init__(self, text: str, at: str, values: Mapping[str, str]) -> None:
        self.text, self.at, self.values = text, at, values
        super().__init__(text.format(**values))


def unfit(text: str, at: str = "", **values: str) -> MisfitError:
    """The error that a model raises where its fields do not go together."""
    return MisfitError(text, at, values)


def misfit_of(error: ValidationError) -> MisfitError | None:
    """The MisfitError that a model raised, where that is the first thing wrong; else None."""
    raised = error.errors()[0].get("ctx", {}).get("error")
    return raised if isinstance(raised, MisfitError) else None


@dataclass(frozen=True, kw_only=True, eq=False)  # so that a type that holds one may be a part of others
class Input:
    """How people are asked for one field. It is found in the `Annotated` type of the field.

    `label` and `note` are those of the form, `words` what each value is called there, `choices` the name of a list that
    depends on the moment. `option` is its name on the command line, where its help is the field's description.
    """

    label: str = ""
    note: str = ""
    kind: Kind | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    choices: str = ""
    proposed: str = ""
    """The value that the form starts with: itself, or the name of one that depends on the moment."""
    day: Literal["any", "past", "to_come"] = "any"
    """Which days the form takes: all, those that have come, those that have not passed."""
    required: bool | None = None
    """Whether it must be filled in; None: as the model says."""
    rows: int = 4
    longest: int = 0
    kept: bool = True
    alone: bool = False
    """Whether a single choice is taken without being asked for."""
    spare: bool = False
    """Whether the form leaves it out where there is nothing to choose from, though the model needs it."""
    option: str = ""
    argument: bool = False
    default: Any = None
    """What the command takes where its option is left out."""
    help: str = ""
    type: Any = None
    """Of what is no field of the model: fields are made of it."""

    def over(self, under: Input) -> Input:
        """This input, with what it leaves open filled in from another one."""
        said = {each.name: getattr(self, each.name) for each in fields(self)}
        blank = Input()
        return replace(under, **{name: value for name, value in said.items() if value != getattr(blank, name)})


@dataclass(frozen=True, kw_only=True)
class Command:
    """A command that makes a record. `words` follow `boussole`; `action` is the name of the permission it needs.

    It asks for every field of the model, but for those that are computed or `fixed`; `inputs` says what it asks for in
    another way, or besides.
    """

    words: str
    action: str
    help: str = ""
    fixed: Mapping[str, Any] = field(default_factory=dict)
    leaves: tuple[str, ...] = ()
    """Fields that have a value without being asked for."""
    each: str = ""
    """A field that may be given several times: a record is made for each."""
    by: str = ""
    """An option that names the member who acts, where one does."""
    inputs: Mapping[str, Input] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class WebForm:
    """A form that makes a record, on a page. Its route is made of its place and what it is `about`.

    It asks for what `asks` names, in that order. The other fields are `filled` by the place where it stands (by the
    name of what fills them in), or `fixed`.
    """

    place: str
    """The page on which it stands and the form's name there, as in `session/close`."""
    title: str
    send: str
    action: str
    notes: tuple[str, ...] = ()
    about: bool = True
    """Whether its address says what it is about: an entry, a committee, a session and what is under it."""
    asks: tuple[str, ...] = ()
    filled: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, Input] = field(default_factory=dict)
    each: str = ""
    """A field in which several may be chosen: a record is made for each."""
    led: bool = True
    """Whether an act is open only to those who may act for the very committee, where they lead one."""
    id: str = ""
    """Its name within all pages; without it, `name`."""

    @property
    def page(self) -> str:
        """The page on which it stands."""
        return self.place.partition("/")[0]

    @property
    def name(self) -> str:
        """Its name on that page."""
        return self.place.partition("/")[2]


def path_of(form: WebForm, of: str = "{of}") -> str:
    """Where a form is sent: its route, or the address of one."""
    base = BASES.get(form.page, f"/{form.page}")
    return "/".join(part for part in (base, form.name, of if form.about else "") if part)


def input_of(model: type[BaseModel], name: str, more: Mapping[str, Input]) -> Input:
    """How a field is asked for: as the model says, and `more` says otherwise."""
    known = model.model_fields.get(name)
    under = next((each for each in known.metadata if isinstance(each, Input)), Input()) if known else Input()
    return more[name].over(under) if name in more else under


def is_list(model: type[BaseModel], name: str) -> bool:
    """Whether a field holds several values."""
    known = model.model_fields.get(name)
    return known is not None and typing.get_origin(plain(known.annotation)) is list


def words_in(model: type[BaseModel]) -> list[str]:
    """The fields in which people write as they like: texts that are no ids, numbers or hashes."""
    return [
        name
        for name, known in model.model_fields.items()
        if plain(known.annotation) is str
        and not (any(getattr(each, "pattern", None) for each in known.metadata) or _patterned(known.annotation))
    ]


def _patterned(annotation: Any) -> bool:
    """Whether a text has a form that it must have."""
    inner = typing.get_args(annotation)
    if typing.get_origin(annotation) is typing.Annotated and any(getattr(each, "pattern", None) for each in inner):
        return True
    return any(_patterned(each) for each in inner if typing.get_args(each))


def is_required(model: type[BaseModel], name: str, said: Input) -> bool:
    """Whether a field must be filled in."""
    known = model.model_fields.get(name)
    return said.required if said.required is not None else known is not None and known.is_required()


def kind_of(model: type[BaseModel], name: str, said: Input) -> Kind:
    """The kind of input that a field is asked for by, from its type."""
    if said.kind:
        return said.kind
    known = model.model_fields.get(name)
    bare = plain(known.annotation if known else said.type)
    if typing.get_origin(bare) is list:
        return "choices"
    if said.choices or said.words:
        return "choice"
    kinds: dict[Any, Kind] = {bool: "tick", int: "number", float: "decimal", dt.date: "date", dt.datetime: "moment"}
    if bare in kinds:
        return kinds[bare]
    longest = max((getattr(each, "max_length", None) or 0 for each in (known.metadata if known else ())), default=0)
    return "prose" if longest > LINE else "line"


def plain(annotation: Any) -> Any:
    """A type without its annotations and without None."""
    if typing.get_origin(annotation) is typing.Annotated:
        return plain(typing.get_args(annotation)[0])
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return plain(next(each for each in typing.get_args(annotation) if each is not type(None)))
    return annotation


def option_of(name: str, said: Input) -> str:
    """The option that asks for a field."""
    return said.option or "--" + name.replace("_", "-")
