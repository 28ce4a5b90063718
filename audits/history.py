"""What came to a lake since an audit: files, outcomes, runs set aside, sensitive values joined anew."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import duckdb

from boussole.audits.systems.logs import LOG_TYPES
from boussole.audits.systems.model import System

NAMES = {"decisions": "decisions", "outcomes": "outcomes", "human_actions": "human decisions"}


@dataclass(frozen=True, kw_only=True)
class Arrivals:
    """What a lake notes of a system: files (batch, log, moment), moments of exclusions, a mark of joined values."""

    files: tuple[tuple[int, str, dt.datetime], ...]
    exclusions: tuple[dt.datetime, ...]
    joined: str | None


@dataclass(frozen=True, kw_only=True)
class ChangesSince:
    """What came since, in words, and whether it can change decisions or only what is known of them."""

    told: tuple[str, ...]
    of_decisions: bool
    of_later: bool

    def explains(self, *, decisions_differ: bool) -> bool:
        """Whether what came since the audit can be why counts differ."""
        return self.of_decisions or (self.of_later and not decisions_differ)


def arrivals(connection: duckdb.DuckDBPyConnection, system: System) -> Arrivals:
    """What the attached lake notes of a system."""

    def rows(query: str) -> list[tuple[Any, ...]]:
        return connection.execute(query, [system.id]).fetchall()

    marks = rows("SELECT mark FROM lake.main.marks WHERE system = ? AND source = 'sensitive'")
    return Arrivals(
        files=tuple(rows('SELECT batch, log, "at" FROM lake.main.ingested WHERE system = ? AND accepted > 0')),
        exclusions=tuple(at for (at,) in rows('SELECT "at" FROM lake.main.exclusions WHERE system = ?')),
        joined=str(marks[0][0]) if marks else None,
    )


def arrived_since(now: Arrivals, then: Arrivals | None, *, at: dt.datetime) -> ChangesSince:
    """What is new between two states; where the earlier one was forgotten, since a moment (UTC, in whole seconds)."""
    if then is not None:
        known = {batch for batch, _, _ in then.files}
        files = [log for batch, log, _ in now.files if batch not in known]
        excluded, joined = len(now.exclusions) - len(then.exclusions), now.joined != then.joined
    else:
        files = [log for _, log, moment in now.files if moment >= at]
        excluded, joined = sum(moment >= at for moment in now.exclusions), False
    told = [f"{files.count(log)} file(s) of {name}" for log, name in NAMES.items() if log in files]
    told += [f"{excluded} run(s) excluded or taken back"] if excluded else []
    told += ["another file of sensitive values"] if joined else []
    return ChangesSince(
        told=tuple(told),
        of_decisions=bool("decisions" in files or excluded or joined),
        of_later=any(each.of_decisions and each.name in files for each in LOG_TYPES.values()),
    )
