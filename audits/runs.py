"""An audit run: what was decided in a window, measured from the cubes, with the evidence kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from boussole.audits import evidence, unsealed
from boussole.audits.counts.apart import (
    Earlier,
    apart_of,
    apart_table,
    read_apart,
    read_withheld,
    still_known,
    withheld_of,
    withheld_table,
)
from boussole.audits.counts.common import Common, find_common
from boussole.audits.counts.corrections import read_corrections, read_logs
from boussole.audits.counts.forgotten import forgotten_of, read_forgotten, six_months
from boussole.audits.counts.left_out import DecisionCounts, left_out_of, read_left_out, refuse_empty
from boussole.audits.counts.rare import before_of, read_reference, reference_untold, without_names
from boussole.audits.counts.read import (
    VERSIONS,
    AuditInputs,
    cells_from_counts,
    days_of,
    hold_declared,
    read_agencies,
    read_counts,
    read_versions,
)
from boussole.audits.counts.replies import read_replies
from boussole.audits.counts.scores import (
    RANKS,
    SCORES,
    STRATA,
    TOO_MANY,
    lists_of,
    read_ranks,
    read_scores,
    read_strata,
    scores_of,
    strata_of,
)
from boussole.audits.cubes import build
from boussole.audits.cubes.bands import hold_bands
from boussole.audits.cubes.edges import bins_of
from boussole.audits.cubes.update import sealed_months
from boussole.audits.cubes.values import UNKNOWN, Categories, Histogram, Values, Watched, pool_of, read_pools, value_at
from boussole.audits.declaration import keep
from boussole.audits.drift.by_group import group_drift_measures
from boussole.audits.drift.measures import drift_measures
from boussole.audits.hashing import canonical_json, sha256_hex
from boussole.audits.lake import reading
from boussole.audits.lake.connection import snapshot
from boussole.audits.lake.tables import table
from boussole.audits.measures import Cells, Measure, Stage
from boussole.audits.metrics.before_after import before_after_measures
from boussole.audits.metrics.corrections import correction_measures
from boussole.audits.metrics.footprint import log_measures
from boussole.audits.metrics.forgotten import forgotten_measures
from boussole.audits.metrics.measure import measured_cells
from boussole.audits.metrics.replies import Counting, reply_measures
from boussole.audits.standing import WindowStanding, standing
from boussole.audits.suppression.lattice import Key
from boussole.audits.suppression.rules import Apart, ShownWindow, named, with_groups, within
from boussole.audits.systems.model import System
from boussole.audits.uncertainty.jackknife import cluster_size
from boussole.audits.windows import Window, choose_window, complete_periods, reference_window
from boussole.audits.workspace import Workspace


def read_watched(
    connection: duckdb.DuckDBPyConnection, system: System, reference: Window, current: Window
) -> list[Watched]:
    """Read the score and the features that ever held a value; values that few decisions have are counted together."""
    bins = bins_of(connection, system)
    found: list[Watched] = [*read_histograms(connection, system, reference, current, bins.edges)]
    pools = read_pools(connection, system)
    for name in system.categories:
        if name in bins.values:
            sides = (_values(connection, system, name, reference), _values(connection, system, name, current))
            pool = pool_of(pools[name], reference, current)
            found.append(Categories.of(name, sides, fewest=system.privacy.suppress_below, pool=pool))
    return found


def read_histograms(
    connection: duckdb.DuckDBPyConnection,
    system: System,
    reference: Window,
    current: Window,
    edges: Mapping[str, Sequence[float]],
) -> list[Histogram]:
    """Histograms of the score and each feature in two windows, in the order of the system file."""
    names = [name for name in ("score", *system.watched) if name in edges]
    found = []
    for name in names:
        counts = [_bins(connection, system, name, window, len(edges[name])) for window in (reference, current)]
        found.append(Histogram(name, tuple(edges[name]), tuple(counts[0]), tuple(counts[1])))
    return found


def _bins(
    connection: duckdb.DuckDBPyConnection, system: System, feature: str, window: Window, edges: int
) -> Sequence[int]:
    rows = connection.execute(
        f"""SELECT bin, CAST(sum(n) AS BIGINT) FROM {table(system, "histograms")} """
        """WHERE feature = ? AND "by" = '' AND day BETWEEN ? AND ? GROUP BY bin""",
        [feature, window.start, window.end],
    ).fetchall()
    counts: dict[int, int] = dict(rows)
    if not counts:  # before a column ever held a value it has no bins, and all decisions lack it
        return [0] * (edges + 1) + [_decisions_in(connection, system, window)]
    return [counts.get(i, 0) for i in range(edges + 1)] + [counts.get(build.MISSING, 0)]


def _values(connection: duckdb.DuckDBPyConnection, system: System, feature: str, window: Window) -> Values:
    """How many decisions of a window had each value; before a column ever came, all lack it."""
    rows = connection.execute(
        f"""SELECT bin, value1, CAST(sum(n) AS BIGINT) FROM {table(system, "histograms")} """
        """WHERE feature = ? AND "by" = '' AND day BETWEEN ? AND ? GROUP BY bin, value1""",
        [feature, window.start, window.end],
    ).fetchall()
    found = Values()
    for bin_, value, n in rows:
        found[value_at(bin_, value)] += n
    return found or +Values({UNKNOWN: _decisions_in(connection, system, window)})


def _decisions_in(connection: duckdb.DuckDBPyConnection, system: System, window: Window) -> int:
    row = connection.execute(
        f"SELECT CAST(coalesce(sum(n), 0) AS BIGINT) FROM {table(system, 'daily')} "
        """WHERE "by" = '' AND day BETWEEN ? AND ?""",
        [window.start, window.end],
    ).fetchone()
    return int(row[0]) if row else 0


def stages_of(read: AuditInputs, system: System) -> list[Stage]:
    """Return every declared stage, in order; rows whose stages the log does not tell are in no table."""
    found = []
    for i, (name, step) in enumerate(zip(system.log.stages, steps_of(read.counts, system), strict=True)):
        found.append(
            Stage(
                name=name,
                actor=system.actors.get(name),
                step=tuple(step),
                strata=tuple(strata_of(_reaching(read.strata, stage=i, of=i), step)) if system.controls else (),
            )
        )
    return found


def steps_of(counts: pa.Table, system: System) -> list[list[Cells]]:
    """For every declared stage, in order, the tables of those who reached the one before."""
    return [cells_from_counts(_reaching(counts, stage=i, of=i), system) for i in range(len(system.log.stages))]


def _reaching(rows: pa.Table, *, stage: int, of: int) -> pa.Table:
    """The rows with `decision` 1 where a stage (from 0) was reached, counting only those with `of` stages or more."""
    if rows.equals(TOO_MANY):
        return rows
    furthest = rows["furthest"].cast(pa.int64())
    among = pc.fill_null(pc.greater_equal(furthest, of), False)
    reached = pc.fill_null(pc.greater(furthest, stage), False)
    columns = {
        "decision": reached.cast(pa.uint8()),
        "n": pc.multiply(rows["n"], among.cast(pa.int64())),
    }
    if "outcome" in rows.column_names:
        columns["outcome"] = pa.nulls(rows.num_rows, pa.uint8())
    for name, values in columns.items():
        rows = rows.set_column(rows.schema.get_field_index(name), name, values)
    return rows


@dataclass(frozen=True, kw_only=True)
class Run:
    """The measures of one system in one window, and what they came from."""

    system: System
    window: Window
    reference: Window | None
    as_of: dt.date
    snapshot: int
    evidence: str
    rows: str
    declaration: str
    decisions: int
    measures: list[Measure]
    histograms: list[Watched]
    left_out: DecisionCounts
    """What came in and was not counted."""
    versions: pa.Table = field(default_factory=VERSIONS.empty_table)
    """Which version decided (`VERSIONS`)."""


def measure_window(
    workspace: Workspace,
    system: System,
    *,
    start: dt.date | None = None,
    end: dt.date | None = None,
    as_of: dt.date | None = None,
    exact: bool = False,
    earlier: Earlier | None = None,
) -> Run:
    """Measure a window (the system's own when not given) and keep the cube rows it read.

    `as_of` (default: today) decides which outcomes have matured; groups whose legal basis has ended are not read.
    `exact`: rows are counted instead of the cube; `earlier`: what was published of the same decisions.
    Raises EmptyWindowError where the window holds no decision.
    """
    today = dt.datetime.now(system.zone).date()
    as_of = as_of or today
    with reading(workspace) as connection:
        writes = system.only_writes
        window = choose_window(system, days_of(connection, system), start=start, end=end)
        if not writes:
            hold_declared(connection, system)
        hold_bands(connection, system)
        stands = standing(system, window, as_of=as_of, today=today)
        told = earlier(window) if earlier is not None else ()
        published, common = find_common(connection, workspace, system, window, told)
        read = read_window(
            connection,
            system,
            window,
            as_of=as_of,
            without=stands.expired,
            exact=exact,
            published=published,
            common=common,
        )
        if not _decisions(read):
            raise refuse_empty(connection, system, window)
        read = without_names(connection, workspace, system, read)
        seen = snapshot(connection)
    measures, decisions = measure_evidence(read, system, stands=stands)
    unsealed.clear(workspace)
    kept = evidence.store(workspace.unsealed, read)
    return Run(
        system=system,
        window=window,
        reference=reference_window(system) if read.histograms else None,
        as_of=as_of,
        snapshot=seen,
        evidence=kept.cubes,
        rows=kept.rows,
        declaration=keep(workspace.unsealed, system),
        decisions=decisions,
        measures=measures,
        histograms=read.histograms,
        left_out=left_out_of(read.left_out, counted=decisions),
        versions=read.versions,
    )


def read_window(
    connection: duckdb.DuckDBPyConnection,
    system: System,
    window: Window,
    *,
    as_of: dt.date,
    without: Collection[str] = (),
    exact: bool = False,
    published: Sequence[ShownWindow] = (),
    apart: Sequence[Apart] | None = None,
    common: Common | None = None,
) -> AuditInputs:
    """Read all that an audit needs of a window and of its window of reference, without the rows set `apart`."""
    if system.only_writes:
        return _read_texts(connection, system, window, exact=exact)
    if apart is None:
        apart = read_apart(connection, system, window, published, as_of=as_of, without=without)
    known = still_known(connection, system, apart)
    out = within(known, window)
    reference = reference_window(system)
    if reference == window:
        reference = None
    scores = read_scores(connection, system, window, as_of=as_of, exact=exact, without=without, apart=out)
    histograms, reference_scores = list[Watched](), SCORES.empty_table()
    untold: dict[str, dict[Key, str]] = {}
    if reference is not None:
        histograms = read_watched(connection, system, reference, window)
        purged = bool(sealed_months(connection, system, within=reference))
        reference_scores = read_reference(
            connection,
            system,
            reference,
            as_of=as_of,
            mature=standing(system, reference, as_of=as_of).readable_from is None,
            exact=exact,
            without=without,
            apart=[] if purged else within(known, reference),
        )
        untold = reference_untold(window, reference, published, reference_scores, system, purged=purged)
    withheld = read_withheld(
        connection, window, published, as_of=as_of, without=without, scores=scores, apart=known, common=common
    )
    return AuditInputs(
        left_out=read_left_out(connection, system, window, apart=out, reference=reference),
        withheld=pa.concat_tables([withheld, withheld_table(untold), apart_table(apart)]),
        counts=read_counts(connection, system, window, as_of=as_of, exact=exact, without=without, apart=out),
        strata=read_strata(connection, system, window, exact=exact, without=without, apart=out),
        ranks=read_ranks(connection, system, window, exact=exact, without=without, apart=out),
        scores=scores,
        reference_scores=reference_scores,
        histograms=histograms,
        logs=read_logs(connection, system, window, exact=exact, without=without),
        forgotten=read_forgotten(connection, system, window, without=without, apart=within(known, six_months(window))),
        versions=read_versions(connection, system, window),
        agencies=read_agencies(connection, system, window),
        replies=read_replies(connection, system, window, without=without),
        corrections=read_corrections(connection, system, window, as_of=as_of, without=without),
    )


def _read_texts(connection: duckdb.DuckDBPyConnection, system: System, window: Window, *, exact: bool) -> AuditInputs:
    """Read a window of a system that only writes: texts, what was left out, and what its logs count."""
    return AuditInputs(
        counts=read_counts(connection, system, window, as_of=window.end),
        strata=STRATA.empty_table(),
        ranks=RANKS.empty_table(),
        scores=SCORES.empty_table(),
        reference_scores=SCORES.empty_table(),
        histograms=[],
        withheld=withheld_table({}),
        left_out=read_left_out(connection, system, window),
        logs=read_logs(connection, system, window, exact=exact),
        versions=read_versions(connection, system, window),
    )


def _decisions(read: AuditInputs) -> int:
    everybody = read.counts.filter(pa.compute.equal(read.counts["by"], ""))
    return int(pa.compute.sum(everybody["n"]).as_py() or 0)


def complete_windows(workspace: Workspace, system: System) -> list[Window]:
    """All complete periods of the system's own kind (each month…), oldest first; `all` is one window."""
    with reading(workspace) as connection:
        days = days_of(connection, system)
    kind = system.windows.audit
    return [choose_window(system, days)] if kind == "all" else complete_periods(days, kind)


def measure_evidence(read: AuditInputs, system: System, *, stands: WindowStanding) -> tuple[list[Measure], int]:
    """All measures of stored counts, and the number of decisions: what an audit computes and a rerun repeats."""
    if system.only_writes:
        return log_measures(read.logs, system), _decisions(read)
    counted = cells_from_counts(read.counts, system)
    withheld = replace(withheld_of(read.withheld), apart=named(apart_of(read.withheld), counted))
    tables = with_groups(counted, withheld.apart)
    earlier_scores = scores_of(read.reference_scores, cells_from_counts(read.reference_scores, system), system)
    measured = measured_cells(
        tables,
        system=system,
        standing=stands,
        strata=strata_of(read.strata, tables),
        lists=lists_of(read.ranks, tables),
        stages=stages_of(read, system),
        scores=scores_of(read.scores, tables, system),
        reference=earlier_scores if read.reference_scores.num_rows else [],
        withheld=withheld,
    )
    measures = measured.measures
    measures += drift_measures(read.histograms, design_effect=design_effect(tables[0]))
    measures += log_measures(read.logs, system)
    measures += forgotten_measures(
        forgotten_of(read.forgotten, system), system, standing=stands, hidden=measured.views[()].suppression.decisions
    )
    measures += before_after_measures(read.agencies, system)
    counting = Counting(cells=cells_from_counts)
    measures += reply_measures(read.replies, system, standing=stands, counting=counting, withheld=withheld)
    measures += correction_measures(read.corrections, system, standing=stands, counting=counting, withheld=withheld)
    before = before_of(read.reference_scores, read.withheld, system)
    if before is not None:
        measures += group_drift_measures(
            measured.views, measured.scored, before, measured.earlier, system=system, standing=stands
        )
    return measures, int(tables[0].sizes().sum())


def design_effect(everybody: Cells) -> float:
    """Return the mean size of clusters, by which repeated people can at most multiply the variance of a share."""
    sizes = everybody.counts.sum(axis=(0, 2, 3))
    return cluster_size(sizes) if everybody.clustered and sizes.sum() else 1.0


FIGURES = (
    "audits",
    "charter/auditing",
    "charter/deadlines",
    "charter/document",
    "charter/judging",
    "charter/record_types",
    "charter/records/facts.py",
    "charter/records/in_force.py",
    "charter/records/hiding.py",
    "charter/text",
)
"""What makes figures and verdicts: folders and files of source."""
BESIDE = (
    "audits/ledger",
    "audits/notebook",
    "audits/scaffold",
    "audits/signing",
    "audits/spreadsheet",
    "audits/witness",
)
"""What of it does not."""
KINDS = (".py", ".yaml", ".txt")
"""Source, and the rules and lists of words by which texts are read."""


@cache
def code_hash() -> str:
    """SHA-256 of the list of source files: which code made a figure. Audits seal it."""
    return sha256_hex(canonical_json(source_files()))


def source_files() -> dict[str, str]:
    """The source files that make figures and verdicts, each with its SHA-256: a word in a letter changes none."""
    root = Path(__file__).parent.parent
    places = [root / name for name in FIGURES]
    found = {path for place in places for path in (place, *place.rglob("*")) if path.suffix in KINDS}
    beside = [root / name for name in BESIDE]
    return {
        path.relative_to(root).as_posix(): sha256_hex(path.read_bytes())
        for path in sorted(found)
        if not any(each in path.parents for each in beside)
    }
