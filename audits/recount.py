"""Counting a stored audit's decisions again, while they exist: as they were then, and as they are today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

import duckdb
import pyarrow as pa

from boussole.audits.counts.apart import apart_of, lost
from boussole.audits.counts.common import SharedRowsError, find_common
from boussole.audits.counts.forgotten import since_of
from boussole.audits.counts.rare import values_of, without_names
from boussole.audits.counts.read import SHARES, AuditInputs
from boussole.audits.cubes.logs import COUNTERS
from boussole.audits.cubes.update import sealed_months
from boussole.audits.cubes.values import OTHERS, Categories, Watched
from boussole.audits.errors import NoLakeError
from boussole.audits.history import Arrivals, arrivals, arrived_since
from boussole.audits.lake import reading
from boussole.audits.lake.connection import snapshot, state_of
from boussole.audits.lake.tables import KEYS, exists
from boussole.audits.runs import read_window
from boussole.audits.suppression.apart import Apart, within
from boussole.audits.suppression.shared import ShownWindow
from boussole.audits.systems.model import System
from boussole.audits.windows import Window, reference_window
from boussole.audits.workspace import Workspace

COMPARED = (
    "counts", "strata", "ranks", "scores", "reference_scores", "withheld", "forgotten", *COUNTERS, "agencies",
    "replies", "corrections",
)  # fmt: skip
LEFT_OUT = "left_out"
BESIDE = (LEFT_OUT, "versions")
"""What was not counted, and which version decided: the same in the state that was read, and free to change since."""
VALUES = "values"
"""The names of values of categories, of which a purge leaves those alone that not only few had."""
OF_ROWS = ("strata", "scores", "reference_scores", "withheld", "forgotten", *COUNTERS, "replies", "corrections", VALUES)
"""What a purge removes together with the rows, or what needs it."""


@dataclass(frozen=True, kw_only=True)
class AuditInput:
    """What an audit read: which window of which system, on which day, in which state of the lake; `at`: when sealed."""

    system: System
    window: Window
    as_of: dt.date
    expired: frozenset[str]
    snapshot: int
    at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class Recount:
    """What counting again found. Cubes are named that do not say the same."""

    lake: bool = True
    purged: tuple[dt.date, ...] = ()
    """Months whose rows are gone: only their counts are left, and compared."""
    ended: tuple[str, ...] = ()
    """Groups that may no longer be read."""
    then: tuple[str, ...] | None = None
    """Cubes that the rows of that state give otherwise; None where the state was forgotten."""
    now: tuple[str, ...] = ()
    """Cubes that the rows of today give otherwise."""
    since: tuple[str, ...] = ()
    """What came since, and can be the reason for it."""
    unexplained: bool = False
    """Whether the rows of today differ from those that were counted, and nothing that came since can be why."""
    uncounted: bool = False
    """Whether rows that the audit set apart were purged, or nothing tells them from others any more: the counts that
    are left hold them, and cannot be compared."""
    stale: tuple[str, ...] = ()
    """Cubes in the lake that do not say what its rows say."""
    read: AuditInputs | None = field(default=None, repr=False)
    """What is read today, where it differs."""


@dataclass(frozen=True)
class _Sight:
    """What one state of the lake says; `rows` and `cubes` with what is set apart, to be held to each other."""

    read: AuditInputs
    rows: AuditInputs
    cubes: AuditInputs
    purged: tuple[dt.date, ...]
    arrivals: Arrivals


@dataclass(frozen=True)
class _Question:
    """What is to be counted again, and held to what was `kept` of it; `ended`: groups that may no longer be read."""

    workspace: Workspace
    asked: AuditInput
    kept: AuditInputs
    ended: tuple[str, ...]
    published: Sequence[ShownWindow] | None

    def held_to(self, state: int | None) -> _Sight | None:
        """Return what a state of the lake says, with what must be hidden as it was where shared rows changed."""
        try:
            return _sight(self, self.published, at=state)
        except SharedRowsError:
            found = _sight(self, None, at=state)
            return _with_withheld(found, self.kept) if found else None


def recount(
    workspace: Workspace,
    asked: AuditInput,
    kept: AuditInputs,
    *,
    published: Sequence[ShownWindow] | None = None,
    today: dt.date | None = None,
) -> Recount:
    """Count the rows of an audit again and compare with the counts that were kept.

    `published`: what earlier audits have shown, to find again what they oblige to hide. Raises LakeError when the lake
    is
    busy or cannot be read.
    """
    today = today or dt.datetime.now(asked.system.zone).date()
    ended = tuple(
        name
        for name, group in asked.system.groups.items()
        if group.expires and group.expires < today and name not in asked.expired
    )
    try:
        with reading(workspace) as connection:
            held = exists(connection, asked.system)
            if held and lost(connection, asked.system, within(apart_of(kept.withheld), asked.window)):
                return Recount(ended=ended, uncounted=True)
        question = _Question(workspace, asked, kept, ended, published)
        now = question.held_to(None)
        with reading(workspace) as connection:
            state, unchanged = state_of(connection, asked.snapshot), snapshot(connection) == asked.snapshot
    except NoLakeError:
        now, state, unchanged = None, None, False
    if now is None:
        return Recount(lake=False)
    then = now if unchanged else question.held_to(state) if state is not None else None
    if published is None or ended:
        now, then = _with_withheld(now, kept), _with_withheld(then, kept) if then else None
    return _compared(asked, kept, now, then, ended=ended)


def _with_withheld(sight: _Sight, kept: AuditInputs) -> _Sight:
    """As if the same had been found to be hidden: where that cannot be found again."""
    return replace(sight, read=replace(sight.read, withheld=kept.withheld))


def _compared(
    asked: AuditInput, kept: AuditInputs, now: _Sight, then: _Sight | None, *, ended: tuple[str, ...]
) -> Recount:
    if now.purged and apart_of(kept.withheld):
        return Recount(purged=now.purged, ended=ended, uncounted=True)
    changed = differing(kept, now.read, ended=ended, skip=OF_ROWS if now.purged else ())
    since = arrived_since(now.arrivals, then.arrivals if then else None, at=asked.at)
    return Recount(
        purged=now.purged,
        ended=ended,
        then=_differing_then(kept, then, ended) if then else None,
        now=changed,
        since=since.told,
        unexplained=bool(changed) and not since.explains(decisions_differ=_decisions_differ(kept, now.read, ended)),
        stale=() if now.purged else differing(now.cubes, now.rows, ended=()),
        read=now.read if changed and not ended else None,
    )


def _differing_then(kept: AuditInputs, then: _Sight, ended: Collection[str]) -> tuple[str, ...]:
    """The cubes that the state which was read gives otherwise, and what stands beside them, where the audit kept it."""
    found = differing(kept, then.read, ended=ended, skip=OF_ROWS if then.purged else ())
    beside = ((name, getattr(kept, name), getattr(then.read, name)) for name in BESIDE)
    return (*found, *(name for name, ours, theirs in beside if ours.num_rows and not _same(ours, theirs)))


def _same(ours: pa.Table, theirs: pa.Table) -> bool:
    return bool(ours.combine_chunks().equals(theirs.combine_chunks()))


def _sight(question: _Question, published: Sequence[ShownWindow] | None, *, at: int | None) -> _Sight | None:
    """What a state of the lake says of the window; None where it does not hold the system."""
    asked, kept, workspace = question.asked, question.kept, question.workspace
    system, window = asked.system, asked.window
    with reading(workspace, at=at) as connection:
        if not exists(connection, system):
            return None
        months = _purged(connection, system, window)
        told, common = find_common(connection, workspace, system, window, published or ())

        def read(*, exact: bool, apart: Sequence[Apart] | None) -> AuditInputs:
            found = read_window(
                connection,
                system,
                window,
                as_of=asked.as_of,
                without={*asked.expired, *question.ended},
                exact=exact,
                published=told,
                apart=apart,
                common=common,
            )
            return _since_purged(without_names(connection, workspace, system, found), kept)

        cubes = read(exact=False, apart=[])
        if months:
            return _Sight(cubes, cubes, cubes, months, arrivals(connection, system))
        apart = None if published is not None else values_of(connection, workspace, system, apart_of(kept.withheld))
        rows = read(exact=True, apart=apart)
        whole = read(exact=True, apart=[]) if apart_of(rows.withheld) else rows
        return _Sight(rows, whole, cubes, months, arrivals(connection, system))


def _purged(connection: duckdb.DuckDBPyConnection, system: System, window: Window) -> tuple[dt.date, ...]:
    windows = [each for each in (window, reference_window(system)) if each is not None]
    return tuple(sorted({month for each in windows for month in sealed_months(connection, system, within=each)}))


def differing(
    kept: AuditInputs, found: AuditInputs, *, ended: Collection[str], skip: Collection[str] = ()
) -> tuple[str, ...]:
    """The cubes that do not say the same, without groups that may no longer be read."""
    names = [name for name in COMPARED if name not in skip]
    changed = [
        name for name in names if not _readable(_cube(kept, name), ended).equals(_readable(_cube(found, name), ended))
    ]
    values = VALUES not in skip
    same = _binned(kept, found, values=values) == _binned(found, kept, values=values)
    return (*changed, *(() if same else ("histograms",)))


def _cube(read: AuditInputs, name: str) -> pa.Table:
    return read.logs.get(name, SHARES.empty_table()) if name in COUNTERS else getattr(read, name)


def _since_purged(found: AuditInputs, kept: AuditInputs) -> AuditInputs:
    """Return the inputs with people on no list as they were kept, where rows of their months were purged since."""
    now, then = since_of(found.forgotten), since_of(kept.forgotten)
    if then is not None and (now is None or now > then):
        return replace(found, forgotten=kept.forgotten)
    return found


def _binned(one: AuditInputs, other: AuditInputs, *, values: bool) -> list[object]:
    """Return the histograms of one audit that can be compared with those of the other, with the values both name."""
    others = {each.feature: each for each in other.histograms}
    return [_like(each, others.get(each.feature), values=values) for each in one.histograms]


def _like(each: Watched, other: Watched | None, *, values: bool) -> object:
    if isinstance(each, Categories):
        if not values:
            return (each.feature, each.reference.total(), each.current.total())
        return _named_alike(each, other) if isinstance(other, Categories) else each
    if not isinstance(other, Categories) and other is not None and other.edges == each.edges:
        return each
    return (each.feature, *((sum(side), side[-1]) for side in (each.reference, each.current)))


def _named_alike(one: Categories, other: Categories) -> Categories:
    """With names for those values alone that have one in both: some may have lost theirs since, as rare ones came."""
    names = [{*each.reference, *each.current} for each in (one, other)]
    return one.folded(names[0] & names[1]) if OTHERS in names[0] | names[1] else one


def _readable(rows: pa.Table, ended: Collection[str]) -> pa.Table:
    if not ended:
        return rows.combine_chunks()
    if "by" not in rows.column_names:  # of nobody's group
        return rows.combine_chunks()
    keep = [not set((by or "").split("*")) & set(ended) for by in rows["by"].to_pylist()]
    return rows.filter(pa.array(keep, pa.bool_())).combine_chunks()


def _decisions_differ(kept: AuditInputs, found: AuditInputs, ended: Collection[str]) -> bool:
    """Whether the decisions themselves differ, whatever became of their outcomes and stages since."""
    keys = [*KEYS, "bucket", "decision"]

    def decisions(read: AuditInputs) -> list[tuple[object, ...]]:
        rows = _readable(read.counts, ended).group_by(keys).aggregate([("n", "sum")])
        return sorted((tuple(row.values()) for row in rows.to_pylist()), key=str)

    return decisions(kept) != decisions(found)
