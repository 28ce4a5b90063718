"""The contract of a log that a section of the system file declares, as its descriptor says how each column is read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from boussole.audits.decisions.contracts.base import Contract, Needs, day_of
from boussole.audits.decisions.contracts.columns import ColumnReader
from boussole.audits.lake import clocks
from boussole.audits.log_names import LogName
from boussole.audits.privacy.pseudonyms import bucket, pseudonym
from boussole.audits.reasons import Reason
from boussole.audits.systems.logs import LOG_TYPES
from boussole.audits.systems.logs.log_type import TEXTS, How, KeyReading, LogSection
from boussole.audits.systems.model import System


def needs(system: System, log: LogName) -> Needs:
    """The columns that must be there, and those that are read where they are there."""
    part, kind = _part(system, log), LOG_TYPES[log]
    return Needs.of(kind.columns(part, needed=True), kind.columns(part, needed=False))


def contract(system: System, log: LogName, types: Mapping[str, str], *, now: dt.datetime) -> Contract:
    """The contract of a source whose columns have these DuckDB types."""
    part, kind = _part(system, log), LOG_TYPES[log]
    made = Contract(system, log, ColumnReader(types), getattr(part, kind.identity[0]))
    for read in kind.reads:
        column: str | None = getattr(part, read.role)
        if column and (kind.needs(read) or made.has(column)):
            _read(made, read, column, now=now)
    for role, (note, condition) in kind.noted(part).items():
        told: str = getattr(part, role)
        if made.has(told):
            made.note(condition(made.read.text(told)), told, note)
    _derive(made, part, today=now.date())
    if len(kind.identity) > 1:
        # From the clear person, like every other pseudonym: a rotation of keys takes the stored ones along.
        reads = {read.role: read for read in kind.reads}
        clear = [
            _text(made, reads[role], column, needed=kind.needs(reads[role])) + _twice(made, role)
            for role in kind.identity
            if made.has(column := getattr(part, role))
        ]
        made.identity = " || chr(2) || ".join(clear)
        made.select["id"] = pseudonym(made.identity)
    if "day" in kind.table:
        made.select["day"] = day_of(made.select[kind.moment])
    return made.complete()


def _part(system: System, log: LogName) -> LogSection:
    part = system.section(log)
    assert part is not None  # noqa: S101 (its log is declared)
    return part


def _read(made: Contract, read: KeyReading, column: str, *, now: dt.datetime) -> None:
    """Reads a column into its role, with the faults that its cells can have."""
    if read.missing:
        made.fault(made.read.absent(column), column, read.missing)
    if read.how == "id":
        made.identify([column])
    elif read.how in ("moment", "day"):
        _moment(made, read, column, now=now)
    else:
        _READ[read.how](made, read.role, column)


def _moment(made: Contract, read: KeyReading, column: str, *, now: dt.datetime) -> None:
    local = made.moment(read.role, column, now=now, required=made.kind.needs(read), to_come=read.to_come)
    if read.not_before:
        other, reason = read.not_before
        made.not_before(read.role, other, column, reason)
    if read.how == "day":
        made.select[read.role] = day_of(local)


def _person(made: Contract, role: str, column: str) -> None:
    made.key(role, column, Reason[f"{role.upper()}_MISSING"])
    made.select["bucket"] = bucket(made.read.text(column))


def _identifier(made: Contract, role: str, column: str) -> None:
    made.select[role] = made.identifier(column)


def _keyed(made: Contract, role: str, column: str) -> None:
    _person(made, role, column)
    made.select[role] = pseudonym(made.read.text(column))


def _agent(made: Contract, role: str, column: str) -> None:
    made.select[role] = pseudonym(made.read.text(column))


def _team(made: Contract, role: str, column: str) -> None:
    _identifier(made, role, column)
    made.select["bucket"] = bucket(made.read.text(column))


def _sealed(made: Contract, role: str, column: str) -> None:
    made.select[role] = f"seal_text({made.read.text(column)})"


def _looked_at(made: Contract, role: str, column: str) -> None:
    """Look at a text of which only the findings are stored (`_derive`)."""
    del made, role, column


_READ: Mapping[How, Callable[[Contract, str, str], None]] = {
    "person": _person,
    "keyed": _keyed,
    "agent": _agent,
    "team": _team,
    "identifier": _identifier,
    "words": Contract.words,
    "band": Contract.band,
    "number": Contract.number,
    "whole": Contract.whole,
    "sealed": _sealed,
    "looked_at": _looked_at,
}


def _derive(made: Contract, part: LogSection, *, today: dt.date) -> None:
    """Columns that are made of texts; a text that a system does not keep, or keeps no longer, is not stored."""
    if made.kind.derive is None:
        return
    columns = {read.role: getattr(part, read.role) for read in made.kind.reads if read.how in TEXTS}
    clear = {role: made.read.text(column) for role, column in columns.items() if made.has(column)}
    made.select |= made.kind.derive(part, clear, made.select)
    if not made.kind.keeps(part):
        made.select |= dict.fromkeys(columns, "CAST(NULL AS BLOB)")
    elif first := made.kind.texts_before(part, today):
        recent = f"{day_of(made.select[made.kind.moment])} >= DATE '{first}'"
        held = [role for role in made.kind.texts if role in clear]
        made.select |= {role: f"CASE WHEN {recent} THEN {made.select[role]} END" for role in held}


def _twice(made: Contract, role: str) -> str:
    """SQL, to be added to a moment: that it is the second of two equal hours."""
    code = made.moments[role].code if role in made.moments else "0"
    return "" if code == "0" else f" || CASE WHEN {code} = {clocks.SECOND} THEN ' +' ELSE '' END"


def _text(made: Contract, read: KeyReading, column: str, *, needed: bool) -> str:
    """SQL: what a cell says, in clear; a cell that may be empty is then an empty text."""
    told = f"CAST({made.select[read.role]} AS VARCHAR)" if read.how == "moment" else made.read.text(column)
    return told if needed else f"coalesce({told}, '')"
