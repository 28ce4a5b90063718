"""A version that scores the same cases without deciding: its answers beside the decisions that were made, counted.

Both sides are the same cases with the same people, groups and outcomes, which are those of the deciding system; only
the decision and the score are another. Cases that one side lacks are counted apart.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import duckdb
import numpy as np
import pyarrow as pa

from boussole.audits.counts.apart import refuse_lost
from boussole.audits.counts.rare import Renaming, words_in
from boussole.audits.counts.read import COUNTS, cells_from_counts, furthest_sql, outcome_sql
from boussole.audits.counts.scores import SCORES, scores_of
from boussole.audits.cubes.update import count_rows, rows_of, sealed_months
from boussole.audits.errors import BoussoleError
from boussole.audits.lake.tables import KEYS, days_sql, exists, literal, table
from boussole.audits.measures import Cells, Counts, Scores
from boussole.audits.suppression.apart import Apart, within
from boussole.audits.systems.kinds import BUCKETS
from boussole.audits.systems.model import System
from boussole.audits.windows import Window, period_of
from boussole.audits.workspace import Workspace

SIDES = ("production", "candidate")


@dataclass(frozen=True, kw_only=True)
class PairedCounts:
    """The cases that both sides answered, by attribute: `tables` and `scores` of each side.

    In `changed`, selected stands for another answer than the decision; `left` are the decisions that the shadow did not
    answer; `both` everybody's answers (buckets, decision, answer of the shadow).
    """

    window: Window
    tables: Mapping[str, Sequence[Cells]]
    scores: Mapping[str, Sequence[Scores]]
    changed: Sequence[Cells]
    left: Sequence[Cells]
    both: Counts
    alone: int
    """Answers of the shadow on cases that were never decided."""
    words: Renaming
    """For the values that must not be named."""

    @property
    def cases(self) -> int:
        return int(self.both.sum())

    def without_names(self) -> PairedCounts:
        """The same, with words in the place of values that must not be named."""
        return replace(
            self,
            tables={side: self.words.cells(found) for side, found in self.tables.items()},
            scores={side: self.words.scores(found) for side, found in self.scores.items()},
            changed=self.words.cells(self.changed),
            left=self.words.cells(self.left),
        )


def read_paired(
    connection: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    system: System,
    shadow: System,
    window: Window,
    *,
    as_of: dt.date,
    without: Sequence[str] = (),
    apart: Sequence[Apart] = (),
) -> PairedCounts:
    """The cases of a window that the system decided and the shadow answered too, matched by the id of the decision.

    Groups named in `without` are not read, nor decisions that are set `apart`.

    Raises BoussoleError where no case is in both, rows were purged, or nothing tells those set apart from others.
    """
    apart = within(apart, window)
    refuse_lost(connection, system, apart)
    if sealed_months(connection, system, within=window) or not exists(connection, shadow):
        raise BoussoleError(
            f"'{shadow.id}' and '{system.id}' have no rows in common from {window.start} to {window.end}.",
            next_step="Import the shadow's answers with `boussole import` or `boussole sync`; purged months are gone.",
        )
    decided = f"(SELECT * {rows_of(system, window, apart)}) p"
    joined = f"FROM {decided} JOIN {table(shadow, 'decisions')} s USING (id)"
    both = _both(connection, joined)
    if not both.any():
        raise BoussoleError(
            f"no decision of '{system.id}' from {window.start} to {window.end} has an answer of '{shadow.id}'.",
            next_step="Both logs must hold the same ids, pseudonymised in both or in neither.",
        )
    answers = "p.* REPLACE (s.decision AS decision)"
    if _scored(system, shadow):
        answers = "p.* REPLACE (s.decision AS decision, s.score AS score)"
    changed = "p.* REPLACE (CAST(p.decision <> s.decision AS UTINYINT) AS decision)"
    rows = {"production": f"FROM (SELECT p.* {joined})", "candidate": f"FROM (SELECT {answers} {joined})"}
    left = f"FROM (SELECT p.* FROM {decided} ANTI JOIN {table(shadow, 'decisions')} s USING (id))"
    counted = {
        side: _counts(connection, system, window, sql, as_of=as_of, without=without) for side, sql in rows.items()
    }
    tables = {side: cells_from_counts(counts, system) for side, counts in counted.items()}
    return PairedCounts(
        window=window,
        tables=tables,
        scores={
            side: scores_of(
                _by_score(connection, system, window, sql, as_of=as_of, without=without), tables[side], system
            )
            if _scored(system, shadow)
            else []
            for side, sql in rows.items()
        },
        changed=cells_from_counts(
            _counts(connection, system, window, f"FROM (SELECT {changed} {joined})", as_of=as_of, without=without),
            system,
        ),
        left=cells_from_counts(_counts(connection, system, window, left, as_of=as_of, without=without), system),
        both=both,
        alone=_alone(connection, system, shadow, window),
        words=words_in(connection, workspace, system, tables["production"]),
    )


def last_common_month(connection: duckdb.DuckDBPyConnection, system: System, shadow: System) -> Window:
    """The last month that has ended in the log of the system and in which the shadow answered."""
    if exists(connection, shadow):
        rows = connection.execute(
            f"SELECT max(p.day) FILTER (s.id IS NOT NULL), max(p.day) FROM {table(system, 'decisions')} p "
            f"LEFT JOIN {table(shadow, 'decisions')} s USING (id)"
        ).fetchall()
        common, last = rows[0]
        if common is not None:
            found = period_of(common, "month")
            if found.end <= last:
                return found
            return period_of(found.start - dt.timedelta(days=1), "month")
    raise BoussoleError(
        f"no decision of '{system.id}' has an answer of '{shadow.id}' yet.",
        next_step="Import its answers with `boussole import` or `boussole sync`, with the ids of the decisions.",
    )


def _scored(system: System, shadow: System) -> bool:
    """Whether scores of both can be held to each other: both have one, on one scale."""
    one, two = system.log.score, shadow.log.score
    return one is not None and two is not None and one.range == two.range


def _both(connection: duckdb.DuckDBPyConnection, joined: str) -> Counts:
    rows = connection.execute(
        f"SELECT p.bucket, p.decision AS decided, s.decision AS answered, count(*) AS n {joined} GROUP BY ALL"
    ).fetchnumpy()
    found = np.zeros((BUCKETS, 2, 2), dtype=np.int64)
    *where, n = (np.asarray(column) for column in rows.values())
    np.add.at(found, tuple(where), n)
    return found


def _counts(
    connection: duckdb.DuckDBPyConnection,
    system: System,
    window: Window,
    rows: str,
    *,
    as_of: dt.date,
    without: Sequence[str],
) -> pa.Table:
    outcome = outcome_sql(system, as_of)
    source = count_rows(connection, system, "daily", window, outcome=outcome, rows=rows)
    keys = f'"by", value1, value2, value3, bucket, decision, outcome, {furthest_sql(system)}'
    query = f"SELECT {keys}, CAST(sum(n) AS BIGINT) AS n FROM {source} WHERE {_read(system, without)} GROUP BY ALL"
    return connection.execute(f"{query} ORDER BY ALL").to_arrow_table().cast(COUNTS)


def _by_score(
    connection: duckdb.DuckDBPyConnection,
    system: System,
    window: Window,
    rows: str,
    *,
    as_of: dt.date,
    without: Sequence[str],
) -> pa.Table:
    source = count_rows(connection, system, "scores", window, outcome=outcome_sql(system, as_of), rows=rows)
    keys = [*(f'"{name}"' for name in KEYS), "bin", "bucket", "decision", "outcome"]
    sums = ("CAST(sum(n) AS BIGINT) AS n", "CAST(sum(total) AS DECIMAL(38,0)) AS total")
    squares = "CAST(sum(squares) AS DECIMAL(38,0)) AS squares"
    query = f"SELECT {', '.join([*keys, *sums, squares])} FROM {source} WHERE {_read(system, without)} GROUP BY ALL"
    return connection.execute(f"{query} ORDER BY ALL").to_arrow_table().cast(SCORES)


def _read(system: System, without: Sequence[str]) -> str:
    names = [literal("*".join(by)) for by in [(), *system.attributes] if not set(by) & set(without)]
    return f'"by" IN ({", ".join(names)})'


def _alone(connection: duckdb.DuckDBPyConnection, system: System, shadow: System, window: Window) -> int:
    rows = connection.execute(
        f"SELECT count(*) FROM {table(shadow, 'decisions')} s WHERE {days_sql(window, 's.day')} "
        f"AND s.id NOT IN (SELECT id FROM {table(system, 'decisions')})"
    ).fetchall()
    return int(rows[0][0])
