"""What a log type is: all that sets one log apart from another, which everything generic reads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from boussole.audits.log_names import LogName
from boussole.audits.reasons import Reason
from boussole.audits.systems.kinds import Strict, Texts
from boussole.audits.systems.parts import Columns

How = Literal[
    "id", "person", "keyed", "agent", "team", "identifier", "moment", "day", "words", "band", "number", "whole",
    "sealed", "looked_at",
]  # fmt: skip
"""How a column is read: `id`, `person` and `keyed` (always a pseudonym) must be there, `agent` is always
a pseudonym too and may be empty, `identifier` is a pseudonym
where the system file says so, and `team` too, with a bucket; `band` is a range of ages and never an age, `whole` a
whole number of 0 or more, `sealed` a text that is encrypted, `looked_at` one that is not stored at all: of both,
`derive` says what is kept of what they hold."""
NoteKind = Literal["unknown_department", "unread_value"]
"""What is told of words that come in and are read as not known."""
IDENTIFYING: tuple[How, ...] = ("id", "person", "team", "identifier")
IN_CLEAR: tuple[How, ...] = ("words", "band")
TEXTS: tuple[How, ...] = ("sealed", "looked_at")
"""Free texts."""


class Follow(StrEnum):
    """What a new batch makes to be brought in line."""

    CUBES = "cubes"  # it is counted
    DECISIONS = "decisions"  # the decisions that it speaks of, and the counts of their months
    RENEWED = "renewed"  # one cell of rows that the log holds: what was not known when they came
    NOTHING = "nothing"


class Retention(StrEnum):
    """When a row leaves with a purge."""

    DAY = "day"  # its own day is old enough
    DECISION = "decision"  # its decision leaves; without one, by its own date or that of its arrival
    KEPT = "kept"  # it is about nobody: it stays


class LogSection(Strict):
    """The part of a system file that declares a log: each key names the source's column of a column of the lake."""


@dataclass(frozen=True)
class KeyReading:
    """A key of a section, and how its column is read.

    `missing`: the fault of an empty cell; `not_before`: another moment that must not come later, with its fault;
    `to_come`: whether a moment may still lie ahead.
    """

    role: str
    how: How
    missing: Reason | None = None
    not_before: tuple[str, Reason] | None = None
    to_come: bool = False


@dataclass(frozen=True, kw_only=True)
class LogType:
    """One type of log: its contract is `section` with `reads`, or follows from the declared `columns` of decisions."""

    name: LogName
    title: Texts
    """What its rows are, inside a sentence."""
    noun: str
    """The same on the command line, after a number."""
    row: str
    """What one row stands for, and in `told` its columns: for whoever writes such a log."""
    told: str
    declare: str
    """What a system file needs to have this log."""
    table: Mapping[str, str]
    """The columns of its table in the lake and their kinds; that of decisions has more (`decision_columns`)."""
    moment: str
    """The column that says when the thing in a row happened."""
    section: type[LogSection] | None = None
    declared: Callable[[Columns], bool] | None = None
    reads: tuple[KeyReading, ...] = ()
    identity: tuple[str, ...] = ("id",)
    """What makes a row the same one. Several columns are hashed together under a key."""
    hashed: bool = False
    """Whether the id is stored as a keyed hash, whatever the system file says."""
    once: bool = True
    """Whether an id stands once in the log; else the newest row of an id counts, and `says` is what it says."""
    says: tuple[str, ...] = ()
    compared: Literal["always", "files", "never"] = "always"
    """Which rows with an id that the log holds are held to it in all columns: of every source, of all but tables that
    are read again and again, or none."""
    retention: Retention = Retention.DAY
    follow: Follow = Follow.NOTHING
    renewed: tuple[str, str] | None = None
    """The column that a later source may fill in, and what its cells are, in the plural."""
    keyed: tuple[str, ...] = ()
    """Columns that are always keyed hashes, beside its id where that is one."""
    derive: Callable[[LogSection, Mapping[str, str], Mapping[str, str]], Mapping[str, str]] | None = None
    """SQL of columns that are made of texts as these come in: of its section, of its texts in clear by role, and of the
    columns that are read."""
    noted: Callable[[LogSection], Mapping[str, tuple[NoteKind, Callable[[str], str]]]] = lambda _: {}
    """Words that are told as they come in, by role: the kind of the note, and which, as SQL made of SQL of a cell."""
    keeps: Callable[[LogSection], bool] = lambda _: True
    """Whether a section lets free texts be stored."""
    kept_for: Callable[[LogSection], int | None] = lambda _: None
    """Days after which a stored text leaves before its row does, by its section; None: with its row."""
    cube: Mapping[str, str] = field(default_factory=dict)
    """The columns of what is counted of it by itself, beside the decisions (`cube_of`); none where nothing is."""

    @property
    def of_decisions(self) -> bool:
        """Whether it says more of decisions that are there."""
        return self.follow is Follow.DECISIONS

    @property
    def counted(self) -> bool:
        """Whether figures rest on it."""
        return self.follow in (Follow.CUBES, Follow.DECISIONS)

    @property
    def news_again(self) -> bool:
        """Whether the same words from another source can be news again."""
        return self.follow in (Follow.DECISIONS, Follow.RENEWED)

    def columns(self, part: LogSection, *, needed: bool) -> list[str]:
        """The columns that a section names, in the order of its keys: those that must be there, or the others."""
        reads = {read.role: self.needs(read) for read in self.reads}
        must = {role for role, needed_ in reads.items() if needed_}
        found = {role: getattr(part, role) for role in type(part).model_fields if role in reads}
        return [column for role, column in found.items() if column and (role in must) == needed]

    def needs(self, read: KeyReading) -> bool:
        """Whether the column of a key must be there."""
        return read.how in ("id", "person", "keyed") or read.role == self.moment or bool(read.missing)

    def identifying(self, part: LogSection) -> dict[str, str]:
        """The columns that can identify somebody or a row, by their role."""
        return self._read_as(IDENTIFYING, part)

    def unstored(self, part: LogSection) -> set[str]:
        """The columns of texts that are looked at as they come in and are stored nowhere, not even set aside."""
        return {*self._read_as(TEXTS if not self.keeps(part) else ("looked_at",), part).values()}

    def texts_before(self, part: LogSection, today: dt.date) -> dt.date | None:
        """The first day of which the texts are still stored; None where they stay as long as their row."""
        days = self.kept_for(part)
        return None if days is None else today - dt.timedelta(days=days)

    @property
    def texts(self) -> tuple[str, ...]:
        """The columns of its table that hold encrypted texts."""
        return tuple(read.role for read in self.reads if read.how == "sealed")

    def in_clear(self, part: LogSection) -> dict[str, str]:
        """The columns whose words are stored as they are, by their role."""
        return self._read_as(IN_CLEAR, part)

    def free_texts(self, part: LogSection) -> dict[str, str]:
        """The columns of free texts, by their role."""
        return self._read_as(TEXTS, part)

    def _read_as(self, ways: tuple[How, ...], part: LogSection) -> dict[str, str]:
        found = {read.role: getattr(part, read.role) for read in self.reads if read.how in ways}
        return {role: column for role, column in found.items() if column}
