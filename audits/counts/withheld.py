"""What a window must hide in view of what was published before, as it is kept in evidence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import duckdb
import pyarrow as pa

from boussole.audits.counts.common import Common
from boussole.audits.counts.lists import lists_of, read_ranks
from boussole.audits.counts.read import cells_from_counts, read_counts
from boussole.audits.counts.scores import read_scores, scores_of
from boussole.audits.counts.stages import steps_of
from boussole.audits.cubes import build
from boussole.audits.cubes.update import sealed_months
from boussole.audits.lake.tables import KEYS
from boussole.audits.measures import Cells
from boussole.audits.metrics.lists_over_time import lists_withheld
from boussole.audits.metrics.scores_over_time import scores_withheld
from boussole.audits.suppression.apart import Apart, within
from boussole.audits.suppression.lattice import EVERYBODY, Key
from boussole.audits.suppression.over_time import REASON, ShownWindow, also_hidden
from boussole.audits.suppression.rules import Suppression
from boussole.audits.suppression.together import alike
from boussole.audits.systems.model import System
from boussole.audits.windows import Window, connected, pieces

Earlier = Callable[[Window], Sequence[ShownWindow]]
"""Tells what was published of windows that hang together with one."""
STAGE, LIST, SCORE = "stage:", "list:", "score:"
"""Before the name of a stage, of a mean over lists, or of what is about those who have a score."""
WITHHELD = pa.schema([*((name, pa.string()) for name in KEYS), ("layer", pa.string()), ("reason", pa.string())])


def read_withheld(
    connection: duckdb.DuckDBPyConnection,
    system: System,
    window: Window,
    published: Sequence[ShownWindow],
    *,
    as_of: dt.date,
    without: Collection[str] = (),
    scores: pa.Table | None = None,
    apart: Sequence[Apart] = (),
    common: Common | None = None,
) -> pa.Table:
    """The groups that earlier publications oblige to hide, one row each; none where no window shares days.

    What the same days told before is the same again, unless it was told of another system: that `common` knows, the
    decisions with the groups of all audits of them. `scores`: the counts by score of the window itself. Rows set
    `apart` are not counted (of purged months they are: these counts only tell what to hide).
    """
    near = [*connected(window, [each.window for each in published]), *([window] if common else [])]
    published = [each for each in published if each.window in near]
    cut = pieces([window, *(each.window for each in published)]) if published or common else []
    out = {piece: [] if sealed_months(connection, system, within=piece) else within(apart, piece) for piece in cut}
    whole, held = (common.system, common.rows) if common else (system, None)
    counts = {
        piece: read_counts(connection, whole, piece, as_of=as_of, without=without, apart=out[piece], held=held)
        for piece in cut
    }
    ranks = {}
    if system.ranked and any(each.figures for each in published):
        ranks = {piece: read_ranks(connection, system, piece, without=without, apart=out[piece]) for piece in cut}
    by_score = {}
    if any(each.without_score for each in published) or (
        scores is not None and build.MISSING in scores["bin"].unique()
    ):
        by_score = {
            piece: read_scores(connection, system, piece, as_of=as_of, without=without, apart=out[piece])
            for piece in cut
        }
    return withheld_rows(
        window, published, counts, ranks=ranks, scores=by_score, system=system, without=without, common=common
    )


def withheld_rows(
    window: Window,
    published: Sequence[ShownWindow],
    counts: Mapping[Window, pa.Table],
    *,
    ranks: Mapping[Window, pa.Table] | None = None,
    scores: Mapping[Window, pa.Table] | None = None,
    system: System,
    without: Collection[str] = (),
    common: Common | None = None,
) -> pa.Table:
    """The groups that must be hidden (the schema `WITHHELD`), from the counts (`COUNTS`) of each piece.

    `ranks`: the sums over lists (`RANKS`) of each piece, where an earlier window tells of lists; `scores`: the counts
    by score (`SCORES`), where somebody has none. `common`: what `counts` are of, where that is not the system alone.
    """
    whole, silent = (common.system, common.silent) if common else (system, frozenset())

    def readable(tables: Iterable[Cells]) -> list[Cells]:
        return [table for table in tables if not set(table.by) & set(without)]

    tables = {piece: readable(cells_from_counts(rows, whole)) for piece, rows in counts.items()}
    found = also_hidden(
        window,
        published,
        tables,
        stages={piece: [readable(step) for step in steps_of(rows, whole)] for piece, rows in counts.items()},
        system=whole,
        silent=silent,
    )
    tables = {piece: [table for table in each if table.by not in silent] for piece, each in tables.items()}
    layers = {"decisions": found.decisions, "outcomes": found.outcomes}
    layers |= {f"{STAGE}{name}": keys for name, keys in found.stages.items()}
    if ranks:
        padded = dict(zip(tables, alike(list(tables.values())), strict=True))
        lists = {piece: lists_of(rows, padded[piece]) for piece, rows in ranks.items()}
        told = {each.window: each.figures for each in published}
        means = lists_withheld(window, told, lists, system=system)
        layers |= {f"{LIST}{metric}": keys for metric, keys in means.items()}
    by_score = {piece: scores_of(each, tables[piece], system) for piece, each in (scores or {}).items()}
    scored = scores_withheld(window, published, by_score, system=system)
    if common and (common.silent or common.system.privacy != system.privacy):
        scored |= _scores_of_others(tables.values(), by_score=bool(by_score), curve=common.curve)
    layers |= {f"{SCORE}{name}": keys for name, keys in scored.items()}
    return withheld_table(layers)


def _scores_of_others(
    tables: Iterable[Sequence[Cells]], *, by_score: bool, curve: bool
) -> dict[str, Mapping[Key, str]]:
    """What is hidden of scores where others told of other groups: their bins could be subtracted, and so could figures
    of those who have a score, where somebody has none."""
    every = {(table.by, group): REASON for each in tables for table in each if table.by for group in table.groups}
    found: dict[str, Mapping[Key, str]] = {"decisions": every, "outcomes": every} if by_score else {}
    return found | ({"curve": {EVERYBODY: REASON}} if curve else {})


def withheld_table(layers: Mapping[str, Mapping[Key, str]]) -> pa.Table:
    """Groups and reasons by layer, as rows that are kept as evidence (the schema `WITHHELD`)."""
    rows = []
    for layer, keys in layers.items():
        for by, group in sorted(keys, key=str):
            values = {f"value{i + 1}": value for i, value in enumerate(group)}
            rows.append({"by": "*".join(by), **values, "layer": layer, "reason": keys[by, group]})
    return pa.Table.from_pylist(rows, WITHHELD)


def withheld_of(rows: pa.Table) -> Suppression:
    """What must be hidden, from the rows kept as evidence."""
    found: dict[str, dict[Key, str]] = {}
    for row in rows.to_pylist():
        by = tuple(row["by"].split("*")) if row["by"] else ()
        values = tuple(row[f"value{i + 1}"] for i in range(len(by)))
        across = row["layer"].startswith(LIST) and None in values  # lists say nothing of people of unknown group
        found.setdefault(row["layer"], {})[by, () if across else values] = row["reason"]

    def named(kind: str) -> dict[str, dict[Key, str]]:
        return {layer.removeprefix(kind): keys for layer, keys in found.items() if layer.startswith(kind)}

    return Suppression(
        decisions=found.get("decisions", {}),
        outcomes=found.get("outcomes", {}),
        stages=named(STAGE),
        lists=named(LIST),
        scores=named(SCORE),
    )
