"""What an import would do: which systems are new, which change and how, which stay; or everything that is wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from filelock import FileLock, Timeout
from pydantic import ValidationError

from boussole.audits import private_files
from boussole.audits.errors import SystemFileError
from boussole.audits.identifiers import identifier_of
from boussole.audits.spreadsheet.columns import COLUMNS, plain
from boussole.audits.spreadsheet.table import CellFault, RegisterRecord, read_register
from boussole.audits.systems.loading import explain
from boussole.audits.systems.model import System
from boussole.audits.systems.register import Assessment, Dates, contradictions

Raw = dict[str, Any]
UNBLOCK = "give its date, or the reason why none is required; until then its status is 'en essai' ('on trial')"
NEEDED = {column.path[0] for column in COLUMNS if column.needed}


@dataclass(frozen=True, kw_only=True)
class SystemChange:
    """A system that an import makes or changes; `told` is what changes, key by key: from what, to what."""

    system: System
    raw: Raw
    new: bool
    told: tuple[str, ...] = ()


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


def plan(path: Path, systems: Mapping[str, System], *, today: dt.date | None = None) -> ImportPlan:
    """What importing a register into these systems would do. All faults are told at once.

    Raises SourceError for a file that cannot be read as a register at all.
    """
    reading = read_register(path)
    made = ImportPlan(faults=list(reading.faults), notes=list(reading.notes))
    faulty = {(fault.sheet, fault.row) for fault in made.faults}
    names = _Names(systems)
    for record in reading.records:
        system_id = names.claim(record, made.faults)
        if system_id is None:
            continue
        whole = (record.sheet, record.row) not in faulty
        _add(made, record, _raw(record, system_id), existing=systems.get(system_id), today=today, whole=whole)
    made.faults.sort(key=lambda fault: (fault.sheet, fault.row))
    return made


def _add(
    made: ImportPlan, record: RegisterRecord, raw: Raw, *, existing: System | None, today: dt.date | None, whole: bool
) -> None:
    """Adds what one row would do; of a row that is not whole only what else is wrong with it."""
    if existing is not None and existing.kind != "declared":
        made.notes.append(
            f"sheet '{record.sheet}', row {record.row}: '{existing.id}' is measured; its own file says what it is, "
            "and is left alone"
        )
        return
    before = _written(existing) if existing else {}
    after = _merged(before, raw)
    faults = list(_contradictions(record, after, today)) if {"status", "risk"} <= after.keys() else []
    made.faults += faults
    if faults or not whole or not after.keys() >= NEEDED:
        return
    try:
        system = System.model_validate(after)
    except ValidationError as error:
        made.faults.append(record.fault(explain(error, System)))
        return
    told = tuple(_differences(before, _written(system))) if existing else ()
    if existing is not None and not told:
        made.unchanged.append(system.id)
    else:
        made.changes.append(SystemChange(system=system, raw=_written(system), new=existing is None, told=told))


def _contradictions(record: RegisterRecord, raw: Raw, today: dt.date | None) -> Iterator[CellFault]:
    """What cannot be true together, at the column that says it."""
    zone = ZoneInfo(raw.get("timezone", "Europe/Paris"))
    try:
        dates = Dates.model_validate(raw.get("dates") or {})
        assessments = {
            key: Assessment.model_validate(raw[key]) if raw.get(key) else None for key in ("impact_assessment", "fria")
        }
    except ValidationError:
        yield from _bad_assessments(record, raw)
        return
    found = contradictions(
        status=raw["status"],
        risk=raw["risk"],
        dates=dates,
        **assessments,
        today=today or dt.datetime.now(zone).date(),
    )
    for item in found:
        path = tuple(item.key.split("."))
        step = f": {UNBLOCK}" if item.next_step else ""
        yield record.fault(item.why + step, *(path if len(path) > 1 else (path[0], "done_on")))


def _bad_assessments(record: RegisterRecord, raw: Raw) -> Iterator[CellFault]:
    for key in ("impact_assessment", "fria"):
        try:
            Assessment.model_validate(raw.get(key) or {"not_required": "none given"})
        except ValidationError:
            yield record.fault("give either its date or the reason why none is required", key, "done_on")


class _Names:
    """Ids for rows: the one given, else that of the system of the same name, else one made from the name."""

    def __init__(self, systems: Mapping[str, System]) -> None:
        self.taken: dict[str, RegisterRecord | None] = {}
        self.existing = set(systems)
        self.by_name = {plain(name): s.id for s in systems.values() for name in s.title.values()}
        self.named: dict[str, RegisterRecord] = {}

    def claim(self, record: RegisterRecord, faults: list[CellFault]) -> str | None:
        """The id of a row; None where it has none, or where another row has the same name or id (a fault)."""
        name = str(record.values.get(("title", "fr")) or record.values.get(("title", "en")) or "")
        given = record.values.get(("id",))
        if not name:
            return None
        if (twin := self.named.get(plain(name))) and plain(name):
            faults.append(record.fault(f"'{name[:60]}' is also row {twin.row} of sheet '{twin.sheet}'", "title"))
            return None
        self.named[plain(name)] = record
        found = str(given or self.by_name.get(plain(name)) or self._made(name))
        if (other := self.taken.get(found)) is not None:
            faults.append(record.fault(f"the id '{found}' is also that of row {other.row}", "id"))
            return None
        self.taken[found] = record
        return found

    def _made(self, name: str) -> str:
        base = identifier_of(name, start="use")
        for number in range(1, 100_000):
            tail = "" if number == 1 else f"_{number}"
            made = base[: 48 - len(tail)] + tail
            if made not in self.taken and made not in self.existing:
                return made
        raise AssertionError


def _raw(record: RegisterRecord, system_id: str) -> Raw:
    """A row as a system file holds it."""
    raw: Raw = {"id": system_id, "kind": "declared"}
    for path, value in record.values.items():
        if value is None:
            continue
        here = raw
        for key in path[:-1]:
            here = here.setdefault(key, {})
        here[path[-1]] = value
    return raw | {"id": system_id}


def _written(system: System) -> Raw:
    """A system as its file holds it, without what it leaves to the defaults."""
    raw: Raw = system.model_dump(mode="python", by_alias=True, exclude_unset=True, exclude_none=True)
    return raw


def _merged(before: Raw, after: Raw) -> Raw:
    """What the file said, and what the register says where it says something: an empty cell erases nothing.

    An assessment that is done takes the place of the reason why none was required, and the other way round.
    """
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


WAIT_SECONDS = 60


def carry_out(plan: ImportPlan, folder: Path) -> None:
    """Writes the new and amended systems of a plan without faults into the folder of system files.

    Everything is written beside first, then moved into place; when one cannot be moved, those before are put back.

    Raises SystemFileError when a file appeared meanwhile, or the disk refuses.
    """
    if plan.faults:
        raise ValueError("a plan with faults is not carried out")
    private_files.make_folder(folder)
    try:
        with FileLock(folder / ".import.lock", timeout=WAIT_SECONDS, mode=private_files.FILE):
            _write(plan, folder)
    except Timeout as error:
        raise SystemFileError(
            "another import has been writing for a minute.", where=str(folder), next_step="Wait, then try again."
        ) from error


def _write(plan: ImportPlan, folder: Path) -> None:
    targets = [(folder / f"{change.system.id}.yaml", change) for change in plan.changes]
    for target, change in targets:
        if change.new and target.exists():
            raise SystemFileError(
                "this file appeared while the register was read.", where=str(target), next_step="Import again."
            )
    before = {target: target.read_bytes() for target, _ in targets if target.exists()}
    beside = {target: target.with_suffix(".new") for target, _ in targets}
    done: list[Path] = []
    try:
        for target, change in targets:
            text = yaml.dump(change.raw, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True, width=120)
            private_files.write(beside[target], text)
        for target, _ in targets:
            beside[target].replace(target)
            done.append(target)
    except OSError as error:
        _put_back(done, before)
        raise SystemFileError(
            f"nothing was imported: {error.strerror or error}.", where=str(folder), next_step="Mend that and try again."
        ) from error
    finally:
        for path in beside.values():
            path.unlink(missing_ok=True)


def _put_back(done: list[Path], before: dict[Path, bytes]) -> None:
    for target in done:
        if target in before:
            private_files.write(target, before[target])
        else:
            target.unlink(missing_ok=True)
