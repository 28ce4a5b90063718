"""The contract of a log as SQL: each column is read into its role, each row gets its first fault or none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from boussole.audits.decisions.contracts.columns import ColumnReader
from boussole.audits.decisions.report import ChangeKind
from boussole.audits.lake import clocks
from boussole.audits.lake.clocks import Moment
from boussole.audits.lake.rows import log_columns
from boussole.audits.lake.tables import literal, quote
from boussole.audits.log_names import LogName
from boussole.audits.privacy.pseudonyms import pseudonym
from boussole.audits.reasons import Reason, Told
from boussole.audits.systems.logs import LOG_TYPES
from boussole.audits.systems.logs.log_type import LogType
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
