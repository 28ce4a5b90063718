"""Who of those who may use a system does: how many, how often, and whether access is as real for all. No verdict.

Entitled are the agents of the last export of accounts in a month; active, those of them who used the system in it, by
the log of uses. Agents are not watched: of a region, a role or an age band it is told where `TEAM` agents were active
and as many were not (`told_by_name`), and no team and nobody by themselves. A share of use is no aim: who needs no text
writes none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import duckdb

from boussole.audits.decisions.adopted import ATTRIBUTES, GroupAdoption, Team, adopted, adopted_groups, summed
from boussole.audits.lake.purged import purged_before
from boussole.audits.lake.tables import has_table, table
from boussole.audits.suppression.joined import Sides
from boussole.audits.systems.logs.human_actions import TEAM
from boussole.audits.systems.model import System

MONTHS = 12
"""So many months are told at most, the last among them."""
UNNAMED = 0.01
"""Where more uses than this share name no agent, nobody knows how many agents were active."""
DAYS = (1, 2, 4, 12)
"""Days of use in a month at which a class of depth begins: once, now and then, about each week, most working days."""


@dataclass(frozen=True, kw_only=True)
class Depth:
    """How many active agents used it on so many days of the month: from, and to (None: to its end)."""

    first: int
    last: int | None
    agents: int


@dataclass(frozen=True, kw_only=True)
class MonthlyAdoption:
    """The last month of which both logs tell, and those before it.

    `untold`: why nothing more is said: `unnamed`, too many uses name no agent; `few`, fewer than `TEAM` agents were
    active, or were not. `uses`: by active agent. `outside`: agents who used it without an account, where they are
    `TEAM` or more.
    """

    first: dt.date
    last: dt.date
    exported: dt.date
    untold: Literal["unnamed", "few"] | None = None
    whole: GroupAdoption | None = None
    groups: Mapping[str, tuple[GroupAdoption, ...]]
    depth: tuple[Depth, ...] = ()
    uses: float = 0.0
    outside: int | None = None
    before: tuple[tuple[dt.date, float], ...] = ()


def adoption(connection: duckdb.DuckDBPyConnection, system: System) -> MonthlyAdoption | None:
    """How agents make use of a system; None where no log tells whose accounts and uses there are, or of no month."""
    if not _told(connection, system):
        return None
    limit = max(TEAM, system.privacy.suppress_below)
    days = connection.execute(_months(system, purged_before(connection, system.id))).fetchall()
    if not days:
        return None
    first, exported, last, uses, named = days[-1]
    found = {"first": first, "last": last, "exported": exported}
    if uses - named > UNNAMED * uses:
        return MonthlyAdoption(**found, untold="unnamed", groups={})
    teams = _teams(connection, system, (first, last, exported))
    active, entitled = summed(teams.values())
    if min(active, entitled - active) < limit:
        return MonthlyAdoption(**found, untold="few", groups={})
    depth, each = _depth(connection, system, (first, last, exported), limit)
    return MonthlyAdoption(
        **found,
        whole=adopted(None, teams.items(), ()),
        groups=adopted_groups(teams, limit),
        depth=depth,
        uses=each,
        outside=_outside(connection, system, (first, last, exported)),
        before=_before(connection, system, days[-MONTHS:-1], limit),
    )


Period = tuple[dt.date, dt.date, dt.date]
"""The first day, the last, and that of the export."""


def _told(connection: duckdb.DuckDBPyConnection, system: System) -> bool:
    """Whether both logs say who, and rows came since they are declared."""
    if system.accounts is None or system.accounts.agent is None or system.usage is None or system.usage.agent is None:
        return False
    logs = ("accounts", "usage")
    return all(has_table(connection, system, log) for log in logs)


def _months(system: System, purged: dt.date | None) -> str:
    """SQL: of each month of which both logs tell, and no row was purged: its first day, the last day of uses in it, the
    day of its last export, how many uses it had, and how many of them name an agent."""
    month = "CAST(date_trunc('month', day) AS DATE) AS month"
    exports = (
        f"SELECT {month}, max(day) AS exported FROM {table(system, 'accounts')} WHERE agent IS NOT NULL GROUP BY 1"
    )
    uses = (
        f"SELECT {month}, max(day) AS last, count(*) AS n, count(agent) AS named "
        f"FROM {table(system, 'usage')} GROUP BY 1"
    )
    whole = f"month >= DATE '{purged}'" if purged else "true"
    return (
        f"WITH uses AS ({uses}) SELECT month, exported, "
        "CASE WHEN last < (SELECT max(last) FROM uses) THEN last_day(month) ELSE last END, n, named "
        f"FROM ({exports}) JOIN uses USING (month) WHERE {whole} ORDER BY month"
    )


def _entitled(system: System, exported: dt.date) -> str:
    """SQL: each agent of an export once."""
    columns = ", ".join(f"min({name}) AS {name}" for name in ("team", *ATTRIBUTES))
    return (
        f"SELECT agent, {columns} FROM {table(system, 'accounts')} "
        f"WHERE day = DATE '{exported}' AND agent IS NOT NULL GROUP BY agent"
    )


def _users(system: System, first: dt.date, last: dt.date) -> str:
    """SQL: each agent who used the system between two days: how often, and on how many days."""
    return (
        f"SELECT agent, count(*) AS uses, count(DISTINCT day) AS days FROM {table(system, 'usage')} "
        f"WHERE day BETWEEN DATE '{first}' AND DATE '{last}' AND agent IS NOT NULL GROUP BY agent"
    )


def _teams(connection: duckdb.DuckDBPyConnection, system: System, period: Period) -> dict[Team, Sides]:
    """How many agents were active, and are entitled, by team and by region, role and age band."""
    first, last, exported = period
    columns = ", ".join(f"nullif(trim({name}), '')" for name in ATTRIBUTES)
    rows = connection.execute(
        f"SELECT coalesce(team, agent), {columns}, count(uses), count(*) "
        f"FROM ({_entitled(system, exported)}) LEFT JOIN ({_users(system, first, last)}) USING (agent) "
        "GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    return {(team, tuple(values)): (active, entitled) for team, *values, active, entitled in rows}


def _depth(
    connection: duckdb.DuckDBPyConnection, system: System, period: Period, limit: int
) -> tuple[tuple[Depth, ...], float]:
    """The active agents by days of use, classes of few with those beside them; and uses by active agent."""
    first, last, exported = period
    rows = connection.execute(
        f"SELECT days, count(*), CAST(sum(uses) AS BIGINT) FROM ({_users(system, first, last)}) "
        f"JOIN ({_entitled(system, exported)}) USING (agent) GROUP BY days"
    ).fetchall()
    ends: list[int | None] = [*(start - 1 for start in DAYS[1:]), None]
    classes = [
        Depth(first=start, last=end, agents=sum(n for days, n, _ in rows if start <= days <= (end or days)))
        for start, end in zip(DAYS, ends, strict=True)
    ]
    return joined_classes(classes, limit), sum(uses for *_, uses in rows) / sum(n for _, n, _ in rows)


def joined_classes(classes: Sequence[Depth], limit: int) -> tuple[Depth, ...]:
    """Classes in a row, of which one of few agents, even none, is told with the smaller one beside it.

    >>> classes = ((1, 1, 30), (2, 3, 4), (4, None, 20))
    >>> found = joined_classes([Depth(first=a, last=b, agents=n) for a, b, n in classes], 11)
    >>> [(each.first, each.last, each.agents) for each in found]
    [(1, 1, 30), (2, None, 24)]
    """
    found = list(classes)
    while len(found) > 1 and any(each.agents < limit for each in found):
        at = min(range(len(found)), key=lambda place: found[place].agents)
        beside = [place for place in (at - 1, at + 1) if 0 <= place < len(found)]
        other = min(beside, key=lambda place: found[place].agents)
        low, high = sorted((at, other))
        found[low : high + 1] = [
            Depth(first=found[low].first, last=found[high].last, agents=found[low].agents + found[high].agents)
        ]
    return tuple(found)


def _outside(connection: duckdb.DuckDBPyConnection, system: System, period: Period) -> int | None:
    """How many agents used it who are in no export of the month."""
    first, last, exported = period
    exports = f"day BETWEEN DATE '{first}' AND DATE '{max(last, exported)}'"
    held = f"SELECT DISTINCT agent FROM {table(system, 'accounts')} WHERE {exports}"
    users = _users(system, first, last)
    row = connection.execute(f"SELECT count(*) FROM ({users}) ANTI JOIN ({held}) USING (agent)").fetchone()
    assert row is not None  # noqa: S101 (a count is one row)
    return int(row[0]) if row[0] >= TEAM else None


def _before(
    connection: duckdb.DuckDBPyConnection,
    system: System,
    months: Sequence[tuple[dt.date, dt.date, dt.date, int, int]],
    limit: int,
) -> tuple[tuple[dt.date, float], ...]:
    """The share of active agents in earlier months, of those of which it is told; each log is read once."""
    known = [(first, exported) for first, exported, _, uses, named in months if uses - named <= UNNAMED * uses]
    if not known:
        return ()
    exports = ", ".join(f"DATE '{exported}'" for _, exported in known)
    month = "CAST(date_trunc('month', day) AS DATE) AS month"
    entitled = f"SELECT DISTINCT {month}, agent FROM {table(system, 'accounts')} WHERE day IN ({exports})"
    users = (
        f"SELECT DISTINCT {month}, agent, true AS active FROM {table(system, 'usage')} "
        f"WHERE day BETWEEN DATE '{known[0][0]}' AND last_day(DATE '{known[-1][0]}')"
    )
    rows = connection.execute(
        f"SELECT month, count(active), count(*) FROM ({entitled}) LEFT JOIN ({users}) USING (month, agent) "
        "WHERE agent IS NOT NULL GROUP BY month ORDER BY month"
    ).fetchall()
    return tuple((first, active / n) for first, active, n in rows if limit <= active <= n - limit)
