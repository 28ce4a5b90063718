"""Reading system files, with errors that name the file, the key and the next step."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from boussole.audits.errors import SystemFileError, nearest
from boussole.audits.identifiers import PATTERN, identifier_refusal
from boussole.audits.regular import read_text
from boussole.audits.systems.model import System
from boussole.audits.yaml_files import parse


def load_system(path: Path) -> System:
    """Load the system of one file.

    Raises SystemFileError when there is no such file, it is not YAML, a key is unknown or a value is wrong.
    """
    if not path.exists():
        raise SystemFileError("there is no such system file.", where=str(path), next_step="Check the path.")
    try:
        raw = parse(read_text(path))
    except UnicodeDecodeError as error:
        raise SystemFileError("the file is not UTF-8 text.", where=str(path), next_step="Save it as UTF-8.") from error
    except yaml.YAMLError as error:
        raise SystemFileError(f"not valid YAML: {error}.", where=str(path), next_step="Mend that line.") from error
    if not isinstance(raw, dict):
        raise SystemFileError("expected keys and values.", where=str(path), next_step="Start with `id: …`.")
    try:
        system = System.model_validate(raw)
    except ValidationError as error:
        raise SystemFileError(
            explain(error, System), where=str(path), next_step="See `boussole systems schema`."
        ) from error
    return system


def load_systems(folder: Path) -> dict[str, System]:
    """All systems of a folder by id, in alphabetical order; two files with one id are an error."""
    systems: dict[str, System] = {}
    for found in _each(folder):
        if isinstance(found, SystemFileError):
            raise found
        systems[found.id] = found
    return systems


def faults_in(folder: Path) -> list[SystemFileError]:
    """What is wrong with the files of a folder: the first thing of each."""
    return [found for found in _each(folder) if isinstance(found, SystemFileError)]


def _each(folder: Path) -> Iterator[System | SystemFileError]:
    """Each file of a folder: its system, or what is wrong with it."""
    names: dict[str, str] = {}
    for path in sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")]):
        try:
            yield _named(load_system(path), path, names)
        except SystemFileError as error:
            yield error


def _named(system: System, path: Path, names: dict[str, str]) -> System:
    """A system whose id is its own and that of its file; `names` are the files so far by their ids."""
    if system.id in names:
        raise SystemFileError(
            f"the id '{system.id}' is already used by {names[system.id]}.",
            where=str(path),
            next_step="Give each system its own id.",
        )
    if path.stem != system.id:
        raise SystemFileError(
            f"the file is named {path.name} but its id is '{system.id}'.",
            where=str(path),
            next_step=f"Rename it to {system.id}.yaml.",
        )
    names[system.id] = path.name
    return system


SCALARS = ("bool", "int", "float", "str")
"""What pydantic ends a path with where it tried each kind of value."""


def explain(error: ValidationError, model: type[BaseModel]) -> str:
    """All faults of a pydantic error as one sentence each, unknown keys with the nearest known one."""
    return "; ".join(_fault(fault, model) for fault in error.errors()) + "."


def explained(error: ValidationError, model: type[BaseModel]) -> list[tuple[tuple[str | int, ...], str]]:
    """Return each fault of a pydantic error: the path of its key, and a sentence with the next step."""
    told: dict[tuple[str | int, ...], str] = {}
    for fault in error.errors():
        loc = fault["loc"]
        if loc[-1:] and loc[-1] in SCALARS:
            place = ".".join(str(part) for part in loc[:-1])
            told[loc[:-1]] = f"'{place}': one value is expected: write a number, a text, true or false."
        else:
            told[loc] = f"{_fault(fault, model)}{_remedy(fault['type'])}."
    return list(told.items())


def _remedy(kind: str) -> str:
    """What to do about a kind of fault; nothing where the sentence says so itself."""
    known = {
        "missing": ": add it",
        "string_type": ": write a text, in quotes where it looks like a number or a date",
        "list_type": ": write a list, as in [a, b]",
        "dict_type": ": write keys and values below it, as in `en: …`",
        "model_type": ": write keys and values below it",
    }
    return known.get(kind, "" if kind in ("extra_forbidden", "value_error") else ": correct it")


def _fault(fault: Any, model: type[BaseModel]) -> str:
    place = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        return (
            f"unknown key '{place}' ({nearest(str(fault['loc'][-1]), _keys_at(model, fault['loc'][:-1])).rstrip('.')})"
        )
    if fault["type"] == "missing":
        return f"'{place}' is missing"
    if fault["type"] == "string_pattern_mismatch" and fault["ctx"]["pattern"] == f"^{PATTERN}$":
        return f"'{place.removesuffix('.[key]')}': {identifier_refusal(fault['input'])}"
    message = fault["msg"].removeprefix("Value error, ")
    return f"'{place}': {message}" if place else message


def _keys_at(model: type[BaseModel], loc: tuple[Any, ...]) -> list[str]:
    """The keys that the model at a place of the file knows."""
    here: Any = model
    for part in loc:
        here = _step(here, part)
    models = [m for m in _members(here) if isinstance(m, type) and issubclass(m, BaseModel)]
    return [field.alias or name for m in models for name, field in m.model_fields.items()]


def _step(here: Any, part: Any) -> Any:
    for member in _members(here):
        if isinstance(member, type) and issubclass(member, BaseModel):
            for name, field in member.model_fields.items():
                if part in (name, field.alias):
                    return field.annotation
        elif typing.get_origin(member) in (list, dict):
            return typing.get_args(member)[-1]
    return None


def _members(annotation: Any) -> list[Any]:
    origin = typing.get_origin(annotation)
    if origin in (typing.Union, types.UnionType):
        return [inner for part in typing.get_args(annotation) for inner in _members(part)]
    if origin is typing.Annotated:
        return _members(typing.get_args(annotation)[0])
    return [annotation]
