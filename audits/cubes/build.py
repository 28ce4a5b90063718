"""The cubes as Ibis expressions over decisions, so that the same code runs on DuckDB and on Spark."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Sequence
from typing import Any

import ibis

from boussole.audits.lake.tables import CUBES, KEYS, SUMS
from boussole.audits.systems.logs.decisions import FLAGS
from boussole.audits.systems.model import System
from boussole.audits.systems.parts import Score

MAX_DEPTH = 3
SCORE_BINS = 100
MOST_STRATA = 2000
"""More combinations of control values than this in a month are no profiles: hardly anybody has a counterpart."""
POOLED = "*"
"""The stratum of all decisions of such a month."""
MISSING = -1
EXACT = "decimal(38, 0)"


def base(decisions: Any, system: System) -> Any:
    """Counts by day × model version × bucket × flags × every group: one pass over the rows feeds all the cubes."""
    keys = ["day", "model_version", "bucket", *FLAGS, *(f"g_{name}" for name in system.groups)]
    return decisions.group_by(keys).aggregate(n=count(decisions.weight))


def daily(base_table: Any, system: System) -> Any:
    """Day × model version × flags × bucket: everybody, each group, each declared intersection."""
    parts = [_rolled(base_table, by, ["day", "model_version", "bucket"]) for by in [(), *system.attributes]]
    return ordered(ibis.union(*parts) if len(parts) > 1 else parts[0], "daily")


def cells(base_table: Any, system: System) -> Any:
    """Month × flags × every combination of up to three groups, without buckets."""
    names = list(system.groups)
    combinations = [
        by for depth in range(min(MAX_DEPTH, len(names)) + 1) for by in itertools.combinations(names, depth)
    ]
    monthly = base_table.mutate(month=base_table.day.truncate("M").cast("date"))
    parts = [_rolled(monthly, by, ["month"]) for by in combinations]
    return ordered(ibis.union(*parts) if len(parts) > 1 else parts[0], "cells")


def strata(decisions: Any, system: System) -> Any | None:
    """Return month × stratum × bucket × flags of each group and intersection; None without controls or groups."""
    if not system.controls or not system.groups:
        return None
    keyed = decisions.mutate(month=decisions.day.truncate("M").cast("date"))
    values = [*(f"g_{name}" for name in system.groups), *(f"c_{name}" for name in system.controls)]
    counted = keyed.group_by(["month", "bucket", *FLAGS, *values]).aggregate(n=count(keyed.weight))
    fine = counted.mutate(stratum=_stratum(counted, system))  # one text for each cell, not for each decision
    parts = [_rolled(fine, by, ["month", "stratum", "bucket"]) for by in system.attributes]
    whole = ibis.union(*parts) if len(parts) > 1 else parts[0]
    return ordered(whole.mutate(controls=ibis.literal(controls_of(system))), "strata")


def controls_of(system: System) -> str:
    """The names of a system's controls, as the cube `strata` keeps them."""
    return "*".join(system.controls)


def _stratum(rows: Any, system: System) -> Any:
    """The values of all controls in one text that cannot be mistaken for another: `5:clerk|-`, `-` where unknown."""
    parts = []
    for name in system.controls:
        value = rows[f"c_{name}"]
        parts.append(value.isnull().ifelse("-", value.length().cast("string") + ":" + value))
    return functools.reduce(lambda left, right: left + "|" + right, parts)


def control_values(stratum: str) -> tuple[str | None, ...]:
    """Return the values of the controls of a stratum."""
    found: list[str | None] = []
    while stratum:
        if stratum[0] == "-":
            found.append(None)
            stratum = stratum[2:]
            continue
        size, _, rest = stratum.partition(":")
        found.append(rest[: int(size)])
        stratum = rest[int(size) + 1 :]
    return tuple(found)


def scores(decisions: Any, system: System) -> Any | None:
    """Return month × bin of the score × bucket × decision × outcome of everybody, each group and declared intersection.

    The highest score has a bin of its own. Sums of scores and of their squares are in whole units, which no order of
    rows can change; None where no score is declared.
    """
    score = system.log.score
    if score is None:
        return None
    bucket = decisions.bucket if system.cluster else ibis.literal(0, "uint8")
    keyed = decisions.mutate(
        month=decisions.day.truncate("M").cast("date"),
        bin=score_bin(decisions, score, most=SCORE_BINS),
        bucket=bucket,
        units=score_in_units(decisions, score).fill_null(0),
    )
    keep = ["month", "bin", "bucket", "decision", "outcome"]
    fine = keyed.group_by([*keep, *(f"g_{name}" for name in system.groups)]).aggregate(
        n=count(keyed.weight),
        total=weighted(keyed.units, keyed.weight),
        squares=weighted((keyed.units * keyed.units).cast(EXACT), keyed.weight),
    )
    parts = []
    for by in [(), *system.attributes]:
        named = fine.select(*keep, *SUMS["scores"], **_keys(fine, by))
        sums = {"n": count(named.n), "total": exact(named.total), "squares": exact(named.squares)}
        parts.append(named.group_by([*keep, *KEYS]).aggregate(**sums))
    whole = ibis.union(*parts) if len(parts) > 1 else parts[0]
    return ordered(whole.mutate(range=ibis.literal(range_of(system))), "scores")


def range_of(system: System) -> str:
    """The declared range of a system's score, as the cube `scores` keeps it."""
    low, high = system.log.score.range if system.log.score else (0.0, 1.0)
    return f"{low!r}..{high!r}"


def score_units(low: float, high: float) -> float:
    """Return the number of units per point of a score: a power of ten, at most a thousand million in all."""
    return 10.0 ** (9 - math.ceil(math.log10(high - low)))


def score_edges(low: float, high: float) -> list[float]:
    """Return the inner edges of the equal bins of a score's declared range."""
    return [low + (high - low) * i / SCORE_BINS for i in range(1, SCORE_BINS)]


def count(weight: Any) -> Any:
    """The number of decisions that rows stand for, as an expression."""
    return weight.sum().cast("int64")


def exact(value: Any) -> Any:
    """The exact sum of whole numbers, as an expression."""
    return value.sum().cast(EXACT)


def weighted(value: Any, weight: Any) -> Any:
    """The exact sum of whole numbers times weights: long numbers are multiplied only where the weight is not 1."""
    one, zero = weight == 1, ibis.literal(0).cast(EXACT)
    single = one.ifelse(value, ibis.literal(0).cast(value.type()))
    return exact(single) + exact(one.ifelse(zero, value.cast(EXACT) * weight))


def _keys(table: Any, by: Sequence[str]) -> dict[str, Any]:
    values = {f"value{i + 1}": table[f"g_{by[i]}"] if i < len(by) else ibis.null("string") for i in range(MAX_DEPTH)}
    return {"by": ibis.literal("*".join(by)), **values}


def _rolled(table: Any, by: Sequence[str], keep: Sequence[str]) -> Any:
    """The table summed over all that is neither kept, nor a flag, nor one of the groups `by`."""
    named = table.select(**{key: table[key] for key in (*keep, *FLAGS)}, **_keys(table, by), n=table.n)
    keys = [*keep, "by", *(f"value{i + 1}" for i in range(MAX_DEPTH)), *FLAGS]
    return named.group_by(keys).aggregate(n=count(named.n))


def score_in_units(decisions: Any, score: Score) -> Any:
    """How far a score lies above the lowest, in whole units; NULL where there is none."""
    low, high = score.range
    return ((decisions.score - low) * score_units(low, high)).round().cast("int64")


def score_bin(decisions: Any, score: Score, *, most: int) -> Any:
    """Return the number of `score_edges` at or below a score, in whole units, and one more for the highest score."""
    low, high = score.range
    whole = round((high - low) * score_units(low, high))
    bin_ = (score_in_units(decisions, score) * SCORE_BINS / whole).floor().cast("int64")
    inside = ibis.greatest(ibis.least(bin_, most), 0)
    return decisions.score.isnull().ifelse(ibis.literal(MISSING, "int64"), inside).cast("int16")


def ordered(table: Any, cube: str) -> Any:
    """The columns of a cube in their order, as an expression."""
    return table.select(*CUBES[cube])
