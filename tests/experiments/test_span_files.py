"""Files of OpenTelemetry spans become rows of `generations`; what is wrong is told by its line, the rest is read."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from typer.testing import CliRunner

from boussole.audits.errors import SourceError
from boussole.audits.lake import reading
from boussole.audits.privacy import text
from boussole.audits.workspace import Workspace
from boussole.dashboard.cli.main import app
from boussole.experiments.sync.otlp import is_span_file, read_spans
from boussole.experiments.sync.spanrows import ingest_spans

DECLARED = """generations:
  model_version: model
  tokens_in: tokens_in
  tokens_out: tokens_out
  use: purpose
  provider: provider
groups:"""
AT = 1_780_000_000_000_000_000


@pytest.fixture
def workspace(make_workspace: Callable[..., Workspace]) -> Workspace:
    made = make_workspace(trial="[]")
    file = made.home / "systems" / "trial.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("groups:", DECLARED), encoding="utf-8")
    return Workspace(made.home)


def said(attributes: dict[str, Any]) -> list[dict[str, Any]]:
    """Attributes as OTLP writes them: whole numbers are strings."""

    def value(held: Any) -> dict[str, Any]:
        if isinstance(held, list):
            return {"arrayValue": {"values": [value(each) for each in held]}}
        if isinstance(held, dict):
            return {"kvlistValue": {"values": said(held)}}
        return {"intValue": str(held)} if isinstance(held, int) else {"stringValue": held}

    return [{"key": name, "value": value(held)} for name, held in attributes.items()]


def call(number: int, attributes: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    base = {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "mistral-small",
        "gen_ai.provider.name": "mistral_ai",
    }
    return {
        "traceId": "5b8efff798038103d269b633813fc60c",
        "spanId": f"{number:016x}",
        "startTimeUnixNano": str(AT + number),
        "endTimeUnixNano": str(AT + number + 1_500_000_000),
        "attributes": said({**base, **(attributes or {})}),
        **more,
    }


def line(*spans: dict[str, Any], resource: dict[str, Any] | None = None) -> str:
    held = {"resource": {"attributes": said(resource or {})}, "scopeSpans": [{"scope": {}, "spans": list(spans)}]}
    return json.dumps({"resourceSpans": [held]}, ensure_ascii=False)


def rows(workspace: Workspace) -> dict[str, dict[str, Any]]:
    with reading(workspace) as connection:
        found = connection.execute("SELECT * FROM lake.trial.generations").fetchall()
        names = [item[0] for item in connection.description]
    return {row[names.index("id")][-1]: dict(zip(names, row, strict=True)) for row in found}


GOOD = [
    line(
        call(
            1,
            {
                "gen_ai.usage.input_tokens": 11,
                "gen_ai.usage.output_tokens": 7,
                "gen_ai.input.messages": [{"role": "user", "parts": [{"type": "text", "content": "Où postuler ?"}]}],
                "gen_ai.output.messages": '[{"role": "assistant", "parts": [{"content": "À l’agence."}]}]',
                "nobody.knows": "this",
            },
        ),
        call(9, {"gen_ai.operation.name": "execute_tool"}),
        resource={"purpose": "advice"},
    ),
    line(
        call(
            2,
            events=[
                {"name": "gen_ai.user.message", "attributes": said({"content": "Bonjour"})},
                {"name": "gen_ai.choice", "attributes": said({"message": {"role": "assistant", "content": "Bonsoir"}})},
            ],
        )
    ),
]
BAD = {
    3: ('{"resourceSpans": [{', "it is not JSON"),
    4: ("\x00\x01", "it is not JSON"),
    5: ('{"other": 1}', "no list 'resourceSpans'"),
    6: (line(call(3, startTimeUnixNano="0")), "no `startTimeUnixNano`; its row is set aside"),
    7: (line(call(4, {"gen_ai.usage.input_tokens": -5})), "`gen_ai.usage.input_tokens` is no number of tokens (-5)"),
    8: (line({**call(5), "traceId": None, "spanId": None, "startTimeUnixNano": "soon"}), "invalid literal"),
    9: (line(call(6)).replace('"traceId"', '"trace"'), "KeyError: 'traceId'"),
}


def file_of(folder: Path, lines: list[str], *, cut: str = "") -> Path:
    path = folder / "spans.jsonl"
    path.write_text("\n".join(lines) + "\n" + cut, encoding="utf-8")
    return path


@pytest.mark.costly
def test_each_call_of_a_model_becomes_a_row(workspace: Workspace, tmp_path: Path) -> None:
    report = ingest_spans(workspace, workspace.system("trial"), file_of(tmp_path, GOOD))
    assert (report.ingested.accepted, report.faults, report.others) == (2, (), 1)
    held = rows(workspace)
    one = held["1"]
    assert (one["model_version"], one["tokens_in"], one["tokens_out"]) == ("mistral-small", 11, 7)
    assert (one["provider"], one["use"], one["seconds"]) == ("mistral_ai", "advice", 1.5)
    assert text.unseal(workspace, [held[each][of] for each in "12" for of in ("input", "output")]) == [
        "Où postuler ?",
        "À l’agence.",
        "Bonjour",
        "Bonsoir",
    ]
    assert ingest_spans(workspace, workspace.system("trial"), file_of(tmp_path, GOOD)).ingested.already


def test_what_is_wrong_is_told_by_its_line_and_the_rest_is_read(workspace: Workspace, tmp_path: Path) -> None:
    path = file_of(tmp_path, [*GOOD, *(each for each, _ in BAD.values())], cut=GOOD[1][:90])
    report = ingest_spans(workspace, workspace.system("trial"), path)
    told = dict(report.faults)
    assert all(reason in told[number] for number, (_, reason) in BAD.items()), told
    assert "the line is cut off" in told[10]
    assert set(told) == {*BAD, 10}
    assert (report.ingested.accepted, sum(each.rows for each in report.ingested.rejections)) == (3, 1)
    assert (rows(workspace)["4"]["tokens_in"], rows(workspace)["4"]["model_version"]) == (None, "mistral-small")


def test_half_a_character_loses_no_line(workspace: Workspace, tmp_path: Path) -> None:
    """JSON can escape half of a pair, which no file of UTF-8 holds; both halves are one character."""
    half = line(call(1, {"gen_ai.completion": "HALF homme", "gen_ai.request.model": "mHALF"})).replace(
        "HALF", "\\ud800"
    )
    both = line(call(2, {"gen_ai.completion": "BOTH"})).replace("BOTH", "\\ud83d\\ude00")
    report = ingest_spans(workspace, workspace.system("trial"), file_of(tmp_path, [half, both]))
    assert (report.ingested.accepted, report.faults) == (2, ())
    held = rows(workspace)
    assert held["1"]["model_version"] == "m\ufffd"
    assert text.unseal(workspace, [held[each]["output"] for each in "12"]) == ["\ufffd homme", "\U0001f600"]


def test_the_command_reads_spans_and_says_what_it_could_not(workspace: Workspace, tmp_path: Path) -> None:
    path = file_of(tmp_path, [GOOD[1], BAD[3][0]])
    said = CliRunner().invoke(
        app, ["--workspace", str(workspace.home), "import", str(path), "--system", "trial", "--log", "generations"]
    )
    assert said.exit_code == 2
    assert "line 2" in said.output
    assert "spans.jsonl" in said.output
    assert len(rows(workspace)) == 1


def test_a_long_prompt_is_read_and_a_file_without_calls_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    long = file_of(tmp_path, [line(call(1, {"gen_ai.prompt": "é" * 5_000_000}))])
    (span,) = read_spans(long).spans
    assert len(span.attributes["gen_ai.prompt"]) == 5_000_000
    with pytest.raises(SourceError, match="line 1: it is not JSON"):
        ingest_spans(workspace, workspace.system("trial"), file_of(tmp_path, ["{"]))
    with pytest.raises(SourceError, match="no span of it is a call"):
        ingest_spans(
            workspace,
            workspace.system("trial"),
            file_of(tmp_path, [line(call(1, {"gen_ai.operation.name": "embeddings"}))]),
        )


def test_a_file_of_spans_is_known_by_its_first_line(tmp_path: Path) -> None:
    assert is_span_file(file_of(tmp_path, GOOD))
    assert not is_span_file(file_of(tmp_path, ['{"id": 1, "text": "resourceSpans"}']))
    assert not is_span_file(tmp_path / "none.jsonl")


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_a_compressed_file_of_spans_gives_the_same(workspace: Workspace, tmp_path: Path, suffix: str) -> None:
    plain = file_of(tmp_path, GOOD)
    packed = plain.with_name(f"spans.jsonl{suffix}")
    with pa.output_stream(str(packed), compression="gzip" if suffix == ".gz" else "zstd") as file:
        file.write(plain.read_bytes())
    assert is_span_file(packed)
    assert read_spans(packed) == read_spans(plain)
    assert ingest_spans(workspace, workspace.system("trial"), packed).ingested.accepted == len(GOOD)
    packed.write_bytes(packed.read_bytes()[:-12])
    with pytest.raises(SourceError, match="cut short or damaged"):
        read_spans(packed)
