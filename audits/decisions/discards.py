"""Rows set aside that somebody left out for good: they wait no longer, and stay told beside every figure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from boussole.audits.decisions.quarantine import WAITING
from boussole.audits.errors import NoLakeError, SourceError
from boussole.audits.lake import reading, writing
from boussole.audits.lake.tables import create_system, literal, one, table
from boussole.audits.log_names import LogName
from boussole.audits.systems.model import System
from boussole.audits.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class RowSelection:
    """The rows of a log of one column, one reason, one source or some numbers; all of them where none is given."""

    column: str | None = None
    because: str | None = None
    origin: str | None = None
    rows: Sequence[int] = ()

    def words(self) -> str:
        """Describe the selection in one line."""
        said = [f"{name} '{value}'" for name, value in (("column", self.column), ("reason", self.because)) if value]
        said += [f"file '{self.origin}'"] if self.origin else []
        said += [f"row {', '.join(map(str, self.rows))}"] if self.rows else []
        return ", ".join(said) or "all"

    def condition(self) -> str:
        """SQL: whether a row of the quarantine is one of them."""
        parts = [f"{name} = {literal(v)}" for name, v in (('"column"', self.column), ("reason", self.because)) if v]
        if self.origin:
            parts.append(f"batch IN (SELECT batch FROM lake.main.ingested WHERE origin = {literal(self.origin)})")
        if self.rows:
            parts.append(f"row IN ({', '.join(str(int(row)) for row in self.rows)})")
        return " AND ".join(parts) or "true"


@dataclass(frozen=True, kw_only=True)
class Discard:
    """What was decided of rows set aside: which and how many, why, in which role, when (UTC)."""

    system: str
    log: LogName
    chosen: str
    rows: int
    reason: str
    role: str
    at: dt.datetime


def discard(
    workspace: Workspace, system: System, chosen: RowSelection, *, reason: str, role: str, log: LogName = "decisions"
) -> Discard:
    """Leave rows that are set aside out for good, in one transaction; a later correction still brings them in.

    Raises SourceError without a reason or a role, and when nothing that is set aside is chosen.
    """
    if not reason.strip() or not role.strip():
        raise SourceError("a reason and a role are needed.", next_step="Give --reason and --role in words.")
    with writing(workspace) as connection:
        create_system(connection, system)
        target = table(system, "quarantine")
        meant = f"log = {literal(log)} AND {WAITING} AND {chosen.condition()}"
        rows = one(connection, f"SELECT count(*) FROM {target} WHERE {meant}")
        if rows == 0:
            raise SourceError(
                f"nothing of the log `{log}` of the system '{system.id}' is set aside that was chosen "
                f"({chosen.words()}).",
                next_step="See `boussole quarantine list`.",
            )
        connection.execute(f"UPDATE {target} SET discarded = (SELECT n FROM lake.main.turn) WHERE {meant}")
        made = Discard(
            system=system.id,
            log=log,
            chosen=chosen.words(),
            rows=rows,
            reason=reason.strip(),
            role=role.strip(),
            at=dt.datetime.now(dt.UTC).replace(tzinfo=None),
        )
        connection.execute(
            "INSERT INTO lake.main.discards SELECT ?, ?, ?, ?, ?, ?, ?, n FROM lake.main.turn",
            list(vars(made).values()),
        )
        return made


def discards(workspace: Workspace) -> list[Discard]:
    """Everything that was ever discarded, oldest first."""
    try:
        with reading(workspace) as connection:
            return discards_in(connection)
    except NoLakeError:
        return []


def discards_in(connection: duckdb.DuckDBPyConnection) -> list[Discard]:
    """Everything that was ever discarded, oldest first, from a lake that is open."""
    found = connection.execute("SELECT * EXCLUDE (turn) FROM lake.main.discards ORDER BY turn").fetchall()
    names = ("system", "log", "chosen", "rows", "reason", "role", "at")
    return [Discard(**dict(zip(names, row, strict=True))) for row in found]
