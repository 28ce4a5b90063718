"""The decisions of one version of a model: from the lake, from a run, from a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import duckdb
import pyarrow as pa

from boussole.audits.counts.read import outcome_sql
from boussole.audits.decisions import IngestReport
from boussole.audits.ephemeral import LogFile, bring_in, ephemeral, incoming_of, whole_log
from boussole.audits.errors import BoussoleError, nearest
from boussole.audits.lake import reading
from boussole.audits.lake.tables import exists, literal, quote, table
from boussole.audits.standing import WindowStanding, standing
from boussole.audits.systems.model import System
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace

Kind = Literal["version", "run", "file"]


@dataclass(frozen=True, kw_only=True)
class Side:
    """The decisions of one version: unit (a hash of the person, request or case), groups, decision, outcome, count."""

    kind: Kind
    name: str
    rows: pa.Table
    window: Window
    standing: WindowStanding
    reports: tuple[IngestReport, ...] = ()

    @property
    def decisions(self) -> int:
        return int(pa.compute.sum(self.rows["n"]).as_py())


@dataclass(frozen=True, kw_only=True)
class SideDays:
    """Which days are looked at, and the day from which outcomes are read (today if None)."""

    start: dt.date | None = None
    end: dt.date | None = None
    as_of: dt.date | None = None


def side_in_lake(workspace: Workspace, system: System, version: str, *, days: SideDays) -> Side:
    """Read the decisions of one model version in the lake.

    Raises BoussoleError when the system file names no column of versions, or the lake does not hold this one.
    """
    if system.log.model_version is None:
        raise BoussoleError(
            f"the file of the system '{system.id}' does not say which column holds the model version.",
            where=str(workspace.home / "systems" / f"{system.id}.yaml"),
            next_step="Declare `columns.model_version`, or compare runs or files.",
        )
    with reading(workspace) as connection:
        known = _versions(connection, system)
        if version not in known:
            hint = nearest(version, known) if known else "There is none yet."
            raise BoussoleError(
                f"there are no decisions of the version '{version}' of '{system.id}'. {hint}",
                next_step="Bring them in with `boussole sync` or `boussole import`.",
            )
        return _side(
            connection, system, days, kind="version", name=version, where=f"model_version = {literal(version)}"
        )


def side_of_files(
    system: System,
    files: Callable[[Path], Sequence[LogFile]],
    *,
    parent: Workspace,
    kind: Kind,
    name: str,
    days: SideDays,
) -> Side:
    """Read the decisions of files, which `files` fetches into a folder of a private workspace that is deleted."""
    alone = whole_log(system, home=parent.home)
    with ephemeral(alone, parent=parent) as workspace:
        reports = bring_in(workspace, alone, files(incoming_of(workspace)))
        with reading(workspace) as connection:
            return _side(connection, alone, days, kind=kind, name=name, where="true", reports=tuple(reports))


def _versions(connection: duckdb.DuckDBPyConnection, system: System) -> list[str]:
    if not exists(connection, system):
        return []
    query = f"SELECT DISTINCT model_version FROM {table(system, 'decisions')} WHERE model_version IS NOT NULL"
    return [str(row[0]) for row in connection.execute(query).fetchall()]


def _side(
    connection: duckdb.DuckDBPyConnection,
    system: System,
    days: SideDays,
    *,
    kind: Kind,
    name: str,
    where: str,
    reports: tuple[IngestReport, ...] = (),
) -> Side:
    """Reads the decisions of a side; alike decisions of one unit are counted together."""
    today = dt.datetime.now(system.zone).date()
    as_of = days.as_of or today
    limits = [where, f"day >= DATE '{days.start or dt.date.min}'", f"day <= DATE '{days.end or dt.date.max}'"]
    source = f"{table(system, 'decisions')} WHERE {' AND '.join(limits)}"
    first, last = connection.execute(f"SELECT min(day), max(day) FROM {source}").fetchall()[0]
    if first is None:
        raise BoussoleError(f"'{name}' has no decisions in these days.", next_step="Widen --from and --to.")
    window = Window(first, last)
    unit = "coalesce(person, request, id)" if system.cluster else "id"
    groups = ", ".join(quote(f"g_{group}") for group in system.groups)
    rows = connection.execute(
        f"SELECT hash({unit}) AS unit, bucket, decision, {outcome_sql(system, as_of)} AS outcome, "
        f"{groups + ', ' if groups else ''}CAST(sum(weight) AS BIGINT) AS n FROM {source} GROUP BY ALL"
    ).to_arrow_table()
    stands = standing(system, window, as_of=as_of, today=today)
    return Side(kind=kind, name=name, rows=rows, window=window, standing=stands, reports=reports)
