"""Counts of the texts of a month by purpose, outcome and place, outcomes only for `TEAM` agents or more."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

import duckdb

from boussole.audits.lake.tables import literal, table
from boussole.audits.systems.logs.calls import LONGEST, NO_NAME
from boussole.audits.systems.logs.generations import Generations, outcomes
from boussole.audits.systems.logs.human_actions import TEAM
from boussole.audits.systems.logs.texts import listed
from boussole.audits.systems.model import System
from boussole.audits.windows import Window

TASKS, PLACES = 8, 3
"""So many tasks, and places, are told by name at most; all others together."""


@dataclass(frozen=True, kw_only=True)
class TaskTexts:
    """The texts of one task (no name: of all others); `became`: how many went out as written, edited, or not."""

    task: str | None
    texts: int
    agents: int | None
    became: tuple[int, int, int] | None

    def told(self, limit: int) -> TaskTexts:
        """Return the texts without what became of them, where they are few, or those of few agents."""
        few = self.texts < limit or (self.agents is not None and self.agents < TEAM)
        return replace(self, became=None) if few else self


@dataclass(frozen=True, kw_only=True)
class WrittenTexts:
    """The texts of some days, by task, provider and place; `outcomes` and `ran`: whether the log holds these."""

    first: dt.date
    last: dt.date
    texts: int
    tasks: tuple[TaskTexts, ...]
    places: tuple[tuple[str, int], ...]
    outcomes: bool
    ran: bool


def written_texts(
    connection: duckdb.DuckDBPyConnection, system: System, *, within: Window | None = None
) -> WrittenTexts | None:
    """Return the texts of a window, or of the last month that the log holds; None where it holds none."""
    section, source, limit = system.generations, table(system, "generations"), system.privacy.suppress_below
    if section is None:
        return None
    days = f"day BETWEEN DATE '{within.start}' AND DATE '{within.end}'" if within else "true"
    found = connection.execute(f"SELECT max(day) FROM {source} WHERE {days}").fetchone()
    if found is None or found[0] is None:
        return None
    last: dt.date = within.end if within else found[0]
    first = within.start if within else last.replace(day=1)
    since = f"day BETWEEN DATE '{first}' AND DATE '{last}'"
    rows = f"FROM {source} WHERE {since}"
    tasks = _by_task(connection, section, rows)
    where = f"{_name('provider')} || ', ' || {_name('place')}"
    ran = connection.execute(
        f"SELECT {where} AS ran, count(*) AS n {rows} GROUP BY ran ORDER BY n DESC, ran"
    ).fetchall()
    named = [(str(name), int(n)) for name, n in ran if name is not None][:PLACES]
    return WrittenTexts(
        first=first,
        last=last,
        texts=sum(each.texts for each in tasks),
        tasks=named_tasks(tasks, limit) if section.use is not None else (),
        places=(*named, *_others(ran, named)),
        outcomes=section.outcome is not None,
        ran=section.place is not None,
    )


def _by_task(connection: duckdb.DuckDBPyConnection, section: Generations, rows: str) -> list[TaskTexts]:
    said = "lower(trim(outcome))"
    counts = ", ".join(f"count(*) FILTER ({said} IN ({listed(names)}))" for names in outcomes(section))
    agents = "count(DISTINCT agent)" if section.agent is not None else "NULL"
    found = connection.execute(
        f"SELECT {_name('use')} AS task, count(*) AS n, {agents}, {counts} {rows} GROUP BY task ORDER BY n DESC, task"
    ).fetchall()
    return [TaskTexts(task=task, texts=n, agents=by, became=tuple(became)) for task, n, by, *became in found]


def named_tasks(tasks: Sequence[TaskTexts], limit: int) -> tuple[TaskTexts, ...]:
    """The tasks that are told by name, then all others together."""
    named = [each for each in tasks if each.task is not None and each.texts >= limit][:TASKS]
    rest = [each for each in tasks if each not in named]
    told = tuple(each.told(limit) for each in named)
    if not rest:
        return told
    as_written, edited, discarded = (sum(of) for of in zip(*(each.became or () for each in rest), strict=True))
    agents = None if rest[0].agents is None else max(each.agents or 0 for each in rest)  # so many at least
    texts = sum(each.texts for each in rest)
    return (*told, TaskTexts(task=None, texts=texts, agents=agents, became=(as_written, edited, discarded)).told(limit))


def _others(ran: Sequence[tuple[str | None, int]], named: Sequence[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """How many calls ran elsewhere, or nobody knows where."""
    n = sum(n for _, n in ran) - sum(n for _, n in named)
    return (("", n),) if n else ()


def _name(column: str) -> str:
    """SQL: the name that a cell holds; NULL where it is blank, and no text that is too long to be a name."""
    name = f"nullif(trim(CAST({column} AS VARCHAR)), '')"
    return f"CASE WHEN length({name}) > {LONGEST} THEN {literal(NO_NAME)} ELSE {name} END"
