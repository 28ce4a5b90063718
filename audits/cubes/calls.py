"""Counts of the calls of models by month, provider, place and model, with the tokens they wrote."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.audits.lake.tables import KEYS, literal, table
from boussole.audits.systems.kinds import BUCKETS
from boussole.audits.systems.logs.calls import (
    BY,
    CALLS,
    DISCARDED,
    ENERGY,
    LONGEST,
    METERED,
    METERED_TOKENS,
    MICRO,
    MONTHS,
    NO_NAME,
    OF_OUTCOMES,
    OUTCOMES,
    SQUARES,
    TOKENS,
    UNTOLD,
    Calls,
    plain,
)
from boussole.audits.systems.model import System

COLUMNS = ("month", "part", "bucket", "n", "cases", *KEYS)
EARLIER_PARTS = (DISCARDED, METERED, METERED_TOKENS, ENERGY, UNTOLD)
VALUES = ("provider", "place", "model_version")


def ready(system: System) -> bool:
    """Whether the system file says anything of calls."""
    return system.generations is not None and system.generations.calls is not None


def parts(system: System) -> tuple[str, ...]:
    """The parts that each month that was counted has."""
    if not ready(system):
        return ()
    section = _calls(system)
    return (*(section.part(name) for name in OF_OUTCOMES), MONTHS)


def earlier(system: System) -> tuple[str, ...]:
    """The parts that are read of the months before a window too: for a level of its own, and the total of a year."""
    return tuple(_calls(system).part(name) for name in EARLIER_PARTS)


def counting(system: System, rows: str) -> str:
    """SQL: the counts of the calls that meet a condition, with the columns `COLUMNS`."""
    section = _calls(system)
    said = "lower(trim(outcome))"
    named = ", ".join(f"{_name(name)} AS {name}" for name in VALUES)
    day_bucket = f"CAST(date_diff('day', DATE '2000-01-01', day) % {BUCKETS} AS UTINYINT)"
    seen = (
        f"SELECT CAST(date_trunc('month', day) AS DATE) AS month, coalesce(bucket, {day_bucket}) AS bucket, "
        f"coalesce(team, CAST(day AS VARCHAR)) AS cluster, {named}, day, coalesce(tokens_out, 0) AS tokens, "
        "tokens_out IS NULL AS untold, "
        f"coalesce({_among(said, section.useful)}, false) AS useful, "
        f"coalesce({_among(said, section.discarded)}, false) AS discarded, "
        "CASE WHEN energy >= 0 THEN energy END AS energy "
        f"FROM {table(system, 'generations')} WHERE {rows}"
    )
    micro = f"CAST(round(energy * {MICRO}) AS BIGINT)"
    sums = {
        CALLS: ("count(*)", "count(*) FILTER (useful)"),
        OUTCOMES: ("count(*) FILTER (useful OR discarded)", "count(*) FILTER (discarded)"),
        TOKENS: ("sum(tokens)", "sum(tokens) FILTER (useful)"),
        DISCARDED: ("sum(tokens) FILTER (useful OR discarded)", "sum(tokens) FILTER (discarded)"),
        METERED: ("count(*)", "count(energy)"),
        METERED_TOKENS: ("sum(tokens)", "sum(tokens) FILTER (energy IS NOT NULL)"),
        ENERGY: (f"sum({micro})", "0"),
        UNTOLD: ("count(*)", "count(*) FILTER (untold)"),
    }
    figures = ", ".join(
        f"CAST(coalesce({figure}, 0) AS BIGINT) AS {side}{number}"
        for number, pair in enumerate(sums.values())
        for side, figure in zip("nc", pair, strict=True)
    )
    names = ", ".join(VALUES)
    grouped = f"SELECT month, bucket, {names}, {figures} FROM seen GROUP BY month, bucket, {names}"
    keyed = f"{literal(BY)} AS by, provider AS value1, place AS value2, model_version AS value3"
    everybody = "NULL, NULL, NULL, NULL"
    counted = [
        f"SELECT month, {literal(section.part(part))} AS part, bucket, n{number} AS n, c{number} AS cases, {keyed} "
        "FROM grouped"
        for number, part in enumerate(sums)
    ]
    clusters = "SELECT month, bucket, count(*) AS calls FROM seen GROUP BY month, bucket, cluster"
    counted += [
        f"SELECT month, {literal(SQUARES)}, bucket, CAST(sum(calls * calls) AS BIGINT), 0, {everybody} "
        f"FROM ({clusters}) GROUP BY month, bucket",
        f"SELECT DISTINCT month, {literal(MONTHS)}, CAST(0 AS UTINYINT), 1, 0, {everybody} FROM grouped",
    ]
    both = " UNION ALL ".join(counted)
    return f"FROM (WITH seen AS MATERIALIZED ({seen}), grouped AS MATERIALIZED ({grouped}) {both}) ORDER BY ALL"


def _calls(system: System) -> Calls:
    section = system.generations.calls if system.generations is not None else None
    return section or Calls()


def _name(column: str) -> str:
    """SQL: the name that a cell holds; NULL where it is blank, and no text that is too long to be a name."""
    name = f"nullif(trim({column}), '')"
    return f"CASE WHEN length({name}) > {LONGEST} THEN {literal(NO_NAME)} ELSE {name} END"


def _among(said: str, names: Sequence[str]) -> str:
    """SQL: whether what a cell says is among names, in any case; NULL where it is blank."""
    return f"{said} IN ({', '.join(map(literal, plain(list(names))))})"
