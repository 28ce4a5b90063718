"""Retention: rows of old months leave the lake for good; the counts of these months and the evidence stay.

Counts by profile and by score go with the rows, as do sums of values and the names of values that few had.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import duckdb

from boussole.audits import unsealed
from boussole.audits.counts.rare import Named, declared, words_of
from boussole.audits.cubes.update import sealed_months
from boussole.audits.cubes.values import POOLED
from boussole.audits.drift import stored
from boussole.audits.errors import PrivacyError
from boussole.audits.lake import has_lake, reading, writing
from boussole.audits.lake.connection import Name, qualified, rebuild, tables
from boussole.audits.lake.tables import (
    CUBES,
    KEYS,
    create_system,
    describe,
    exists,
    keys_of,
    literal,
    one,
    quote,
    summed,
    table,
)
from boussole.audits.log_names import LOGS
from boussole.audits.privacy import expiry
from boussole.audits.privacy.removals import Removal, noted, removal
from boussole.audits.retention import aside
from boussole.audits.retention.leftovers import clear_temporary
from boussole.audits.systems.kinds import BUCKETS
from boussole.audits.systems.logs import LOG_TYPES
from boussole.audits.systems.logs.contacts import STOP_NEEDS, STOPS_KEPT_YEARS
from boussole.audits.systems.logs.generations import GENERATIONS
from boussole.audits.systems.logs.log_type import Retention
from boussole.audits.systems.model import System
from boussole.audits.workspace import Workspace

COUNTED = ("daily", "cells", "ranks")
"""Cubes by group of which the counts of months stay whose rows are gone."""


def without_rare(
    connection: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    system: System,
    months: Iterable[dt.date],
    queries: Mapping[Name, str],
) -> dict[Name, str]:
    """Return the SELECT of each cube in which keyed words stand for values of few people, in some months."""
    rare = _rare(connection, system)
    if not rare:
        return {}
    words = words_of(connection, workspace, system)
    entries = ", ".join(
        f"{literal(f'{name}={value}')}: {literal(words.word(name, value))}" for name, value in sorted(rare)
    )
    listed = ", ".join(f"DATE '{month}'" for month in months)
    found = {}
    for cube in COUNTED:
        name = (system.id, cube)
        day = "month" if "month" in CUBES[cube] else "CAST(date_trunc('month', day) AS DATE)"
        told = ", ".join(
            f"""CASE WHEN {day} IN ({listed}) THEN coalesce(MAP {{{entries}}}[string_split("by", '*')[{i}] || '=' || """
            f"{column}], {column}) ELSE {column} END AS {column}"
            for i, column in enumerate((each for each in KEYS if each != "by"), 1)
        )
        rows = queries.get(name, f"FROM {qualified(name)}")
        keys = ", ".join(map(quote, keys_of(cube)))
        found[name] = (
            f"SELECT {keys}, {summed(cube)} FROM (SELECT * REPLACE ({told}) FROM ({rows})) GROUP BY ALL ORDER BY ALL"
        )
    return found


def _rare(connection: duckdb.DuckDBPyConnection, system: System) -> set[Named]:
    """The values that no file declares and that few people have, of all days together."""
    limit = system.privacy.suppress_below
    people = f" OR count(DISTINCT bucket) < {min(limit, BUCKETS)}" if system.cluster == "person" else ""
    found = connection.execute(
        f"""SELECT "by", value1 FROM {table(system, "daily")} WHERE "by" <> '' AND NOT contains("by", '*') """
        f"AND value1 IS NOT NULL GROUP BY ALL HAVING sum(n) < {limit}{people}"
    ).fetchall()
    return {(name, value) for name, value in found if name in system.groups and not declared(system, name, value)}


TWIN = "excluded_"
"""Rows of runs that were deleted in MLflow wait in tables of this prefix; they age like the others."""


@dataclass(frozen=True, kw_only=True)
class PurgeResult:
    """What left a system's tables, by month and kind, and the `sources` that may still hold it."""

    system: str
    before: dt.date | None
    rows: Mapping[str, int]
    months: tuple[dt.date, ...] = ()
    groups: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    texts: int = 0
    texts_before: dt.date | None = None

    @property
    def anything(self) -> bool:
        """Whether anything left."""
        return bool(self.rows or self.groups or self.texts)

    def removals(self) -> list[Removal]:
        """What the lake and the ledger keep of it: dates and counts."""
        found = [self._of_rows()] if self.rows or self.groups else []
        if self.texts_before is not None and self.texts:
            day = self.texts_before.isoformat()
            found.append(removal("text_purge", system=self.system, texts=self.texts, texts_before=day))
        return found

    def _of_rows(self) -> Removal:
        if self.before is None:
            return removal("expiry", system=self.system, groups=len(self.groups))
        ends = {"first_month": self.months[:1], "last_month": self.months[-1:]}
        return removal(
            "purge",
            system=self.system,
            before=self.before.isoformat(),
            months=len(self.months),
            groups=len(self.groups),
            **{name: month.isoformat() for name, months in ends.items() for month in months},
            **self.rows,
        )


@dataclass
class PurgePlan:
    """What becomes of each table: the condition of rows that go, columns that change, or a whole SELECT."""

    gone: dict[Name, str] = field(default_factory=dict)
    changed: dict[Name, dict[str, str]] = field(default_factory=dict)
    queries: dict[Name, str] = field(default_factory=dict)

    def selects(self) -> dict[Name, str]:
        """The SELECT of each table that is not simply copied."""
        return {name: self._select(name) for name in {**self.gone, **self.changed}} | self.queries

    def _select(self, name: Name) -> str:
        values = ", ".join(f"{value} AS {quote(column)}" for column, value in self.changed.get(name, {}).items())
        star = f"* REPLACE ({values})" if values else "*"
        keep = f" WHERE NOT coalesce({self.gone[name]}, false)" if name in self.gone else ""
        return f"SELECT {star} FROM {qualified(name)}{keep}"


def purge(
    workspace: Workspace,
    *,
    before: dt.date | None = None,
    system_id: str | None = None,
    dry_run: bool = False,
    today: dt.date | None = None,
) -> list[PurgeResult]:
    """Remove the rows of whole months before a day (or older than each system's `retain_days`) from the lake.

    Groups whose legal basis has ended and texts past their own term go too; months whose decisions went are sealed.
    Raises PrivacyError when no system says how long its rows are kept and no day is given.
    """
    chosen = [workspace.system(system_id)] if system_id else list(workspace.systems.values())
    limits = _limits(chosen, before, today)
    if not has_lake(workspace):
        return []
    with writing(workspace) as connection:
        held = [system for system in chosen if exists(connection, system)]
        for system in held:
            create_system(connection, system)
    found: list[PurgeResult] = []

    def plan(connection: duckdb.DuckDBPyConnection) -> Mapping[Name, str] | None:
        made = PurgePlan()
        for system in held:
            purged = _plan(connection, workspace, system, limits.get(system.id), made, today=today or _today(system))
            found.extend([purged] if purged.anything else [])
        if dry_run or not found:
            return None
        return {**made.selects(), **noted(connection, [each for item in found for each in item.removals()])}

    if rebuild(workspace, plan):
        for item in found:
            if item.rows or item.groups:  # a page made from a sample of rows
                stored.forget(workspace, item.system)
    if not dry_run:
        clear_temporary()
        unsealed.clear(workspace)
    return found


def without_file(workspace: Workspace) -> list[str]:
    """Systems of which the lake holds rows and whose file is gone: nothing says how long these are kept."""
    if not has_lake(workspace):
        return []
    with reading(workspace) as connection:
        return sorted({schema for schema, _ in tables(connection)} - {"main", *workspace.systems})


def _today(system: System) -> dt.date:
    return dt.datetime.now(system.zone).date()


def _limits(systems: Sequence[System], before: dt.date | None, today: dt.date | None) -> dict[str, dt.date]:
    """The first day that stays, of each system that has one: the first of a month."""
    found = {}
    for system in systems:
        day = before
        if day is None and system.privacy.retain_days is not None:
            day = (today or _today(system)) - dt.timedelta(days=system.privacy.retain_days)
        if day is not None:
            found[system.id] = day.replace(day=1)
    if (
        not found
        and before is None
        and not any(group.expires for system in systems for group in system.groups.values())
        and not any(_texts_before(system, _today(system)) for system in systems)
    ):
        raise PrivacyError(
            "no system says how long its rows, or its texts, are kept.",
            next_step="Give --before YYYY-MM-DD, or write `privacy: {retain_days: …}`, or `texts: {retain_days: …}` "
            "under `generations`, in a system file.",
        )
    return found


def _plan(
    connection: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    system: System,
    limit: dt.date | None,
    plan: PurgePlan,
    *,
    today: dt.date,
) -> PurgeResult:
    groups = expiry.still_held(connection, system, expiry.ended(system, today))
    if groups:
        plan.changed |= expiry.blanks(connection, system, groups)
        plan.queries |= expiry.merged_cubes(system, groups)
    texts = _texts(connection, system, limit, plan, today=today)
    if limit is None:
        return replace(texts, groups=tuple(groups))
    gone = _gone(connection, system, limit)
    _keep_stops(connection, system, gone, plan, today=today)
    counts = {name: _count(connection, name, condition) for name, condition in gone.items()}
    gone = {name: condition for name, condition in gone.items() if counts[name]}
    months = _months(connection, gone)
    sources = _sources(connection, gone)
    plan.gone |= gone
    if gone.keys() & {(system.id, "quarantine"), (system.id, system.main_log)} or months:
        plan.gone[system.id, "quarantine"] = aside.CLOSED.format(old=_arrived(limit))
        bare = aside.bare(connection, system, old=_arrived(limit), limit=limit)
        plan.changed[system.id, "quarantine"] = bare | aside.emptied(
            f"({_arrived(limit)}) OR {_texts_aside(texts)}", "content"
        )
    if months:
        plan.queries[system.id, "sealed"] = _sealed(system, months)
        _leave_no_trace(system, months, plan)
        every = {*months, *sealed_months(connection, system)}
        plan.queries |= without_rare(connection, workspace, system, every, plan.queries)
    _forget_changes(connection, system, limit, gone, plan)
    rows: dict[str, int] = {}
    for (_, twin), count in counts.items():
        log = twin.removeprefix(TWIN)
        rows |= {log: rows.get(log, 0) + count} if count else {}
    return replace(
        texts,
        before=limit,
        rows=rows,
        months=tuple(months),
        groups=tuple(groups),
        sources=tuple(sorted({*sources, *texts.sources})),
    )


def _texts_before(system: System, today: dt.date) -> dt.date | None:
    """The first day of which the texts of a system are still stored; None where they stay as long as their row."""
    part = system.section("generations")
    return None if part is None else GENERATIONS.texts_before(part, today)


def _texts(
    connection: duckdb.DuckDBPyConnection, system: System, limit: dt.date | None, plan: PurgePlan, *, today: dt.date
) -> PurgeResult:
    """Add to the plan the texts that leave before their row does, with those of rows that were set aside."""
    first, logs = _texts_before(system, today), ("generations", f"{TWIN}generations")
    made = PurgeResult(system=system.id, before=None, rows={}, texts_before=first)
    if first is None or (limit is not None and limit >= first):
        return replace(made, texts_before=None)
    old, stays = f"day < DATE '{first}'", f"day >= DATE '{limit}'" if limit else "true"
    stored = " OR ".join(f"{quote(column)} IS NOT NULL" for column in GENERATIONS.texts)
    present = {name for schema, name in tables(connection) if schema == system.id}
    gone = {(system.id, log): f"{old} AND {stays} AND ({stored})" for log in logs if log in present}
    aside_stays = f"NOT ({_arrived(limit)})" if limit else "true"
    gone[system.id, "quarantine"] = f"{_texts_aside(made)} AND {aside_stays} AND content IS NOT NULL"
    gone = {name: condition for name, condition in gone.items() if _count(connection, name, condition)}
    for name in gone:
        texts = {column: f"CASE WHEN NOT ({old}) THEN {quote(column)} END" for column in GENERATIONS.texts}
        changed = texts if name[1] in logs else aside.emptied(_texts_aside(made), "content")
        plan.changed[name] = plan.changed.get(name, {}) | changed
    count = sum(_count(connection, name, condition) for name, condition in gone.items())
    return replace(made, texts=count, sources=_sources(connection, gone))


def _texts_aside(texts: PurgeResult) -> str:
    """SQL: whether a row that was set aside is so old, by its own day or since it came, that its text leaves."""
    first = texts.texts_before
    old = f"{_arrived(first)} OR coalesce(day < DATE '{first}', false)" if first else ""
    return f"(log = 'generations' AND ({old}))" if first else "false"


def _leave_no_trace(system: System, months: Iterable[dt.date], plan: PurgePlan) -> None:
    """Counts by profile and by score go with their rows: where one person is alone, they quote the values of a row."""
    listed = ", ".join(f"DATE '{month}'" for month in months)
    for name in ((system.id, "strata"), (system.id, "scores")):
        if name in plan.queries:
            plan.queries[name] = f"FROM ({plan.queries[name]}) WHERE month NOT IN ({listed})"
        else:
            plan.gone[name] = f"month IN ({listed})"
    _without_single_values(system, listed, plan)


def _without_single_values(system: System, months: str, plan: PurgePlan) -> None:
    """Remove from the counts of these months the sums, and the names of values that few had."""
    name, month = (system.id, "histograms"), "CAST(date_trunc('month', day) AS DATE)"
    rows = f"({plan.queries.get(name, f'FROM {qualified(name)}')})"
    few = (
        f"value1 IS NOT NULL AND sum(n) OVER (PARTITION BY feature, value1, {month}) < {system.privacy.suppress_below}"
    )
    keys = ", ".join(quote(column) for column in keys_of("histograms"))
    bare = (
        f"SELECT * REPLACE (CASE WHEN {month} NOT IN ({months}) THEN total END AS total, "
        f"CASE WHEN {month} IN ({months}) AND {few} THEN {POOLED} ELSE bin END AS bin, "
        f"CASE WHEN {month} IN ({months}) AND {few} THEN NULL ELSE value1 END AS value1) FROM {rows}"
    )
    plan.queries[name] = f"SELECT {keys}, {summed('histograms')} FROM ({bare}) GROUP BY ALL ORDER BY ALL"
    named = f"SELECT feature, value1 AS value FROM ({plan.queries[name]}) WHERE value1 IS NOT NULL"
    plan.queries[system.id, "values"] = (
        f"FROM {qualified((system.id, 'values'))} SEMI JOIN ({named}) USING (feature, value)"
    )


def _gone(connection: duckdb.DuckDBPyConnection, system: System, limit: dt.date) -> dict[Name, str]:
    """The condition of the rows that go, for each table of rows; of rows set aside, of those whose content does."""
    present = {name for schema, name in tables(connection) if schema == system.id}
    names = [(prefix, log) for prefix in ("", TWIN) for log in LOGS if f"{prefix}{log}" in present]
    aged = f"day < DATE '{limit}'"
    arrived = _arrived(limit)
    decided = [qualified((system.id, f"{prefix}{log}")) for prefix, log in names if log == "decisions"]
    kept, purged = (
        " UNION ALL ".join(f"SELECT id FROM {name} WHERE id IS NOT NULL AND {condition}" for name in decided)
        for condition in (f"NOT ({aged})", aged)
    )
    older = f"CASE WHEN recorded_at IS NULL THEN {arrived} ELSE recorded_at < DATE '{limit}' END"
    late = f"id NOT IN ({kept}) AND (id IN ({purged}) OR {older})"
    conditions = {Retention.DAY: aged, Retention.DECISION: late, Retention.KEPT: "false"}
    found = {(system.id, f"{prefix}{log}"): conditions[LOG_TYPES[log].retention] for prefix, log in names}
    return {**found, (system.id, "quarantine"): aside.HELD.format(old=arrived)}


def _keep_stops(
    connection: duckdb.DuckDBPyConnection, system: System, gone: dict[Name, str], plan: PurgePlan, *, today: dt.date
) -> None:
    """Keep a STOP for longer than other messages, as who said it and when (`STOP_NEEDS`)."""
    name = (system.id, "contacts")
    if system.contacts is None or name not in gone:
        return
    kept = f"{system.contacts.stop} AND day >= DATE '{today}' - INTERVAL {STOPS_KEPT_YEARS} YEAR"
    lost = (each for each in describe(connection, qualified(name)) if each not in STOP_NEEDS)
    bare = {column: f"CASE WHEN {gone[name]} THEN NULL ELSE {quote(column)} END" for column in lost}
    gone[name] = f"{gone[name]} AND NOT ({kept})"
    plan.changed[name] = plan.changed.get(name, {}) | bare


def _arrived(limit: dt.date) -> str:
    """SQL: whether the source of a row came before a day."""
    return f"""batch IN (SELECT batch FROM lake.main.ingested WHERE "at" < DATE '{limit}')"""


def _count(connection: duckdb.DuckDBPyConnection, name: Name, condition: str) -> int:
    return one(connection, f"SELECT count(*) FROM {qualified(name)} WHERE {condition}")


def _months(connection: duckdb.DuckDBPyConnection, gone: Mapping[Name, str]) -> dict[dt.date, int]:
    """Decisions that go, by month; a row that waits beside the log while the log holds its decision is not another."""
    parts = []
    for (schema, name), condition in gone.items():
        spare = f" AND id NOT IN (SELECT id FROM {qualified((schema, 'decisions'))})" if name.startswith(TWIN) else ""
        if name.endswith("decisions"):
            parts.append(f"SELECT day FROM {qualified((schema, name))} WHERE {condition}{spare}")
    if not parts:
        return {}
    rows = connection.execute(
        f"SELECT CAST(date_trunc('month', day) AS DATE) AS month, count(*) FROM ({' UNION ALL '.join(parts)}) "
        "GROUP BY month ORDER BY month"
    ).fetchall()
    return {month: int(count) for month, count in rows}


def _sealed(system: System, months: Mapping[dt.date, int]) -> str:
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    rows = " UNION ALL ".join(
        f"SELECT DATE '{month}', CAST({count} AS BIGINT), TIMESTAMP '{now}'" for month, count in months.items()
    )
    held = f'SELECT month, decisions, "at" FROM {qualified((system.id, "sealed"))} UNION ALL {rows}'
    return f'SELECT month, CAST(sum(decisions) AS BIGINT), max("at") FROM ({held}) GROUP BY month ORDER BY month'


def _sources(connection: duckdb.DuckDBPyConnection, gone: Mapping[Name, str]) -> tuple[str, ...]:
    """Every name under which the content of these rows was imported."""
    if not gone:
        return ()
    rows = connection.execute(
        f"SELECT DISTINCT origin FROM lake.main.ingested WHERE (sha256, system) IN "
        f"(SELECT (sha256, system) FROM lake.main.ingested WHERE batch IN ({_batches(gone)})) ORDER BY origin"
    ).fetchall()
    return tuple(str(row[0]) for row in rows)


def _batches(gone: Mapping[Name, str]) -> str:
    """SQL: the batches that lose rows."""
    return " UNION ".join(f"SELECT batch FROM {qualified(name)} WHERE {condition}" for name, condition in gone.items())


def _forget_changes(
    connection: duckdb.DuckDBPyConnection, system: System, limit: dt.date, gone: Mapping[Name, str], plan: PurgePlan
) -> None:
    """Forget notes on the schema when they are old, or when rows of their batch go, as they quote values."""
    name = ("main", "schema_changes")
    lost = f" OR batch IN ({_batches(gone)})" if gone else ""
    condition = f"""(system = {literal(system.id)} AND ("at" < DATE '{limit}'{lost}))"""
    if _count(connection, name, condition):
        plan.gone[name] = " OR ".join([*([plan.gone[name]] if name in plan.gone else []), condition])
