"""Counts of what agents make of texts by month, part and bucket, of teams of `TEAM` agents or more."""

from __future__ import annotations

from boussole.audits.lake import clocks
from boussole.audits.lake.tables import KEYS, literal, quote, table
from boussole.audits.systems.logs.generations import (
    CHANGED,
    HASTY,
    MONTHS,
    SMALL,
    SQUARES,
    UNTIMED,
    Generations,
    outcomes,
    part,
)
from boussole.audits.systems.logs.human_actions import TEAM, WORDS_A_MINUTE
from boussole.audits.systems.logs.texts import listed
from boussole.audits.systems.model import System


def ready(system: System) -> bool:
    """Whether the log of texts says by which agents of which teams they were used, and what became of them."""
    return system.generations is not None and system.generations.reviewed


def parts(system: System) -> tuple[str, ...]:
    """The parts of which each month that was counted has a row, even of 0."""
    return (part(_section(system), SMALL),)


def counting(system: System, rows: str) -> str:
    """SQL: the counts of the texts whose days meet a condition."""
    section = _section(system)
    written, edited, discarded = map(listed, outcomes(section))
    shown, sent = (_instant(system, role) for role in ("shown_at", "sent_at"))
    said, took = "lower(trim(outcome))", f"({sent} - {shown}) / 1000000.0"
    seen = (
        f"SELECT CAST(date_trunc('month', day) AS DATE) AS month, coalesce(bucket, 0) AS bucket, "
        f"coalesce(team, '') AS team, agent, {said} IN ({written}, {edited}) AS sent, "
        f"CASE WHEN {said} IN ({discarded}) THEN true WHEN {said} IN ({written}, {edited}) "
        f"THEN coalesce(edit_distance > 0, {said} IN ({edited})) END AS changed, "
        f"CASE WHEN words > 0 AND {took} >= 0 THEN ({took}) * {WORDS_A_MINUTE} < words * 60 END AS hasty "
        f"FROM {table(system, 'generations')} WHERE {rows}"
    )
    told = "SELECT * FROM seen WHERE agent IS NOT NULL AND changed IS NOT NULL"
    teams = f"SELECT month, team FROM told WHERE team <> '' GROUP BY ALL HAVING count(DISTINCT agent) >= {TEAM}"
    agents = "SELECT month, bucket, count(*) AS texts FROM ours GROUP BY month, bucket, agent"
    none = "CAST(0 AS UTINYINT)"
    counted = [
        _counted(part(section, CHANGED), "changed", "ours"),
        _counted(part(section, HASTY), "hasty", "ours WHERE sent AND hasty IS NOT NULL"),
        _counted(part(section, UNTIMED), "hasty IS NULL", "ours WHERE sent"),
        # not by bucket, which may be that of one small team, or of somebody
        _counted(part(section, SMALL), "lt.team IS NULL", "told t LEFT JOIN large lt USING (month, team)", bucket=none),
        f"SELECT month, {literal(part(section, SQUARES))}, bucket, CAST(sum(texts * texts) AS BIGINT), 0 "
        f"FROM ({agents}) GROUP BY month, bucket",
        f"SELECT DISTINCT month, {literal(part(section, MONTHS))}, {none}, 1, 0 FROM ours",
        # a month without any such text was counted all the same
        f"SELECT DISTINCT month, {literal(part(section, SMALL))}, {none}, 0, 0 FROM seen ANTI JOIN told USING (month)",
    ]
    nobody = ", ".join(f"CAST(NULL AS VARCHAR) AS {quote(name)}" for name in KEYS)
    return (
        f"SELECT *, {nobody} FROM (WITH seen AS MATERIALIZED ({seen}), told AS MATERIALIZED ({told}), "
        f"large AS MATERIALIZED ({teams}), ours AS MATERIALIZED (FROM told SEMI JOIN large USING (month, team)) "
        f"{' UNION ALL '.join(counted)})"
    )


def _counted(name: str, case: str, rows: str, *, bucket: str = "bucket") -> str:
    return (
        f"SELECT month, {literal(name)} AS part, {bucket} AS bucket, count(*) AS n, "
        f"CAST(count(*) FILTER ({case}) AS BIGINT) AS cases FROM {rows} GROUP BY ALL"
    )


def _instant(system: System, role: str) -> str:
    """SQL: the instant of a moment of a text, in microseconds; NULL where the log does not tell it."""
    return clocks.instant(clocks.stored(system, "generations", role), system.timezone)


def _section(system: System) -> Generations:
    section = system.generations
    assert section is not None  # noqa: S101 (its log is declared)
    return section
