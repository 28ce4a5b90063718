"""The contract of a log that a section of the system file declares, as its descriptor says how each column is read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from boussole.audits.decisions.contracts.columns import ColumnReader
from boussole.audits.decisions.report import ChangeKind
from boussole.audits.lake import clocks
from boussole.audits.lake.clocks import Moment
from boussole.audits.lake.rows import log_columns
from boussole.audits.lake.tables import literal, quote
from boussole.audits.log_names import LogName
from boussole.audits.privacy.pseudonyms import bucket, pseudonym
from boussole.audits.reasons import Reason, Told
from boussole.audits.systems.logs import LOG_TYPES
from boussole.audits.systems.logs.log_type import TEXTS, How, KeyReading, LogSection, LogType
from boussole.audits.systems.model import System

EARLIEST = dt.date(1990, 1, 1)
AHEAD_DAYS = 366
"""So long may what is to come still lie ahead."""
IDENTITY = 32
"""Hexadecimal digits of the hash of a source that stand before the number of a row: 128 bits."""
VALUE_LENGTH, TEXT_LENGTH = 1_000, 1_000_000
"""The most characters of a value, such as an id or a category, and of a free text."""
ROW = "row"
"""What stands in place of a column where a decision is known by its row."""


@dataclass(frozen=True)
class Needs:
    """Columns of a source: those that must be there, and those that are read where they are there."""

    needed: tuple[str, ...]
    optional: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    """Read where they are there too; nobody misses them."""
    every: bool = False
    """Whether all other columns are read as well: to look at a source that no system file describes yet."""

    @classmethod
    def of(
        cls,
        needed: Sequence[str | None],
        optional: Sequence[str | None] = (),
        beside: Sequence[str | None] = (),
    ) -> Needs:
        """The columns that a contract reads, each once; a needed one is not optional."""
        must = tuple(dict.fromkeys(name for name in needed if name))
        may = tuple(dict.fromkeys(name for name in optional if name and name not in must))
        return cls(must, may, tuple(dict.fromkeys(name for name in beside if name and name not in {*must, *may})))

    @property
    def wherever(self) -> tuple[str, ...]:
        """The columns that are read only where they are there."""
        return (*self.optional, *self.beside)


@dataclass
class Contract:
    """The contract of one log of one system, as SQL.

    `identity`: what identifies a row, in clear; `select`: an expression for each column of the lake's table; `faults`:
    tested in order, as (SQL condition, column, reason, show the value); `rows`: what one source row gives, each as
    (overrides of `select`, condition); `texts`: texts of several columns whose keyed hash is stored.
    """

    system: System
    log: LogName
    read: ColumnReader
    id_column: str
    identity: str = ""
    select: dict[str, str] = field(default_factory=dict)
    faults: list[tuple[str, str, Reason | Told, bool]] = field(default_factory=list)
    rows: list[tuple[Mapping[str, str], str]] = field(default_factory=lambda: [({}, "true")])
    texts: list[str] = field(default_factory=list)
    notes: list[tuple[str, str, ChangeKind]] = field(default_factory=list)
    """What is told of good rows: SQL of which rows, the column, and the kind of the note."""
    moments: dict[str, Moment] = field(default_factory=dict)
    """SQL of the moments that are read, by their role."""
    derived: tuple[dict[str, str], dict[str, str]] = field(default_factory=lambda: ({}, {}))
    """Columns that are worked out of each row once, as SQL by their name; the second ones of the first."""

    @property
    def kind(self) -> LogType:
        """The descriptor of the log."""
        return LOG_TYPES[self.log]

    def fault(self, condition: str, column: str, reason: Reason | Told, *, show: bool = False) -> None:
        self.faults.append((condition, column, reason, show))

    def note(self, condition: str, column: str, kind: ChangeKind) -> None:
        self.notes.append((condition, column, kind))

    def has(self, column: str | None) -> bool:
        """Whether the source has this column."""
        return column is not None and column in self.read.types

    def identifier(self, column: str) -> str:
        """The text of an identifier, as a pseudonym where the system file says so."""
        text = self.read.text(column)
        return pseudonym(text) if column in self.system.privacy.pseudonymise else text

    def mark(self) -> str:
        """SQL: the keyed hash of a row's id, whether the log stores that id in clear or not."""
        return pseudonym(self.identity)

    def key(self, role: str, column: str, missing: Reason) -> None:
        """SQL of an identifier that must be there."""
        self.fault(self.read.blank(column), column, missing)
        self.select[role] = self.identifier(column)

    def identify(self, columns: Sequence[str], *, content: str = "") -> None:
        """The id of a row: of one column, of several together, or of the content of its source and its row."""
        for column in columns:
            self.fault(self.read.blank(column), column, Reason.ID_MISSING)
        texts = ", ".join(self.read.text(column) for column in columns)
        if columns:
            self.identity = texts if len(columns) == 1 else f"CAST(to_json([{texts}]) AS VARCHAR)"
        else:
            self.identity = f"concat({literal(content[:IDENTITY])}, ':', row)"
        private = set(columns) & set(self.system.privacy.pseudonymise)
        self.select["id"] = pseudonym(self.identity) if private or self.kind.hashed else self.identity

    def moment(self, role: str, column: str, *, now: dt.datetime, required: bool = True, to_come: bool = False) -> str:
        """Return SQL of a local time that exists, neither before 1990 nor in the future unless it may be `to_come`."""
        moment = self._moment(column)
        self.moments[role], self.select[role] = moment, moment.local
        local = moment.local
        absent = self.read.absent(column)
        if required:
            self.fault(absent, column, Reason.DATE_MISSING)
        given = "" if required else f" AND NOT {absent}"
        self.fault(f"({local}) IS NULL{given}", column, Reason.NO_DATE)
        latest = now + dt.timedelta(days=AHEAD_DAYS if to_come else 1)
        outside = f"({local}) < DATE '{EARLIEST}' OR ({local}) > TIMESTAMP '{latest:%Y-%m-%d %H:%M:%S}'"
        self.fault(f"coalesce({outside}, false)", column, Reason.OUT_OF_TIME.told(year=EARLIEST.year))
        if self.read.tells_offset(column) != "true":
            self.fault(clocks.skipped(local, self.system.timezone), column, Reason.NO_SUCH_HOUR, show=True)
        return local

    def look_at(self, column: str) -> Moment:
        """A moment that is held to others and not stored: what is no date says nothing."""
        return self._moment(column)

    def _moment(self, column: str) -> Moment:
        """A moment of each row, worked out once; which of two equal hours it is where it tells its offset."""
        zone, read = self.system.timezone, self.read
        local, twice = quote(f"{column}:local"), quote(f"{column}:twice")
        self.derived[0][local] = read.moment(column, zone)
        repeated = clocks.twice(local, zone)
        if repeated == "false":
            return Moment(local, repeated)
        self.derived[1][twice] = repeated
        offset = read.tells_offset(column)
        if offset != "true":
            self.note(f"{twice} AND NOT {offset}", column, "hour_twice")
        code = clocks.said(local, read.with_offset(column), zone, repeated=f"{twice} AND {offset}")
        return Moment(local, twice, "0" if offset == "false" else code)

    def over(self, relation: str) -> str:
        """SQL: the rows of a source with what is worked out of each of them."""
        for columns in self.derived:
            if columns:
                listed = ", ".join(f"{sql} AS {name}" for name, sql in columns.items())
                relation = f"(SELECT *, {listed} FROM {relation})"
        return relation

    def not_before(self, role: str, other: str, column: str, reason: Reason) -> None:
        """Require that a moment does not come before another one of its row."""
        mine, before = self.moments[role], self.moments[other]
        self.fault(clocks.surely_before(mine, before), column, reason)
        same = clocks.same_hours(mine, before)
        if same != "false":
            later = f"({before.code} = {clocks.SECOND} OR {mine.local} < {before.local})"
            code = f"CASE WHEN {same} AND {mine.code} = 0 AND {later} THEN {clocks.SECOND} ELSE {mine.code} END"
            self.moments[role] = replace(mine, code=code)

    def number(self, role: str, column: str) -> None:
        """SQL of a finite number, or NULL."""
        self.select[role] = self.read.number(column)
        self.fault(self.read.no_number(column), column, Reason.NO_NUMBER)
        self.fault(self.read.not_finite(column), column, Reason.NOT_FINITE)

    def within(self, column: str, limits: tuple[float, float] | None) -> None:
        """A finite number between two, both included, or nothing, where the system file says so."""
        if limits:
            low, high = limits
            outside = f"coalesce(NOT ({self.read.number(column)} BETWEEN {low!r} AND {high!r}), false)"
            self.fault(outside, column, Reason.OUT_OF_RANGE.told(low=f"{low:.15g}", high=f"{high:.15g}"))

    def whole(self, role: str, column: str) -> None:
        """SQL of a whole number of 0 or more, or NULL."""
        self.number(role, column)
        value = self.read.double(column)
        self.fault(f"coalesce({value} < 0 OR {value} <> floor({value}), false)", column, Reason.NOT_WHOLE)

    def words(self, role: str, column: str) -> None:
        """SQL of a short text, such as a category or a version."""
        self.select[role] = self.read.text(column)
        self.no_formula(column)

    def band(self, role: str, column: str) -> None:
        """SQL of a range of ages as a short text, or NULL."""
        self.words(role, column)
        exact = f"regexp_full_match({self.read.text(column)}, '[0-9]+([.,][0-9]*)?')"
        self.fault(f"coalesce({exact}, false)", column, Reason.EXACT_AGE)

    def within_length(self, columns: Sequence[str], limit: int) -> None:
        """Texts of at most so many characters; what is longer is told by its length."""
        for column in columns:
            too_long = self.read.longer(column, limit) if self.has(column) else "false"
            if too_long != "false":
                self.fault(too_long, column, Reason.TOO_LONG.told(limit=f"{limit:,}"), show=True)

    def no_formula(self, column: str) -> None:
        if self.read.is_text(column):
            self.fault(self.read.formula(column), column, Reason.FORMULA)

    def complete(self) -> Contract:
        """Fills every column of the lake's table that nothing was read into."""
        kinds = log_columns(self.system, self.log)
        if again := self._again():
            self.select[clocks.AGAIN] = again
        self.select = {
            name: self.select.get(name, f"CAST(NULL AS {kind})")
            for name, kind in kinds.items()
            if name not in ("batch", "row")
        }
        return self

    def _again(self) -> str:
        """SQL: which of two equal hours the moments of a row are, two bits for each; NULL where none is told."""
        places = clocks.moments_of(self.log)
        told = {place: self.moments[role].code for place, role in enumerate(places) if role in self.moments}
        parts = [f"(({code}) << {2 * place})" for place, code in told.items() if code != "0"]
        return f"CAST(nullif({' + '.join(parts)}, 0) AS UTINYINT)" if parts else ""

    def insertion(self, relation: str, batch: int, good: str) -> str:
        """SQL: the rows of the lake's table that a relation of source rows gives."""
        parts = []
        for overrides, condition in self.rows:
            roles = {**self.select, **overrides}
            listed = ", ".join(f"{expression} AS {quote(name)}" for name, expression in roles.items())
            parts.append(f"SELECT {batch} AS batch, row, {listed} FROM {relation} WHERE {condition}{good}")
        return " UNION ALL ".join(parts)


def day_of(local: str) -> str:
    """SQL: the day of a local time."""
    return f"CAST({local} AS DATE)"


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
