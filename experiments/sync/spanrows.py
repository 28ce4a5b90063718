"""Spans of calls to a model as rows of the log `generations`, and a file of them brought into the lake."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boussole.audits.decisions import IngestReport, ingest
from boussole.audits.errors import SourceError
from boussole.audits.systems import System
from boussole.audits.systems.logs.generations import Generations
from boussole.audits.workspace import Workspace
from boussole.experiments.sync.otlp import Span, read_spans
from boussole.experiments.sync.tracerows import MODEL, PROVIDER, TAGGED, TOKENS, generation_system, write_rows

_WRITES = ("chat", "text_completion", "generate_content")
"""Operations by which a model writes a text; a span without one counts where it names a model."""
_OPERATION = "gen_ai.operation.name"
_ASKED = ("gen_ai.input.messages", "gen_ai.prompt")
_WROTE = ("gen_ai.output.messages", "gen_ai.completion")
_ASKED_EVENTS = ("gen_ai.user.message", "gen_ai.system.message", "gen_ai.assistant.message", "gen_ai.tool.message")
_WROTE_EVENTS = ("gen_ai.choice",)
_SECOND = 1_000_000_000


@dataclass(frozen=True)
class SpansReport:
    """What a file of spans gave: rows, faults as (line, reason), and spans that are no call of a model."""

    ingested: IngestReport
    faults: tuple[tuple[int, str], ...]
    others: int


def ingest_spans(workspace: Workspace, system: System, path: Path, *, origin: str | None = None) -> SpansReport:
    """Brings the calls of models in a file of spans into `generations`, one row each, known by trace and span.

    Raises SourceError where no call can be read of it, and what `ingest` raises. A span without its time is set aside
    in the quarantine like any row; a number of tokens that is none is a fault, and its row says nothing of tokens.
    """
    named, held = generation_system(system), read_spans(path)
    calls = [span for span in held.spans if _is_call(span)]
    if not calls:
        line, reason = held.faults[0] if held.faults else (1, "no span of it is a call of a model (`gen_ai.*`)")
        raise SourceError(f"line {line}: {reason}.", where=path.name, next_step="Export the spans of your calls again.")
    rows = [_row(span, named, held.faults) for span in calls]
    with tempfile.TemporaryDirectory(prefix="boussole-") as folder:
        made = Path(folder) / "spans.parquet"
        write_rows(rows, named, made)
        report = ingest(workspace, named, made, log="generations", origin=origin or path.name)
    return SpansReport(report, tuple(sorted(held.faults)), len(held.spans) - len(calls))


def _is_call(span: Span) -> bool:
    operation = span.attributes.get(_OPERATION)
    return operation in _WRITES if operation else any(name in span.attributes for name in (*MODEL, *TOKENS.values()))


def _row(span: Span, system: System, faults: list[tuple[int, str]]) -> dict[str, Any]:
    """The columns of one call, by the names of the system file."""
    names, said = system.generations or Generations(), span.attributes
    if span.started is None:
        faults.append((span.line, f"span {span.span_id}: no `startTimeUnixNano`; its row is set aside"))
    took = span.ended - span.started if span.started and span.ended and span.ended >= span.started else None
    row = {
        names.id: f"{span.trace_id}-{span.span_id}",
        names.at: None if span.started is None else _moment(span, faults),
        names.input: _first_text(span, _ASKED, _ASKED_EVENTS),
        names.output: _first_text(span, _WROTE, _WROTE_EVENTS),
        names.model_version: _said(said, MODEL),
        names.tokens_in: _tokens(span, TOKENS["tokens_in"], faults),
        names.tokens_out: _tokens(span, TOKENS["tokens_out"], faults),
        names.seconds: None if took is None else took / _SECOND,
        names.feedback: None,
    }
    row |= {column: _said(said, (column,)) for role in TAGGED if (column := getattr(names, role))}
    if names.provider and row[names.provider] is None:
        row[names.provider] = _said(said, PROVIDER)
    return {str(column): value for column, value in row.items()}


def _moment(span: Span, faults: list[tuple[int, str]]) -> dt.datetime | None:
    try:
        return dt.datetime.fromtimestamp((span.started or 0) // 1_000_000 / 1000, dt.UTC)
    except (ValueError, OverflowError, OSError):
        faults.append((span.line, f"span {span.span_id}: `startTimeUnixNano` is no moment; its row is set aside"))
        return None


def _tokens(span: Span, name: str, faults: list[tuple[int, str]]) -> int | None:
    value = span.attributes.get(name)
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63:
        return value
    faults.append((span.line, f"span {span.span_id}: `{name}` is no number of tokens ({str(value)[:40]}); left out"))
    return None


def _said(attributes: Any, names: tuple[str, ...]) -> str | None:
    return next((str(value) for name in names if (value := attributes.get(name)) not in (None, "")), None)


def _first_text(span: Span, names: tuple[str, ...], events: tuple[str, ...]) -> str | None:
    """The text of the messages in attributes of the span, else of its events; None where it tells none."""
    for held in (span.attributes, *(attributes for _, attributes in span.events)):
        for name in names:
            if text := _text_of(held.get(name)):
                return text
    told = [held for name, held in span.events if name in events]
    texts = [_text_of(held.get("content") or held.get("message")) for held in told]
    return "\n".join(text for text in texts if text) or None


def _text_of(value: Any) -> str:
    """The words of a message, or of several: of its `content`, its `parts`, or as it is."""
    if isinstance(value, str) and value[:1] in "[{":
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return str(value)
    if isinstance(value, list):
        return "\n".join(text for each in value if (text := _text_of(each)))
    if isinstance(value, dict):
        return next((text for key in ("parts", "content", "text", "message") if (text := _text_of(value.get(key)))), "")
    return value if isinstance(value, str) else ""
