"""A reproducible sample of the decisions of a window, stratified by time and decision (Cochran 1977, chapter 5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Literal

import duckdb

from boussole.audits.errors import ReportError
from boussole.audits.lake.tables import days_sql, describe, literal, quote, table
from boussole.audits.systems.model import System
from boussole.audits.windows import Window

if TYPE_CHECKING:
    import pandas as pd

SAMPLE = 10_000
"""Decisions of each window that Evidently sees."""
SEED = "boussole/drift/1"
"""What stands before an id when it is hashed."""
LONGEST_BY_DAY = 92
"""Days of a window from which strata are months: more of them would hold a row or two each."""
MARGIN = 6.0
"""Standard errors by which more hashes are looked at than wanted: rows that no stratum can need are never sorted."""
DECISION: Literal["decision"] = "decision"
_DECIDED = "coalesce(decision, 0)"
"""SQL: a log without decisions is one stratum."""
Step = Literal["day", "month"]


@dataclass(frozen=True, kw_only=True)
class SampleDesign:
    """How a sample was drawn: `drawn` of `decisions`, from `rows` rows, over `strata` of a `step` and a decision."""

    decisions: int
    drawn: int
    rows: int
    strata: int
    step: Step
    weighted: bool

    @property
    def rate(self) -> float:
        """The share of the decisions that is in the sample."""
        return self.drawn / self.decisions


@dataclass(frozen=True, kw_only=True)
class Sample:
    """The rows of a sample, in the order of their days, without identifiers and groups, and how they were drawn."""

    window: Window
    frame: pd.DataFrame
    design: SampleDesign


@dataclass(frozen=True)
class Stratum:
    """Decisions of one stretch of days that were alike, and how many of them are drawn."""

    since: dt.date
    decision: int
    decisions: int
    drawn: int


def draw(connection: duckdb.DuckDBPyConnection, system: System, window: Window, *, size: int = SAMPLE) -> Sample:
    """Draw features, score and decision of at most `size` decisions of a window.

    Raises ReportError where nothing is left to show, and where the rows of counted decisions are gone.
    """
    step: Step = "day" if (window.end - window.start).days < LONGEST_BY_DAY else "month"
    strata = _strata(connection, system, window, step, size)
    query = _by_weight if system.log.weight else _by_hash
    found = query(connection, system, window, step, strata)
    decisions, drawn = (sum(counts) for counts in zip(*((each.decisions, each.drawn) for each in strata), strict=True))
    rows = found.pop("row_")
    if len(found) != drawn:
        raise ReportError(
            f"{drawn - len(found)} of the {drawn} decisions that a sample of {window.start}/{window.end} needs are not "
            "in the lake, though its counts hold them.",
            where=f"system '{system.id}'",
            next_step="Run `boussole cubes rebuild`, or compare periods whose decisions are still there.",
        )
    design = SampleDesign(
        decisions=decisions,
        drawn=drawn,
        rows=int(rows.nunique()),
        strata=sum(each.drawn > 0 for each in strata),
        step=step,
        weighted=system.log.weight is not None,
    )
    return Sample(window=window, frame=found, design=design)


def allocated(counts: Sequence[int], size: int) -> list[int]:
    """Allocate `size` rows to strata in proportion, rounded so that neighbours together are at most one off."""
    total, drawn, before, so_far = sum(counts), [], 0, 0
    wanted = min(size, total)
    for count in counts:
        so_far += count
        reached = so_far * wanted // total
        drawn.append(reached - before)
        before = reached
    return drawn


def _strata(
    connection: duckdb.DuckDBPyConnection, system: System, window: Window, step: Step, size: int
) -> list[Stratum]:
    """Return strata from the counts that imports keep: those not selected first, each in the order of time."""
    rows = connection.execute(
        f"SELECT {_since(step)} AS since, {_DECIDED} AS decision, CAST(sum(n) AS BIGINT) AS n "
        f"""FROM {table(system, "daily")} WHERE "by" = '' AND {days_sql(window)} """
        "GROUP BY ALL ORDER BY decision, since"
    ).fetchall()
    if not rows:
        raise ReportError(
            f"the window {window.start}/{window.end} holds no decision.",
            where=f"system '{system.id}'",
            next_step="Choose a window that holds decisions.",
        )
    drawn = allocated([n for *_, n in rows], size)
    return [Stratum(since, decision, n, take) for (since, decision, n), take in zip(rows, drawn, strict=True)]


def _by_hash(
    connection: duckdb.DuckDBPyConnection, system: System, window: Window, step: Step, strata: Sequence[Stratum]
) -> pd.DataFrame:
    """The rows with the smallest hashes of each stratum: most rows are only hashed, never sorted."""
    for margin in (MARGIN, None):
        wanted = ", ".join(
            f"(DATE '{each.since}', {each.decision}, {each.drawn}, {literal(_limit(each, margin))})"
            for each in strata
            if each.drawn
        )
        found = connection.execute(
            f"""SELECT {_columns(connection, system)}, id AS row_ FROM (
                SELECT *, sha256({literal(SEED)} || id) AS hash_, {_since(step)} AS since_
                FROM {table(system, "decisions")} WHERE {days_sql(window)}
            ) AS d JOIN (VALUES {wanted}) AS w(since_, decision_, drawn_, limit_)
                ON w.since_ = d.since_ AND decision_ = {_DECIDED} AND hash_ < limit_
            QUALIFY row_number() OVER (PARTITION BY d.since_, decision ORDER BY hash_, id) <= drawn_
            ORDER BY d.since_, hash_, id"""
        ).df()
        if len(found) == sum(each.drawn for each in strata):
            break
    return found


def _limit(stratum: Stratum, margin: float | None) -> str:
    """Return the hexadecimal digits under which all hashes lie that can be among the smallest (`g`: all)."""
    if margin is None:
        return "g"
    share = (stratum.drawn + margin * sqrt(stratum.drawn) + 2 * margin) / stratum.decisions
    return f"{int(share * 16**12):012x}" if share < 1 else "g"


def _by_weight(
    connection: duckdb.DuckDBPyConnection, system: System, window: Window, step: Step, strata: Sequence[Stratum]
) -> pd.DataFrame:
    """Draw every so many decisions of each stratum, in the order of the hashes."""
    wanted = ", ".join(f"(DATE '{e.since}', {e.decision}, {e.drawn}, {e.decisions})" for e in strata if e.drawn)

    def reached(decisions: str) -> str:
        return f"(2 * CAST({decisions} AS HUGEINT) * drawn_ + decisions_) // (2 * decisions_)"

    found = connection.execute(
        f"""SELECT {_columns(connection, system)}, id AS row_, times_ FROM (
            SELECT *, CAST({reached("upto_")} - {reached("upto_ - weight")} AS BIGINT) AS times_ FROM (
                SELECT d.*, drawn_, decisions_,
                    sum(weight) OVER (PARTITION BY d.since_, decision ORDER BY hash_, id) AS upto_
                FROM (SELECT *, sha256({literal(SEED)} || id) AS hash_, {_since(step)} AS since_
                    FROM {table(system, "decisions")} WHERE {days_sql(window)}) AS d
                JOIN (VALUES {wanted}) AS w(since_, decision_, drawn_, decisions_)
                    ON w.since_ = d.since_ AND decision_ = {_DECIDED}))
        WHERE times_ > 0 ORDER BY since_, hash_, id"""
    ).df()
    times = found.pop("times_")
    return found.loc[found.index.repeat(times)].reset_index(drop=True)


def _columns(connection: duckdb.DuckDBPyConnection, system: System) -> str:
    """SQL: what is compared; a column that was declared since the last import is not in the lake yet."""
    present = describe(connection, table(system, "decisions"))
    names = [f"{quote('f_' + name)} AS {quote(name)}" for name in system.watched if f"f_{name}" in present]
    score = ["score"] if system.log.score else []
    decision = [f"CAST(decision AS VARCHAR) AS {DECISION}"] if system.decides else []
    shown = [*score, *decision, *names]
    if not shown:
        raise ReportError(
            "its log has no decision, no score and no `features`: there is nothing to show Evidently.",
            where=f"system '{system.id}'",
            next_step="Declare `features` or a score, or give --no-report.",
        )
    return ", ".join(shown)


def _since(step: Step) -> str:
    return "day" if step == "day" else "CAST(date_trunc('month', day) AS DATE)"
