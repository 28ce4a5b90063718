"""MLflow traces of a generative system: each becomes one row of its log `generations`, by its trace id.

New traces are read whole; older ones are looked at again for feedback, without their texts.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from boussole.audits.decisions import IngestReport, ingest
from boussole.audits.decisions.generations import held_feedback, restate_feedback
from boussole.audits.lake import has_lake
from boussole.audits.privacy.removals import removals
from boussole.audits.systems import System
from boussole.audits.workspace import Workspace
from boussole.experiments.marks import MARGIN, SyncMark
from boussole.experiments.store import TAG
from boussole.experiments.sync.store_listing import is_only_reader
from boussole.experiments.sync.tracerows import feedback_of, generation_system, row_of, write_rows

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Experiment, Trace, TraceInfo

PAGE = 200
CHUNK = 20
"""Pages of which the lake is asked at once."""
DAY = 24 * 3600 * 1000
RUNNING = "IN_PROGRESS"


@dataclass
class TracesResult:
    """What the traces of an experiment gave; `since` is where the next sync begins."""

    since: int
    reports: list[IngestReport] = field(default_factory=list)
    known: int = 0
    updated: int = 0


def sync_traces(
    workspace: Workspace,
    system: System,
    store: MlflowClient,
    experiment: Experiment,
    *,
    mark: SyncMark,
    whole: bool,
    now: int,
    full: bool,
) -> TracesResult:
    """Brings in new traces page by page, and feedback that has changed."""
    start = min(mark.traces_since or 0, now)
    begin = 0 if full else max(0, start - (MARGIN if whole else DAY))
    made = TracesResult(since=start)
    only = is_only_reader(workspace, system, experiment.name)
    named = generation_system(system)
    begin = max(begin, _kept_since(workspace, system, now=now))
    unfinished = now
    pages = _pages(store, experiment.experiment_id, system, begin=begin, only=only)
    while chunk := list(islice(pages, CHUNK)):
        infos = [info for page in chunk for info in page.infos if info.tags.get(TAG, system.id) == system.id]
        done = {info.trace_id: info for info in infos if info.state != RUNNING}
        held = held_feedback(workspace, system, list(done))
        fresh = done.keys() - held.keys()
        for page in chunk:
            if any(info.trace_id in fresh for info in page.infos):
                traces = [trace for trace in page.whole() if trace.info.trace_id in fresh]
                made.reports.append(_bring_in(workspace, named, experiment.name, traces))
        told = {trace_id: feedback_of(done[trace_id], named) for trace_id in held}
        changed = {trace_id: text for trace_id, text in told.items() if text != held[trace_id]}
        made.updated += restate_feedback(workspace, system, changed)
        made.known += len(held)
        made.since = max([made.since, *(info.request_time for info in done.values())])
        running = [info.request_time for info in infos if info.state == RUNNING and now - info.request_time < DAY]
        unfinished = min([unfinished, *running])
    made.since = min(made.since, unfinished)
    return made


def _kept_since(workspace: Workspace, system: System, *, now: int) -> int:
    """Traces older than what a system keeps, or than what was purged, are not read again."""
    days = system.privacy.retain_days
    found = [now - days * DAY if days is not None else 0]
    for item in removals(workspace) if has_lake(workspace) else []:
        if item.payload.get("system") == system.id and item.payload.get("before"):
            day = dt.datetime.fromisoformat(str(item.payload["before"])).replace(tzinfo=system.zone)
            found.append(int(day.timestamp() * 1000))
    return max(found)


@dataclass(frozen=True)
class _Page:
    """A page of traces without their texts; `whole` asks for it again with them."""

    store: MlflowClient
    request: dict[str, object]
    infos: list[TraceInfo]

    def whole(self) -> list[Trace]:
        return list(self.store.search_traces(**self.request, include_spans=True))


def _pages(store: MlflowClient, experiment: str, system: System, *, begin: int, only: bool) -> Iterator[_Page]:
    """Traces from a moment on, oldest first; where several systems read the experiment, those with the tag."""
    clause = f"trace.timestamp_ms >= {begin}" + ("" if only else f" AND tags.`{TAG}` = '{system.id}'")
    token = None
    while True:
        request = {
            "locations": [experiment],
            "filter_string": clause,
            "max_results": PAGE,
            "order_by": ["timestamp_ms ASC"],
            "page_token": token,
        }
        page = store.search_traces(**request, include_spans=False)
        if page:
            yield _Page(store, request, [trace.info for trace in page])
        token = page.token
        if not token:
            return


def _bring_in(workspace: Workspace, named: System, experiment: str, traces: list[Trace]) -> IngestReport:
    """One file of rows, under a name that tells which traces they are; nothing of it is left behind."""
    with tempfile.TemporaryDirectory(prefix="boussole-") as folder:
        path = Path(folder) / "traces.parquet"
        write_rows([row_of(trace, named) for trace in traces], named, path)
        origin = f"mlflow-traces:{experiment}/{traces[0].info.trace_id}..{traces[-1].info.trace_id}"
        return ingest(workspace, named, path, log="generations", origin=origin, growing=True)
