"""Files of OpenTelemetry spans for generative AI, as the collector's file exporter writes them: one JSON object a line.

`resourceSpans` → `scopeSpans` → `spans`, with the attributes and events of the `gen_ai` conventions. Each line is read
by itself: one that is at fault is told with its number and reason, and the others are read. The file may be compressed
(.gz, .zst).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from boussole.audits.decisions.files.content import unpacked
from boussole.audits.texts.lines import LONGEST

_BEGINS = 4096
"""Bytes of a file by which it is known."""
_KINDS = ("stringValue", "intValue", "doubleValue", "boolValue", "bytesValue")
_DEEPEST = 32
"""Lists and maps in one another that a value may hold."""


@dataclass(frozen=True, slots=True)
class Span:
    """One span, whose attributes hold those of its resource too; `events` are (name, attributes)."""

    line: int
    trace_id: str
    span_id: str
    started: int | None
    ended: int | None
    attributes: Mapping[str, Any]
    events: tuple[tuple[str, Mapping[str, Any]], ...] = ()


@dataclass
class SpanFile:
    """What a file of spans holds: its spans, and what is wrong with it as (line, reason)."""

    spans: list[Span] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)


def is_span_file(path: Path) -> bool:
    """Whether a file is one of spans: what its first line begins with says so."""
    if not path.is_file():
        return False
    with unpacked(path) as file:
        begun = file.read(_BEGINS).removeprefix(b"\xef\xbb\xbf").lstrip()
    return begun.startswith(b"{") and b'"resourceSpans"' in begun.split(b":", 1)[0]


def read_spans(path: Path) -> SpanFile:
    """The spans of a file, and the lines that cannot be read, each with its reason; empty lines hold none.

    Raises SourceError for a compressed file that is cut short or damaged: nothing of it is read.
    """
    found, number = SpanFile(), 0
    with unpacked(path) as file:
        while line := file.readline(LONGEST + 1):
            number += 1
            if len(line) > LONGEST:
                while not line.endswith(b"\n") and (line := file.readline(LONGEST)):
                    pass
                found.faults.append((number, f"it is longer than {LONGEST:,} bytes"))
            elif line.strip():
                _read_line(found, number, line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line)
    return found


def _read_line(found: SpanFile, number: int, line: bytes) -> None:
    try:
        held = json.loads(line.decode("utf-8"))
        found.spans += list(_spans(held, number))
    except UnicodeDecodeError as error:
        found.faults.append((number, f"byte {error.start + 1} is not UTF-8"))
    except json.JSONDecodeError as error:
        whole = "" if line.endswith(b"\n") else " (the line is cut off)"
        found.faults.append((number, f"it is not JSON (character {error.pos + 1}: {error.msg}){whole}"))
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        found.faults.append(
            (number, f"it does not hold spans as OTLP writes them ({type(error).__name__}: {error})"[:200])
        )


def _spans(held: Any, line: int) -> Iterator[Span]:
    if not isinstance(held, dict) or not isinstance(held.get("resourceSpans"), list):
        raise TypeError("no list 'resourceSpans'")
    for resource in held["resourceSpans"]:
        shared = _attributes(resource.get("resource", {}).get("attributes"))
        for scope in resource.get("scopeSpans", []):
            for span in scope.get("spans", []):
                yield Span(
                    line=line,
                    trace_id=str(span["traceId"]),
                    span_id=str(span["spanId"]),
                    started=_nanoseconds(span.get("startTimeUnixNano")),
                    ended=_nanoseconds(span.get("endTimeUnixNano")),
                    attributes={**shared, **_attributes(span.get("attributes"))},
                    events=tuple(
                        (str(each.get("name", "")), _attributes(each.get("attributes")))
                        for each in span.get("events", [])
                    ),
                )


def _nanoseconds(value: Any) -> int | None:
    """A moment in nanoseconds; none where it is missing, or 0 as protocol buffers write what is not there."""
    if value is None or isinstance(value, bool):
        return None
    return int(value) or None


def _attributes(held: Any) -> dict[str, Any]:
    return {str(each["key"]): _value(each.get("value")) for each in held or []}


def _value(held: Any, depth: int = 0) -> Any:
    """What a value holds, whatever its kind; None of a kind that nobody knows."""
    if not isinstance(held, dict) or depth > _DEEPEST:
        return None
    for kind in _KINDS:
        if kind in held:
            return int(held[kind]) if kind == "intValue" else held[kind]
    if "arrayValue" in held:
        return [_value(each, depth + 1) for each in held["arrayValue"].get("values", [])]
    if "kvlistValue" in held:
        return {each["key"]: _value(each.get("value"), depth + 1) for each in held["kvlistValue"].get("values", [])}
    return None
