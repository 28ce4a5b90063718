"""What an audit reads of the window of reference, and of which groups there something was told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from boussole.audits.counts.read import cells_from_counts, read_counts
from boussole.audits.counts.scores import SCORES, read_scores
from boussole.audits.cubes import build
from boussole.audits.lake.tables import KEYS
from boussole.audits.measures import Cells
from boussole.audits.suppression.apart import Apart
from boussole.audits.suppression.lattice import EVERYBODY, Key
from boussole.audits.suppression.shared import ShownWindow
from boussole.audits.systems.model import System
from boussole.audits.windows import Window, made_up

NOT_AUDITED, OVERLAPS, EMPTY, PURGED = "reference_not_audited", "overlaps", "empty_reference", "rows_purged"
HIDDEN = "hidden_in_reference"


@dataclass(frozen=True, kw_only=True)
class ReferenceCells:
    """Decisions of the window of reference by attribute, the reason why they cannot be compared, and hidden groups."""

    cells: Sequence[Cells]
    reason: str | None = None
    decisions: Collection[Key] = ()
    scores: Collection[Key] = ()


Layer = str
DECISIONS, SCORED = "reference:decisions", "reference:scores"
"""Layers of what is hidden of the window of reference: of decisions, and of those who have a score."""
TOLD = "told"
"""In place of a reason, of everybody: groups are told unless they are named."""


def read_reference(
    connection: duckdb.DuckDBPyConnection,
    system: System,
    window: Window,
    *,
    as_of: dt.date,
    mature: bool,
    exact: bool = False,
    without: Collection[str] = (),
    apart: Sequence[Apart] = (),
) -> pa.Table:
    """Count the window of reference by score (the schema `SCORES`), without outcomes unless they are `mature`."""
    if system.log.score is not None:
        return read_scores(
            connection, system, window, as_of=as_of, exact=exact, without=without, outcomes=mature, apart=apart
        )
    counts = read_counts(connection, system, window, as_of=as_of, exact=exact, without=without, apart=apart)
    keys = [*KEYS, "bucket", "decision"]
    summed = counts.group_by(keys).aggregate([("n", "sum")]).sort_by([(name, "ascending") for name in keys])
    rows = summed.num_rows
    columns = {name: summed[name] for name in keys} | {
        "bin": pa.array([build.MISSING] * rows, pa.int16()),
        "outcome": pa.nulls(rows, pa.uint8()),
        "n": summed["n_sum"],
        "total": pa.array([0] * rows, pa.int64()),
        "squares": pa.array([0] * rows, pa.int64()),
    }
    return pa.table(columns).select(SCORES.names).cast(SCORES)


def reference_untold(
    window: Window, reference: Window, published: Sequence[ShownWindow], rows: pa.Table, system: System, *, purged: bool
) -> dict[Layer, dict[Key, str]]:
    """Return the groups of the window of reference that audits have not published, by layer, with the reason."""
    inside = [each for each in published if reference.holds(each.window)]
    found: dict[Layer, dict[Key, str]] = {DECISIONS: {}, SCORED: {}}
    reason = _reason(window, reference, inside, rows, purged=purged)
    if reason == TOLD:
        tables = cells_from_counts(rows, system)
        keys = {(table.by, group) for table in tables if table.by for group in table.groups if None not in group}
        of_scores = keys if system.log.score is not None else set()
        for layer, asked, silent in ((DECISIONS, keys, ShownWindow.untold), (SCORED, of_scores, _untold_scores)):
            untold = [(each.window, silent(each, asked)) for each in inside]
            for key in asked:
                if not made_up(reference, [days for days, hidden in untold if key not in hidden]):
                    found[layer][key] = HIDDEN
    return {layer: {EVERYBODY: reason, **keys} for layer, keys in found.items()}


def _reason(window: Window, reference: Window, inside: Sequence[ShownWindow], rows: pa.Table, *, purged: bool) -> str:
    if reference.start <= window.end and window.start <= reference.end:
        return OVERLAPS
    if not rows.num_rows:
        return PURGED if purged else EMPTY
    return TOLD if made_up(reference, [each.window for each in inside]) else NOT_AUDITED


def _untold_scores(published: ShownWindow, keys: Collection[Key]) -> set[Key]:
    """Return the groups of whose scores nothing was published."""
    if published.scored is None:
        return set(keys)
    return published.untold(keys) | (published.scored.decisions.keys() & keys)


def before_of(rows: pa.Table, withheld: pa.Table, system: System) -> ReferenceCells | None:
    """Return the window of reference from what is kept as evidence; None where nothing was kept."""
    own = [row for row in withheld.to_pylist() if row["layer"] in (DECISIONS, SCORED)]
    if not own:
        return None
    reason = next(row["reason"] for row in own if not row["by"])
    hidden: dict[Layer, set[Key]] = {DECISIONS: set(), SCORED: set()}
    for row in own:
        if row["by"]:
            by = tuple(row["by"].split("*"))
            hidden[row["layer"]].add((by, tuple(row[f"value{i + 1}"] for i in range(len(by)))))
    return ReferenceCells(
        cells=cells_from_counts(rows, system),
        reason=None if reason == TOLD else reason,
        decisions=hidden[DECISIONS],
        scores=hidden[SCORED],
    )
