"""Counts by score of a window, for what rates would be at other thresholds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from boussole.audits.counts.apart import read_apart
from boussole.audits.counts.rare import numbers_in
from boussole.audits.counts.read import cells_from_counts, days_of, read_counts
from boussole.audits.counts.scores import read_scores, scores_of
from boussole.audits.counts.thresholds import AtThresholds, counts_at
from boussole.audits.errors import BoussoleError
from boussole.audits.lake import reading
from boussole.audits.metrics.scored import ScoredTable, scored_tables
from boussole.audits.standing import standing
from boussole.audits.suppression.apart import named, with_groups, within
from boussole.audits.suppression.rules import NOTHING, suppress
from boussole.audits.systems.model import System
from boussole.audits.windows import choose_window
from boussole.audits.workspace import Workspace


def scored_window(
    workspace: Workspace,
    system: System,
    *,
    start: dt.date | None = None,
    end: dt.date | None = None,
    as_of: dt.date | None = None,
    thresholds: Sequence[float] | None = None,
) -> list[tuple[ScoredTable, AtThresholds | None]]:
    """Counts by score of a window, what may be shown of them, and the same counts at thresholds (those that occur, or
    those given); None where the rows that these are counted from were purged.

    Raises BoussoleError where no score is declared.
    """
    if system.columns is None or system.columns.score is None:
        raise BoussoleError(
            f"the system '{system.id}' declares no score.", next_step="Add `columns.score` to its file."
        )
    today = dt.datetime.now(system.zone).date()
    as_of = as_of or today
    with reading(workspace) as connection:
        window = choose_window(system, days_of(connection, system), start=start, end=end)
        stands = standing(system, window, as_of=as_of, today=today)
        apart = within(read_apart(connection, system, window, (), as_of=as_of, without=stands.expired), window)
        counts = read_counts(connection, system, window, as_of=as_of, without=stands.expired, apart=apart)
        scores = read_scores(connection, system, window, as_of=as_of, without=stands.expired, apart=apart)
        counted = cells_from_counts(counts, system)
        gone = named(apart, counted)
        tables = [table for table in with_groups(counted, gone) if stands.ended(table.by) is None]
        at = counts_at(connection, system, window, tables, as_of=as_of, thresholds=thresholds, apart=apart)
    numbers = numbers_in([tables], system)
    suppression = suppress(tables, system=system, also=replace(NOTHING, apart=gone))
    found = scored_tables(
        numbers.scores(scores_of(scores, tables, system)),
        system=system,
        standing=stands,
        suppression=numbers.hidden(suppression),
    )
    return list(zip(found, at if at is not None else [None] * len(found), strict=True))
