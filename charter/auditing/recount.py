"""Recount: the counts that an audit kept, made again from the log while its decisions exist."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from boussole.audits.counts.apart import apart_of, lost
from boussole.audits.counts.common import SharedRowsError, find_common
from boussole.audits.counts.forgotten import since_of
from boussole.audits.counts.rare import values_of, without_names
from boussole.audits.counts.read import SHARES, AuditInputs
from boussole.audits.cubes.logs import COUNTERS
from boussole.audits.cubes.update import sealed_months
from boussole.audits.cubes.values import Categories
from boussole.audits.errors import NoLakeError
from boussole.audits.lake import reading
from boussole.audits.lake.connection import snapshot, state_of
from boussole.audits.lake.tables import KEYS, exists
from boussole.audits.runs import read_window
from boussole.audits.suppression.rules import Apart, ShownWindow, within
from boussole.audits.systems.logs import LOG_TYPES
from boussole.audits.systems.model import System
from boussole.audits.windows import reference_window
from boussole.audits.workspace import Workspace
from boussole.charter.document import AuditDocument

NAMES = {"decisions": "decisions", "outcomes": "outcomes", "human_actions": "human decisions"}


@dataclass(frozen=True, kw_only=True)
class Arrivals:
    """What a lake notes of a system: files (batch, log, moment), moments of exclusions, a mark of joined values."""

    files: tuple[tuple[int, str, dt.datetime], ...]
    exclusions: tuple[dt.datetime, ...]
    joined: str | None


@dataclass(frozen=True, kw_only=True)
class ChangesSince:
    """What came since, in words, and whether it can change decisions or only what is known of them."""

    told: tuple[str, ...]
    of_decisions: bool
    of_later: bool

    def explains(self, *, decisions_differ: bool) -> bool:
        """Whether what came since the audit can be why counts differ."""
        return self.of_decisions or (self.of_later and not decisions_differ)


def arrivals(connection: duckdb.DuckDBPyConnection, system: System) -> Arrivals:
    """What the attached lake notes of a system."""

    def rows(query: str) -> list[tuple[Any, ...]]:
        return connection.execute(query, [system.id]).fetchall()

    marks = rows("SELECT mark FROM lake.main.marks WHERE system = ? AND source = 'sensitive'")
    return Arrivals(
        files=tuple(rows('SELECT batch, log, "at" FROM lake.main.ingested WHERE system = ? AND accepted > 0')),
        exclusions=tuple(at for (at,) in rows('SELECT "at" FROM lake.main.exclusions WHERE system = ?')),
        joined=str(marks[0][0]) if marks else None,
    )


def arrived_since(now: Arrivals, then: Arrivals | None, *, at: dt.datetime) -> ChangesSince:
    """What is new between two states; where the earlier one was forgotten, since a moment (UTC, in whole seconds)."""
    if then is not None:
        known = {batch for batch, _, _ in then.files}
        files = [log for batch, log, _ in now.files if batch not in known]
        excluded, joined = len(now.exclusions) - len(then.exclusions), now.joined != then.joined
    else:
        files = [log for _, log, moment in now.files if moment >= at]
        excluded, joined = sum(moment >= at for moment in now.exclusions), False
    told = [f"{files.count(log)} file(s) of {name}" for log, name in NAMES.items() if log in files]
    told += [f"{excluded} run(s) excluded or taken back"] if excluded else []
    told += ["another file of sensitive values"] if joined else []
    return ChangesSince(
        told=tuple(told),
        of_decisions=bool("decisions" in files or excluded or joined),
        of_later=any(each.of_decisions and each.name in files for each in LOG_TYPES.values()),
    )


OF_ROWS = ("strata", "scores", "reference_scores", "withheld", "forgotten", *COUNTERS, "replies", "corrections")
"""Tables that a purge removes together with the rows, or that need them; so are histograms, which lose names."""
COMPARED = ("counts", "ranks", "agencies", *OF_ROWS)
BESIDE = ("left_out", "versions")
"""What was not counted, and which version decided: the same in the state that was read, and free to change since."""


@dataclass(frozen=True, kw_only=True)
class Recount:
    """What counting again found. Tables of counts are named that do not say the same."""

    refused: str | None = None
    """Why nothing was counted again."""
    purged: tuple[dt.date, ...] = ()
    """Months whose rows are gone: only their counts are left, and compared."""
    ended: tuple[str, ...] = ()
    """Groups whose legal basis has ended since: they are not read."""
    then: tuple[str, ...] | None = None
    """Tables that the rows of the state which was read give otherwise; None where that state was forgotten."""
    now: tuple[str, ...] = ()
    """Tables that the rows of today give otherwise."""
    since: tuple[str, ...] = ()
    """What came since, and can be the reason for it."""
    unexplained: bool = False
    """Whether the rows of today differ from those that were counted, and nothing that came since can be why."""
    stale: tuple[str, ...] = ()
    """Tables of counts in the lake that do not say what its rows say."""

    @property
    def ok(self) -> bool:
        """Whether everything that could be counted again is the same, or differs by what came since."""
        return not (self.then or self.unexplained or self.stale)


@dataclass(frozen=True, kw_only=True)
class _RecountInput:
    """The audit whose counts are made again.

    `kept`: its evidence. `published`: what earlier audits have shown; None where what they oblige to hide is taken as
    it was kept. `without`: groups that are not read; `ended`: those of them that the audit read.
    """

    workspace: Workspace
    document: AuditDocument
    system: System
    kept: AuditInputs
    published: Sequence[ShownWindow] | None
    without: frozenset[str]
    ended: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class _State:
    """What one state of the lake holds of the window.

    `differs`: tables that it gives otherwise than the audit kept them, `stale`: otherwise than its own counts;
    `decisions`: whether other decisions are among what differs.
    """

    differs: tuple[str, ...]
    decisions: bool
    stale: tuple[str, ...]
    purged: tuple[dt.date, ...]
    arrivals: Arrivals


def recount(
    workspace: Workspace,
    document: AuditDocument,
    system: System,
    kept: AuditInputs,
    *,
    sealed: dt.datetime,
    published: Sequence[ShownWindow] | None,
    expired: Collection[str] = (),
    today: dt.date | None = None,
) -> Recount:
    """Counts the rows of an audit again and compares with the counts that it `kept`.

    Counted are the rows of the state of the lake that the audit read, while that is remembered, and those of today.
    `sealed`: the moment of the audit. `published`: what earlier audits have shown, to find again what they oblige to
    hide; as it was kept without. `expired`: groups that the audit did not read.

    Raises LakeError when the lake is busy or cannot be read.
    """
    today = today or dt.datetime.now(system.zone).date()
    expires = {name: group.expires for name, group in system.groups.items() if group.expires and name not in expired}
    ended = tuple(name for name, last in expires.items() if last < today)
    question = _RecountInput(
        workspace=workspace,
        document=document,
        system=system,
        kept=kept,
        published=None if ended else published,
        without=frozenset({*expired, *ended}),
        ended=ended,
    )
    try:
        with reading(workspace) as connection:
            refused = _refused(connection, question)
            state, unchanged = state_of(connection, document.snapshot), snapshot(connection) == document.snapshot
        if refused is not None:
            return Recount(refused=refused)
        now = _read(question, at=None)
        then = now if unchanged else _read(question, at=state) if state is not None else None
    except NoLakeError:
        return Recount(refused=NONE_HERE)
    since = arrived_since(now.arrivals, then.arrivals if then else None, at=sealed)
    differs = tuple(name for name in now.differs if name not in BESIDE)
    return Recount(
        purged=now.purged,
        ended=ended,
        then=then.differs if then else None,
        now=differs,
        since=since.told,
        unexplained=bool(differs) and not since.explains(decisions_differ=now.decisions),
        stale=now.stale,
    )


NONE_HERE = "there are none of this system here; only the evidence is left."


def _refused(connection: duckdb.DuckDBPyConnection, question: _RecountInput) -> str | None:
    """Why the decisions cannot be counted as the audit counted them."""
    system, window = question.system, question.document.window.days
    if not exists(connection, system):
        return NONE_HERE
    apart = apart_of(question.kept.withheld)
    if apart and (months := _purged(connection, question)):
        return (
            f"those of {', '.join(f'{month:%Y-%m}' for month in months)} were purged. This audit left out the rows of "
            "small groups, which the counts that are left hold: they cannot be compared."
        )
    if lost(connection, system, within(apart, window)):
        return (
            "this audit left out the rows of small groups, and nothing tells them from the others any more. They "
            "cannot be compared."
        )
    return None


def _purged(connection: duckdb.DuckDBPyConnection, question: _RecountInput) -> tuple[dt.date, ...]:
    windows = (question.document.window.days, reference_window(question.system))
    found = (sealed_months(connection, question.system, within=each) for each in windows if each is not None)
    return tuple(sorted({month for months in found for month in months}))


def _read(question: _RecountInput, *, at: int | None) -> _State:
    """Reads a state of the lake as the audit did, and holds it to what the audit kept.

    What must be hidden is taken as it was kept where another system's rows, by which it was found, are not the same any
    more.
    """
    document, system, kept, workspace = question.document, question.system, question.kept, question.workspace
    window, published = document.window.days, question.published
    with reading(workspace, at=at) as connection:
        if not exists(connection, system):
            raise NoLakeError(NONE_HERE)
        try:
            told, common = find_common(connection, workspace, system, window, published or ())
        except SharedRowsError:
            published, told, common = None, [], None

        def read(*, exact: bool, apart: Sequence[Apart] | None) -> AuditInputs:
            found = read_window(
                connection,
                system,
                window,
                as_of=document.as_of,
                without=question.without,
                exact=exact,
                published=told,
                apart=apart,
                common=common,
            )
            return without_names(connection, workspace, system, found)

        purged, noted = _purged(connection, question), arrivals(connection, system)
        cubes = read(exact=False, apart=[])
        rows = whole = cubes
        if not purged:
            kept_apart = apart_of(kept.withheld)
            apart = None if published is not None else values_of(connection, workspace, system, kept_apart)
            rows = read(exact=True, apart=apart)
            whole = read(exact=True, apart=[]) if apart_of(rows.withheld) else rows
    skip = {*((*OF_ROWS, "histograms") if purged else ()), *(("withheld",) if published is None else ())}
    if (counted := since_of(kept.forgotten)) and (since_of(rows.forgotten) or dt.date.max) > counted:
        skip.add("forgotten")  # rows of earlier months, in which people were counted, were purged since
    return _State(
        differs=_differing(kept, rows, ended=question.ended, skip=skip),
        decisions=_decisions(kept, question.ended) != _decisions(rows, question.ended),
        stale=_differing(cubes, whole),
        purged=purged,
        arrivals=noted,
    )


def _differing(
    kept: AuditInputs, found: AuditInputs, *, ended: Collection[str] = (), skip: Collection[str] = ()
) -> tuple[str, ...]:
    """The tables that do not say the same; of what stands beside the counts, those that were kept."""
    beside = (name for name in BESIDE if getattr(kept, name).num_rows)
    tables = (name for name in (*COMPARED, *beside) if name not in skip)
    changed = [name for name in tables if not _rows(kept, name, ended).equals(_rows(found, name, ended))]
    same_bins = "histograms" in skip or _bins(kept, found) == _bins(found, kept)
    return (*changed, *(() if same_bins else ("histograms",)))


def _rows(read: AuditInputs, name: str, ended: Collection[str]) -> pa.Table:
    """A table of counts without groups that may no longer be read."""
    rows = read.logs.get(name, SHARES.empty_table()) if name in COUNTERS else getattr(read, name)
    if ended and "by" in rows.column_names:
        rows = rows.filter(
            pa.array([not {*(by or "").split("*")} & {*ended} for by in rows["by"].to_pylist()], pa.bool_())
        )
    return rows.combine_chunks()


def _bins(one: AuditInputs, other: AuditInputs) -> list[object]:
    """The histograms; of a column whose bins were chosen anew, how many decisions there are and how many have none."""
    edges = {each.feature: each.edges for each in other.histograms if not isinstance(each, Categories)}
    return [
        each
        if isinstance(each, Categories) or edges.get(each.feature) == each.edges
        else (each.feature, *((sum(side), side[-1]) for side in (each.reference, each.current)))
        for each in one.histograms
    ]


def _decisions(read: AuditInputs, ended: Collection[str]) -> list[tuple[object, ...]]:
    """The decisions alone, whatever became of their outcomes and stages."""
    rows = _rows(read, "counts", ended).group_by([*KEYS, "bucket", "decision"]).aggregate([("n", "sum")])
    return sorted((tuple(row.values()) for row in rows.to_pylist()), key=str)
