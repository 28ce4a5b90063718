"""Measures that somebody else computed and logged with a run: kept as they were declared, never recomputed."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boussole.audits.errors import NoLakeError
from boussole.audits.lake import reading, writing
from boussole.audits.systems.model import System
from boussole.audits.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class DeclaredValue:
    """One declared value: of which run and file, of which group ({} is everybody), over how many people."""

    run: str
    file: str
    logged_at: dt.datetime
    kind: str
    groups: Mapping[str, str]
    metric: str
    value: float | None
    count: int | None


def store_declared(
    workspace: Workspace, system: System, files: Sequence[tuple[str, str]], rows: Sequence[DeclaredValue]
) -> None:
    """Stores the values of some files, each (run, file), in place of what was stored of them."""
    stored = [
        [system.id, r.run, r.file, r.logged_at, r.kind, json.dumps(dict(r.groups)), r.metric, r.value, r.count]
        for r in rows
    ]
    with writing(workspace) as connection:
        connection.executemany(
            "DELETE FROM lake.main.declared WHERE system = ? AND run = ? AND file = ?",
            [[system.id, run, file] for run, file in files],
        )
        if stored:
            connection.executemany("INSERT INTO lake.main.declared VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", stored)


def declared_values(workspace: Workspace, system: System) -> list[DeclaredValue]:
    """All declared values of a system, oldest run first, in the order of their files."""
    try:
        with reading(workspace) as connection:
            rows = connection.execute(
                'SELECT run, file, logged_at, kind, "groups", metric, value, "count" FROM lake.main.declared '
                "WHERE system = ? ORDER BY logged_at, run, file, rowid",
                [system.id],
            ).fetchall()
    except NoLakeError:
        return []
    names = ("run", "file", "logged_at", "kind", "groups", "metric", "value", "count")
    found = [dict(zip(names, row, strict=True)) for row in rows]
    return [DeclaredValue(**{**item, "groups": json.loads(item["groups"])}) for item in found]
