"""What importing a register would do: which systems are new, which change and how; or everything that is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from boussole.audits import private_files
from boussole.audits.decisions.contracts import Needs
from boussole.audits.decisions.sources import open_source
from boussole.audits.errors import SourceError, SystemFileError
from boussole.audits.identifiers import identifier_of
from boussole.audits.lake.engine import scratch
from boussole.audits.lake.tables import quote
from boussole.audits.spreadsheet.columns import COLUMNS, HEADERS, RegisterColumn, plain
from boussole.audits.systems.loading import explained
from boussole.audits.systems.model import Files, System

Raw = dict[str, Any]
MOST_ROWS = 10_000
WANTED = {
    "date": "is no date: write 31/03/2025 or 2025-03-31",
    "euros": "is no amount of euros: write 1200000 or 1200,50",
}
"""What is said of a value that is none of its form."""


@dataclass(frozen=True, order=True)
class CellFault:
    """One thing wrong, and where: the row, counted below the names of the columns (0: these), and the column."""

    row: int
    column: str
    why: str

    def __str__(self) -> str:
        where = f"row {self.row}" if self.row else "the names of the columns"
        return f"{where}, column '{self.column}': {self.why}" if self.column else f"{where}: {self.why}"


@dataclass(frozen=True, kw_only=True)
class SystemChange:
    """A system that an import makes or changes; `told` is what changes, key by key: from what, to what."""

    system: System
    new: bool
    told: tuple[str, ...] = ()

    @property
    def raw(self) -> Raw:
        """The system as its file holds it, without what it leaves to the defaults."""
        return _written(self.system)


@dataclass(frozen=True)
class PlacedColumn:
    """A column of a register in a file: its place, its name there, and the path of the key that it fills."""

    place: int
    name: str
    column: RegisterColumn
    path: tuple[str, ...]


@dataclass(kw_only=True)
class ImportPlan:
    """Everything that an import would do. With faults nothing is to be done."""

    faults: list[CellFault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    changes: list[SystemChange] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)

    @property
    def new(self) -> list[SystemChange]:
        return [change for change in self.changes if change.new]

    @property
    def amended(self) -> list[SystemChange]:
        return [change for change in self.changes if not change.new]


def plan(path: Path, systems: Mapping[str, System], *, sheet: str | None = None) -> ImportPlan:
    """Plan the import of a register, with all faults at once. Raises SourceError for a file that is no register."""
    made = ImportPlan()
    names, rows = _read(path, sheet, made.faults)
    columns = _columns(names, path, made)
    by_name = {plain(name): each.id for each in systems.values() for name in each.title.values()}
    taken: dict[str, int] = {}
    for row, cells in rows:
        raw = _raw(cells, columns, by_name)
        if "title" in raw and taken.setdefault(raw["id"], row) != row:
            made.faults.append(CellFault(row, "", f"its name or id is also that of row {taken[raw['id']]}"))
        else:
            _add(made, row, raw, columns, systems.get(raw["id"]))
    made.faults.sort()
    return made


def _read(
    path: Path, sheet: str | None, faults: list[CellFault]
) -> tuple[Sequence[str], list[tuple[int, tuple[str, ...]]]]:
    """The names of the columns, and each row that can be read, by the reader of all data files."""
    with scratch() as connection:
        opened = open_source(connection, path, Needs((), every=True), Files(header=True, dates="%d/%m/%Y", sheet=sheet))
        faults += [CellFault(bad.row, bad.column, str(bad.reason)) for bad in opened.bad_lines]
        listed = "".join(f", trim(coalesce(CAST({quote(name)} AS VARCHAR), ''))" for name in opened.columns)
        query = f"SELECT row{listed} FROM {opened.relation} ORDER BY row LIMIT {MOST_ROWS + 1}"
        rows = [(row, tuple(cells)) for row, *cells in connection.execute(query).fetchall() if any(cells)]
    if len(rows) > MOST_ROWS:
        raise SourceError(
            f"a register has at most {MOST_ROWS:,} rows.", where=str(path), next_step="Clear what is below it."
        )
    return opened.columns, rows


def _columns(names: Sequence[str], path: Path, made: ImportPlan) -> list[PlacedColumn]:
    """The columns that a register knows; others are noted, and needed ones that are missing are faults."""
    found: list[PlacedColumn] = []
    for place, name in enumerate(names):
        if plain(name) not in HEADERS:
            continue
        column, lang = HEADERS[plain(name)]
        key = (*column.key.split("."), *([lang] if column.form == "texts" else []))
        made.faults += [CellFault(0, name, f"means the same as '{twin.name}'") for twin in found if twin.path == key]
        found.append(PlacedColumn(place, name, column, key))
    needed = [column for column in COLUMNS if column.needed]
    missing = [column.names for column in needed if not any(each.column is column for each in found)]
    if len(missing) == len(needed):
        raise SourceError(
            f"it has none of the columns of a register: {', '.join(french for french, _ in missing)}.",
            where=str(path),
            next_step="Make one with `boussole systems import --template FILE.xlsx`.",
        )
    made.faults += [CellFault(0, "", f"the column '{fr}' ('{en}') is missing") for fr, en in missing]
    others = ", ".join(f"'{name[:40]}'" for name in names if plain(name) not in HEADERS)
    made.notes += [f"not read, as no register has them: {others}"] if others else []
    return found


def _raw(cells: Sequence[str], columns: Sequence[PlacedColumn], by_name: Mapping[str, str]) -> Raw:
    """Return a row as a system file holds it, with its id, that of the system of the same name, or a new one."""
    raw: Raw = {}
    for each in columns:
        if not (text := cells[each.place]):
            continue
        here = raw
        for key in each.path[:-1]:
            here = here.setdefault(key, {})
        choices = each.column.choices or {}
        meanings = {plain(word): key for key, words in choices.items() for word in (key, *words)}
        here[each.path[-1]] = meanings.get(plain(text), text)
    title = next(iter(raw.get("title", {}).values()), "")
    made = by_name.get(plain(title)) or identifier_of(title, start="use")
    return {"id": made, **raw, "kind": "declared"}


def _add(made: ImportPlan, row: int, raw: Raw, columns: Sequence[PlacedColumn], existing: System | None) -> None:
    """Adds what one row would do, or what is wrong with it."""
    if existing is not None and existing.kind != "declared":
        made.notes.append(f"row {row}: '{existing.id}' is measured; its own file says what it is, and is left alone")
        return
    before = _written(existing) if existing else {}
    try:
        system = System.model_validate(_merged(before, raw))
    except ValidationError as error:
        made.faults += _faults(row, raw, error, columns)
        return
    told = tuple(_differences(before, _written(system))) if existing else ()
    if existing is not None and not told:
        made.unchanged.append(system.id)
    else:
        made.changes.append(SystemChange(system=system, new=existing is None, told=told))


def _faults(row: int, raw: Raw, error: ValidationError, columns: Sequence[PlacedColumn]) -> Iterator[CellFault]:
    """What a system file may not say, at the column that says it; keys are called as the columns are."""
    names = {each.column.key: each.name for each in columns}
    called = {column.key: names.get(column.key, column.names[0]) for column in COLUMNS}
    called |= {key: called[f"{key}.done_on"] for key in ("impact_assessment", "fria")}
    values = dict(_flat(raw))
    for loc, sentence in explained(error, System):
        key = ".".join(map(str, loc))
        told = sentence.removeprefix(f"'{key}': ")
        column = next((each.column for each in columns if key and key in (each.column.key, ".".join(each.path))), None)
        if column is None:
            told = re.sub(r"`([\w.]+)`", lambda found: f"'{called.get(found[1], found[1])}'", told)
            yield CellFault(row, called.get(key, ""), told)
        else:
            yield CellFault(row, names[column.key], _refusal(column, values.get(key), told))


def _refusal(column: RegisterColumn, value: str | None, told: str) -> str:
    """Why a cell is refused: in the words of the register where it has some, else as a system file would be."""
    if value is None:
        return "it is empty"
    if column.choices is not None:
        return f"'{value[:40]}' is none of: {', '.join(french for french, _ in column.choices.values())}"
    return f"'{value[:40]}' {WANTED[column.form]}" if column.form in WANTED else told


def _written(system: System) -> Raw:
    """A system as its file holds it, without what it leaves to the defaults."""
    raw: Raw = system.model_dump(mode="python", by_alias=True, exclude_unset=True, exclude_none=True)
    return raw


def _merged(before: Raw, after: Raw) -> Raw:
    """Return what the file said, changed where the register says something: an empty cell erases nothing."""
    merged = dict(before)
    for key, value in after.items():
        mixed = isinstance(value, dict) and isinstance(before.get(key), dict)
        if mixed and key in ("impact_assessment", "fria"):
            replaced = ("not_required" in value) != ("not_required" in before[key])
            merged[key] = value if replaced else before[key] | value
        else:
            merged[key] = before[key] | value if mixed else value
    return merged


def _differences(before: Raw, after: Raw) -> Iterator[str]:
    old, new = dict(_flat(before)), dict(_flat(after))
    for key in dict.fromkeys([*old, *new]):
        if old.get(key) != new.get(key):
            yield f"{key}: {_short(old.get(key))} -> {_short(new.get(key))}"


def _flat(raw: Raw, at: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in raw.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{at}{key}.")
        else:
            yield f"{at}{key}", value


def _short(value: Any) -> str:
    text = "nothing" if value is None else str(value)
    return text if len(text) <= 60 else text[:59] + "…"


def carry_out(plan: ImportPlan, folder: Path) -> None:
    """Write the new and amended systems of a plan without faults into the folder of system files, all or none.

    Raises SystemFileError when a file appeared meanwhile, or the disk refuses.
    """
    if plan.faults:
        raise ValueError("a plan with faults is not carried out")
    before: dict[Path, bytes | None] = {}
    try:
        for change in plan.changes:
            target = folder / f"{change.system.id}.yaml"
            text = yaml.dump(change.raw, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True, width=120)
            held = None if change.new else target.read_bytes()
            private_files.write(target, text, fresh=change.new)
            before[target] = held
    except OSError as error:
        for target, content in before.items():
            if content is None:
                target.unlink()
            else:
                private_files.write(target, content)
        why = "this file appeared while the register was read" if isinstance(error, FileExistsError) else error.strerror
        raise SystemFileError(
            f"nothing was imported: {why or error}.", where=str(target), next_step="Mend that and import again."
        ) from error
