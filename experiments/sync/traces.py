"""MLflow traces of a generative system: each becomes one row of its log `generations`, by its trace id.

New traces are read whole; older ones are looked at again for feedback, without their texts.
"""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from boussole.audits.decisions import IngestReport, ingest
from boussole.audits.decisions.generations import held_feedback, restate_feedback
from boussole.audits.lake import has_lake
from boussole.audits.privacy.removals import removals
from boussole.audits.systems import System
from boussole.audits.systems.logs.generations import Generations
from boussole.audits.workspace import Workspace
from boussole.experiments.marks import MARGIN, SyncMark
from boussole.experiments.store import TAG
from boussole.experiments.sync.fetching import is_only_reader

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Assessment, Experiment, Span, Trace, TraceInfo


MODEL = ("mlflow.llm.model", "mlflow.chat.model", "gen_ai.response.model", "gen_ai.request.model")
"""Attributes of a span that name a model, the nearest first."""
TAGGED = (
    "use", "team", "outcome", "recipient", "provider", "place", "edit_distance", "energy", "marked", "agent",
    "shown_at", "sent_at", "words",
)  # fmt: skip
"""Keys of the log that a trace holds as tags, by the names of the system file; the text that went out is no tag."""
PROVIDER = ("gen_ai.provider.name", "gen_ai.system")
"""Attributes of a span that name who ran the model, where no tag does: OpenTelemetry's for generative AI."""
TOKENS = {"tokens_in": "gen_ai.usage.input_tokens", "tokens_out": "gen_ai.usage.output_tokens"}
LONGEST = 40
TEXT = "text"
"""What is kept of a feedback that is a sentence: that there was one."""


def generation_system(system: System) -> System:
    """The system with a name for every column that a trace can fill, with the tags that its file names (`TAGGED`)."""
    declared = system.generations or Generations()
    named = {
        role: getattr(declared, role) or role
        for role in ("input", "output", "model_version", "tokens_in", "tokens_out", "seconds", "feedback")
    }
    return system.model_copy(update={"generations": declared.model_copy(update=named)})


def row_of(trace: Trace, system: System) -> dict[str, Any]:
    """The columns of one generation, by the names of the system file."""
    names, info = system.generations or Generations(), trace.info
    root = next((span for span in trace.data.spans if span.parent_id is None), None)
    usage = info.token_usage or {}
    seconds = None if info.execution_duration is None else info.execution_duration / 1000
    row = {
        names.id: info.trace_id,
        names.at: dt.datetime.fromtimestamp(info.request_time / 1000, dt.UTC),
        names.input: _text(root.inputs) if root else None,
        names.output: _text(root.outputs) if root else None,
        names.model_version: info.tags.get(names.model_version or "") or _model(trace.data.spans, info),
        names.tokens_in: usage.get("input_tokens", _summed(trace.data.spans, TOKENS["tokens_in"])),
        names.tokens_out: usage.get("output_tokens", _summed(trace.data.spans, TOKENS["tokens_out"])),
        names.seconds: seconds,
        names.feedback: feedback_of(info, system),
    }
    row |= {column: info.tags.get(column) for role in TAGGED if (column := getattr(names, role))}
    if names.provider and row[names.provider] is None:
        row[names.provider] = _named(trace.data.spans, PROVIDER)
    return {str(column): value for column, value in row.items()}


def feedback_of(info: TraceInfo, system: System) -> str | None:
    """What a person said of a text last: a value, a score, or that there was a sentence."""
    name = (system.generations or Generations()).feedback
    said = [(item.name, item.last_update_time_ms or 0, _by_person(item)) for item in info.assessments]
    said = [item for item in said if item[2] is not None]
    chosen = [item for item in said if item[0] == name] or said
    if not chosen:
        return None
    value = max(chosen, key=lambda item: item[1])[2]
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"{value:g}"
    short = isinstance(value, str) and len(value) <= LONGEST and len(value.split()) <= 3
    return str(value) if short else TEXT


def _by_person(item: Assessment) -> Any:
    """The value of a feedback that a person gave and that still stands; else None."""
    feedback = item.feedback
    stands = feedback is not None and feedback.error is None and item.valid is not False
    return feedback.value if feedback and stands and item.source and item.source.source_type == "HUMAN" else None


def write_rows(rows: list[dict[str, Any]], system: System, path: Path) -> None:
    """A Parquet file whose types do not depend on what happens to be missing."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = system.generations or Generations()
    kinds = {names.at: pa.timestamp("ms", tz="UTC"), names.tokens_in: pa.int64(), names.tokens_out: pa.int64()}
    kinds[names.seconds] = pa.float64()
    schema = pa.schema([(column, kinds.get(column, pa.string())) for column in rows[0]])
    whole = [{column: _whole(value) for column, value in row.items()} for row in rows]
    pq.write_table(pa.Table.from_pylist(whole, schema=schema), path)


def _whole(value: Any) -> Any:
    """A text as UTF-8 can hold it: half of a pair of surrogates, which JSON can escape, becomes U+FFFD."""
    if not isinstance(value, str) or value.isascii():
        return value
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _model(spans: list[Span], info: TraceInfo) -> str | None:
    """The model that the first span of a model call names, else the logged model of the trace."""
    found = _named(spans, MODEL) or info.trace_metadata.get("mlflow.modelId")
    return str(found) if found else None


def _named(spans: list[Span], names: Sequence[str]) -> str | None:
    """What the first span that has one of some attributes says, the nearest of these first."""
    found = (value for span in spans for name in names if (value := span.attributes.get(name)))
    return next((str(value) for value in found), None)


def _summed(spans: list[Span], name: str) -> int | None:
    found = [int(value) for span in spans if isinstance(value := span.attributes.get(name), int | float)]
    return sum(found) if found else None


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
