"""The commands that make records: their options are the fields of the model, and their groups are made when needed."""

from __future__ import annotations

import datetime as dt
import inspect
import typing
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from boussole.dashboard.cli.console.console import system_ids

if TYPE_CHECKING:
    from boussole.charter.record_types.base import Statement
    from boussole.charter.record_types.inputs import Command, Input

DAY = ["%Y-%m-%d"]
MOMENT = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d"]
COMMITTEE, SECRETARIAT = "external", "Secretariat"
NEVER = ("signed_in", "by", "blind")
"""Fields that no command asks for."""
KEYWORD, REQUIRED = inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.empty
OF_ACTS: dict[str, tuple[Any, Any, Any]] = {
    "committee": (str, COMMITTEE, typer.Option(help="The id of the committee.")),
    "role": (str, SECRETARIAT, typer.Option(help="Who records it: a role, never a name.")),
    "on": (
        dt.datetime | None,
        None,
        typer.Option(formats=DAY, help="The day it took place; today if absent."),
    ),
    "anew": (
        bool,
        False,
        typer.Option("--anew", help="The same words were taken back or overtaken: say them once more."),
    ),
}
"""What the commands of a committee say besides."""
LAST = ("text", "document", "committee", "role", "on", "anew")
"""Options that stand at the end."""


class Records(TyperGroup):
    """A group of commands: those that are written, and those that models make once it is asked for them."""

    made = False

    @property
    def commands(self) -> MutableMapping[str, Any]:
        """All of them, by name."""
        if not self.made:
            self.made = True
            self.known.update(_made(str(self.name)))
        return self.known

    @commands.setter
    def commands(self, known: MutableMapping[str, Any]) -> None:
        self.known = known


def record_group(text: str) -> typer.Typer:
    """A group of commands that make records, with what it says of itself."""
    return typer.Typer(cls=Records, help=text, no_args_is_help=True, rich_markup_mode=None)


def _made(group: str) -> MutableMapping[str, Any]:
    from boussole.charter.record_types.kinds import KINDS

    found = typer.Typer(rich_markup_mode=None)
    found.callback()(lambda: None)
    for model in KINDS.values():
        for command in model.commands:
            first, _, name = command.words.partition(" ")
            if first == group:
                found.command(name, help=command.help)(_function(model, command))
    return typer.main.get_group(found).commands


def _function(model: type[Statement], command: Command) -> Any:
    """What Typer makes a command of: a function whose parameters are the fields that are asked for."""

    def run(context: typer.Context, **given: Any) -> None:
        from boussole.dashboard.cli.sealing import run as seal

        seal(context, model, command, given)

    asked = list(parameters(model, command))
    first = inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
    run.__signature__ = inspect.Signature([first, *asked])  # type: ignore[attr-defined]
    run.__annotations__ = {each.name: each.annotation for each in (first, *asked)}
    run.__doc__ = command.help
    return run


def names_of(model: type[Statement], command: Command) -> list[str]:
    """What a command asks for, in its order: arguments and own fields, then what every record says."""
    given = {*model.computed, *model.unasked, *command.fixed, *command.leaves, *NEVER}
    fields = [name for name in {**model.model_fields, **command.inputs} if name not in given]
    return sorted(fields, key=lambda name: LAST.index(name) if name in LAST else -1)


def parameters(model: type[Statement], command: Command) -> Iterator[inspect.Parameter]:
    """The parameters of a command."""
    from boussole.charter.record_types.inputs import input_of

    of_committee = command.words.startswith("committee ")

    for name in names_of(model, command):
        said = input_of(model, name, command.inputs)
        if name == "of":
            kind, default, option = _of(model, said)
        elif of_committee and name in OF_ACTS and not said.required:
            kind, default, option = OF_ACTS[name]
        else:
            kind, default, option = _option(model, name, said)
        yield inspect.Parameter(name, KEYWORD, default=default, annotation=Annotated[kind, option])


def _of(model: type[Statement], said: Input) -> tuple[Any, Any, Any]:
    """The record that it is about."""
    told = said.help or "The entry of the record it is about: see `boussole record list`."
    if said.type is str:
        return str, REQUIRED, typer.Argument(help=told)
    if model.model_fields["of"].is_required():
        return int, REQUIRED, typer.Argument(min=0, help=told)
    return int | None, None, typer.Option(said.option, min=0, help=told)


def _option(model: type[Statement], name: str, said: Input) -> tuple[Any, Any, Any]:
    """A field as an option, or an argument."""
    from boussole.charter.record_types.inputs import is_required, option_of, plain

    known = model.model_fields.get(name)
    told = f"{said.help or (known.description if known else '') or said.label}".rstrip(".") + "."
    kind = plain(said.type or (known.annotation if known else str))
    several = typing.get_origin(kind) is list
    declared: dict[str, Any] = {"help": told}
    if said.choices == "systems":
        declared["autocompletion"] = system_ids
    if kind is int:
        metadata = known.metadata if known else ()
        declared["min"] = next((each.ge for each in metadata if hasattr(each, "ge")), None)
    if kind in (dt.date, dt.datetime):
        declared["formats"] = DAY if kind is dt.date else MOMENT
        kind = dt.datetime
    if several:
        kind = list[int] if plain(typing.get_args(kind)[0]) is int else list[str]
    elif name == "document":
        kind = Path
    elif kind not in (int, bool, float, dt.datetime, Path) and typing.get_origin(kind) is not typing.Literal:
        kind = str
    option = typer.Argument(**declared) if said.argument else typer.Option(option_of(name, said), **declared)
    if said.default is not None:
        return kind, said.default, option
    if is_required(model, name, said) and kind is not bool:
        return kind, REQUIRED, option
    empty = [] if several else False if kind is bool else known.default if known and known.default == "" else None
    return (kind | None if empty is None else kind), empty, option
