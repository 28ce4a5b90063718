"""How each declared source stands: when it was read, what it gave, what went wrong, whether something new is late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from boussole.audits.decisions.freshness import lateness
from boussole.audits.errors import LakeError, NoLakeError
from boussole.audits.lake import reading
from boussole.audits.log_names import LogName
from boussole.audits.systems import System
from boussole.audits.systems.kinds import Every
from boussole.audits.systems.parts import Source
from boussole.audits.workspace import Workspace
from boussole.experiments.marks import SyncMark, key_of, read_marks
from boussole.experiments.sync import lake
from boussole.experiments.sync.pull import name_of

TRACES = "mlflow-traces:"


@dataclass(frozen=True, kw_only=True)
class SourceStatus:
    """One source of one system; moments are UTC.

    `log` is None where a source can hold several. `files`, accepted `rows` and `quarantined` ones are None where the
    lake cannot be read. `late`: more time than the declared frequency allows has passed since `last_new`.
    """

    system: str
    source: str
    log: LogName | None
    every: Every | None
    last_attempt: dt.datetime | None
    last_success: dt.datetime | None
    last_new: dt.datetime | None
    files: int | None
    rows: int | None
    quarantined: int | None
    failure: str | None
    late: bool


@dataclass(frozen=True)
class _Imported:
    origin: str
    accepted: int
    quarantined: int


def source_status(workspace: Workspace, *, now: dt.datetime | None = None) -> list[SourceStatus]:
    """The status of every source, in order; raises LakeError when what the last syncs noted cannot be read."""
    marks = read_marks(workspace)
    imported = _imported(workspace)
    moment = now or dt.datetime.now(dt.UTC)
    return [
        _status(
            system,
            source,
            marks.get(key_of(system.id, name), SyncMark(system=system.id, source=name)),
            rows,
            now=moment,
        )
        for system in workspace.systems.values()
        for source in system.sources
        for name, rows in [(_name(workspace, source), None if imported is None else imported.get(system.id, []))]
    ]


def _name(workspace: Workspace, source: Source) -> str:
    if source.mlflow:
        return f"{lake.RUN}{source.mlflow.experiment}"
    assert source.duckdb is not None  # noqa: S101 (the model allows one of the two)
    return name_of(workspace, source.duckdb)


def _status(
    system: System, source: Source, mark: SyncMark, imported: Iterable[_Imported] | None, *, now: dt.datetime
) -> SourceStatus:
    mine = None if imported is None else [item for item in imported if _is_of(item.origin, system, source, mark)]
    last_new = _moment(mark.last_new)
    late = source.every is not None and (last_new is None or lateness(source.every, last_new, now) is not None)
    return SourceStatus(
        system=system.id,
        source=mark.source,
        log=source.duckdb.log if source.duckdb else None,
        every=source.every,
        last_attempt=_moment(mark.last_attempt),
        last_success=_moment(mark.last_success),
        last_new=last_new,
        files=None if mine is None else sum(item.accepted + item.quarantined > 0 for item in mine),
        rows=None if mine is None else sum(item.accepted for item in mine),
        quarantined=None if mine is None else sum(item.quarantined for item in mine),
        failure=mark.failure,
        late=late,
    )


def _is_of(origin: str, system: System, source: Source, mark: SyncMark) -> bool:
    """Whether an import came from this source: of several experiments, from the one that showed its run."""
    if not source.mlflow:
        return origin == mark.source
    if origin.startswith(f"{TRACES}{source.mlflow.experiment}/"):
        return True
    alone = sum(other.mlflow is not None for other in system.sources) == 1
    return origin.startswith(lake.RUN) and (alone or not lake.run_ids({origin}).isdisjoint(mark.runs))


def _imported(workspace: Workspace) -> dict[str, list[_Imported]] | None:
    try:
        with reading(workspace) as connection:
            rows = connection.execute("SELECT system, origin, accepted, quarantined FROM lake.main.ingested").fetchall()
    except NoLakeError:
        return {}
    except LakeError:
        return None
    found: dict[str, list[_Imported]] = {}
    for system, *rest in rows:
        found.setdefault(system, []).append(_Imported(*rest))
    return found


def _moment(milliseconds: int | None) -> dt.datetime | None:
    return None if milliseconds is None else dt.datetime.fromtimestamp(milliseconds / 1000, dt.UTC)
