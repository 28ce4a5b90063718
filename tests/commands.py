"""The command line as tests walk it: every command, and a value that each of its parameters takes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import typer.main
from typer.core import TyperGroup

from boussole.dashboard.cli.main import app

DAY = "2025-03-20"


def commands_and_groups() -> dict[str, Any]:
    """Every command, and every group of commands, by its words."""
    return dict(_below(typer.main.get_command(app)))


def commands() -> dict[str, Any]:
    """Every command by its words."""
    return {words: each for words, each in commands_and_groups().items() if not isinstance(each, TyperGroup)}


def _below(group: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        yield " ".join((*words, name)), command
        if isinstance(command, TyperGroup):
            yield from _below(command, (*words, name))


def kind_of(parameter: Any) -> Any:
    """The Python type of one value of a parameter."""
    annotation = getattr(getattr(parameter, "type_descriptor", None), "annotation", str)
    return next(iter(get_args(annotation)), annotation) if get_origin(annotation) in (list, tuple) else annotation


def value_of(parameter: Any, *, path: Path | str) -> str:
    """Something that a parameter may be given; where it takes a file, this one."""
    kind = kind_of(parameter)
    if get_origin(kind) is Literal:
        return str(get_args(kind)[0])
    if isinstance(kind, type) and issubclass(kind, Enum):
        return str(next(iter(kind)).value)
    return {int: "12", float: "0.5", Path: str(path), dt.datetime: DAY}.get(kind, "text")
