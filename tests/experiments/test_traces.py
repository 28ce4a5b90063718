"""MLflow traces become rows of `generations`: once each, with what they cost and what people said of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from boussole import experiments
from boussole.audits.lake import reading
from boussole.audits.privacy import text
from boussole.audits.workspace import Workspace
from boussole.experiments.sync import SyncReport, sync
from tests.experiments.stores import rewritten

DECLARED = """generations:
  model_version: model
  tokens_in: tokens_in
  use: purpose
groups:"""


@pytest.fixture
def workspace(make_workspace: Callable[..., Workspace]) -> Workspace:
    """A system `trial` with a log of generations, read from the experiment `trials`."""
    return rewritten(make_workspace(trial="[{mlflow: {experiment: trials}}]"), "groups:", DECLARED)


def trace(mlflow: Any, question: str, answer: str, *, tags: dict[str, str] | None = None, model: str = "m-1") -> str:
    """A trace as a chain with one model call leaves it."""
    from mlflow.entities import SpanType

    with mlflow.start_span("chain", span_type=SpanType.CHAIN) as chain:
        chain.set_inputs({"question": question})
        with mlflow.start_span("call", span_type=SpanType.CHAT_MODEL) as call:
            call.set_inputs({"messages": [question]})
            call.set_attribute("mlflow.llm.model", model)
            call.set_attribute("mlflow.chat.tokenUsage", {"input_tokens": 11, "output_tokens": 7, "total_tokens": 18})
            call.set_outputs(answer)
        chain.set_outputs(answer)
    for key, value in (tags or {}).items():
        mlflow.set_trace_tag(chain.trace_id, key, value)
    mlflow.flush_trace_async_logging()
    return str(chain.trace_id)


def say(mlflow: Any, trace_id: str, name: str, value: Any, *, source: str = "HUMAN") -> None:
    from mlflow.entities import AssessmentSource

    said = {"name": name, "value": value, "source": AssessmentSource(source_type=source, source_id="someone")}
    mlflow.log_feedback(trace_id=trace_id, rationale="Mme Martin m’a appelé", **said)


def rows(workspace: Workspace) -> list[dict[str, Any]]:
    with reading(workspace) as connection:
        found = connection.execute('SELECT * FROM lake.trial.generations ORDER BY "at", id').fetchall()
        names = [item[0] for item in connection.description]
    return [dict(zip(names, row, strict=True)) for row in found]


def told(reports: list[SyncReport]) -> tuple[int, int, int]:
    """New traces, traces known, feedback brought up to date."""
    (report,) = reports
    assert report.failures == ()
    return sum(item.accepted for item in report.ingested), report.known_traces, report.feedback


@pytest.mark.costly
def test_a_trace_becomes_a_row(workspace: Workspace, mlflow: Any) -> None:
    before = dt.datetime.now(workspace.system("trial").zone).replace(tzinfo=None)
    trace_id = trace(mlflow, "Où postuler ?", "À l’agence.", tags={"purpose": "advice", "secret": "x"})
    assert told(sync(workspace)) == (1, 0, 0)
    (row,) = rows(workspace)
    assert row["id"] == trace_id
    assert (row["model_version"], row["tokens_in"], row["tokens_out"]) == ("m-1", 11, 7)
    assert (row["use"], row["team"], row["feedback"]) == ("advice", None, None)
    assert abs((row["at"] - before).total_seconds()) < 60
    assert 0 <= row["seconds"] < 60
    assert text.unseal(workspace, [row["input"], row["output"]]) == ['{"question": "Où postuler ?"}', "À l’agence."]
    assert b"agence" not in row["output"]


@pytest.mark.costly
def test_each_trace_is_brought_in_once(workspace: Workspace, mlflow: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(experiments.sync.traces, "PAGE", 2)
    monkeypatch.setattr(experiments.sync.traces, "CHUNK", 2)
    first = {trace(mlflow, f"q{n}", "a") for n in range(7)}
    assert told(sync(workspace)) == (7, 0, 0)
    assert told(sync(workspace)) == (0, 7, 0)
    second = {trace(mlflow, f"q{n}", "a") for n in range(3)}
    assert told(sync(workspace)) == (3, 7, 0)
    assert told(sync(workspace, full=True)) == (0, 10, 0)
    assert {row["id"] for row in rows(workspace)} == first | second
    assert len(rows(workspace)) == 10


@pytest.mark.slow
def test_feedback_that_comes_later_is_taken_over(workspace: Workspace, mlflow: Any) -> None:
    kept, judged, talked, changed = (trace(mlflow, "q", "a") for _ in range(4))
    say(mlflow, changed, "feedback", 4)
    sync(workspace)
    say(mlflow, kept, "helpful", True)
    say(mlflow, judged, "relevance", "yes", source="LLM_JUDGE")
    say(mlflow, talked, "opinion", "Cette réponse parle de Mme Martin, c’est gênant")
    say(mlflow, changed, "feedback", 5)
    say(mlflow, changed, "other", "no")
    assert told(sync(workspace)) == (0, 4, 3)
    found = {row["id"]: row["feedback"] for row in rows(workspace)}
    assert found == {kept: "true", judged: None, talked: "text", changed: "5"}
    assert told(sync(workspace)) == (0, 4, 0)


@pytest.mark.costly
def test_a_trace_that_is_still_running_waits(workspace: Workspace, mlflow: Any) -> None:
    from mlflow.entities import TraceInfo, TraceLocation, TraceState

    store = mlflow.MlflowClient()
    experiment = mlflow.get_experiment_by_name("trials").experiment_id
    now = store.create_run(experiment).info.start_time
    running = TraceInfo(
        trace_id="tr-running",
        trace_location=TraceLocation.from_experiment_id(experiment),
        request_time=now - 1000,
        state=TraceState.IN_PROGRESS,
    )
    store._tracing_client.start_trace(running)
    trace(mlflow, "q", "a")
    assert told(sync(workspace)) == (1, 0, 0)
    assert "tr-running" not in {row["id"] for row in rows(workspace)}


@pytest.mark.costly
def test_where_two_systems_read_an_experiment_traces_need_the_tag(workspace: Workspace, mlflow: Any) -> None:
    trace(mlflow, "q", "a", tags={"boussole.system": "other"})
    assert told(sync(workspace)) == (0, 0, 0)
    shared = rewritten(workspace, "id: trial\n", "id: other\n", to="other")
    trace(mlflow, "q", "a")
    mine = trace(mlflow, "q", "a", tags={"boussole.system": "trial"})
    reports = {report.system: report for report in sync(shared)}
    assert [item.accepted for item in reports["trial"].ingested] == [1]
    assert [item.accepted for item in reports["other"].ingested] == [1]
    assert [row["id"] for row in rows(shared)] == [mine]


@pytest.mark.slow
def test_a_pseudonymised_trace_is_known_again(workspace: Workspace, mlflow: Any) -> None:
    secret = rewritten(workspace, "groups:", "privacy: {pseudonymise: [id]}\ngroups:")
    trace_id = trace(mlflow, "q", "a")
    assert told(sync(secret)) == (1, 0, 0)
    say(mlflow, trace_id, "feedback", False)
    assert told(sync(secret)) == (0, 1, 1)
    (row,) = rows(secret)
    assert row["id"] != trace_id
    assert row["feedback"] == "false"


def test_spans_of_opentelemetry_say_provider_and_tokens(workspace: Workspace, mlflow: Any) -> None:
    said = "  provider: provider\n  place: place\n  outcome: outcome\n  recipient: to\n"
    texts = "  texts: {personal: [NIR], kept: false}\n"
    asked = rewritten(workspace, "  use: purpose\n", f"  use: purpose\n{said}{texts}")
    with mlflow.start_span("chat") as span:
        span.set_attribute("gen_ai.provider.name", "mistral_ai")
        span.set_attribute("gen_ai.usage.input_tokens", 12)
        span.set_attribute("gen_ai.usage.output_tokens", 34)
        span.set_outputs("Son numéro de sécurité sociale : 2 85 07 75 120 001 18.")
    for tag, value in {"outcome": "kept", "to": "employer", "place": "FR"}.items():
        mlflow.set_trace_tag(span.trace_id, tag, value)
    mlflow.flush_trace_async_logging()
    assert told(sync(asked)) == (1, 0, 0)
    (row,) = rows(asked)
    assert (row["provider"], row["place"]) == ("mistral_ai", "FR")
    assert (row["tokens_in"], row["tokens_out"]) == (12, 34)
    assert (row["outcome"], row["recipient"], row["output"]) == ("kept", "employer", None)
    assert row["personal_output"] == "NIR"
