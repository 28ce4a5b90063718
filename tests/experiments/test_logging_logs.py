"""Every log in one run: folders, what the run says of them without a value, versions, and what may not travel."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from boussole.audits.errors import SourceError
from boussole.audits.log_names import LOGS
from boussole.audits.workspace import Workspace
from boussole.experiments import (
    log_contacts,
    log_decisions,
    log_frame,
    log_generations,
    log_human_actions,
    log_outcomes,
)
from boussole.experiments.sync import sync
from tests.written import system_text

DECISIONS = pd.DataFrame(
    {
        "decision_id": ["d-071", "d-072", "d-073", "d-074"],
        "ts": pd.to_datetime(["2026-07-01", "2026-07-02", "2026-07-03", "2026-07-04"]),
        "chosen": [1, 0, 1, 0],
        "sex": ["F", "M", None, "M"],
        "score": [0.5, np.nan, 0.25, None],
    }
)
FULL = system_text(
    "full",
    """
columns:
  id: decision_id
  decided_at: ts
  decision: {column: chosen, selected: [1], not_selected: [0]}
  outcome: {column: worked, positive: [1], observed_for: all, absent: missing}
  person: person_id
  model_version: version
sensitive: {path: sensitive.csv, key: person_id}
groups:
  sex: {column: sex}
  rqth: {from: sensitive, column: disability, basis: "consent", expires: 2099-01-01}
sources: [{mlflow: {experiment: trials}}]
""",
)


@pytest.fixture
def full(workspace: Workspace) -> Workspace:
    """A workspace whose system `full` declares outcomes, a person, a model version and a sensitive group."""
    (workspace.home / "systems" / "full.yaml").write_text(FULL, encoding="utf-8")
    return Workspace(workspace.home)


def with_person(**more: list[Any]) -> pd.DataFrame:
    return DECISIONS.assign(person_id=["p1", "p2", "p3", "p4"], **more)


def table_of(mlflow: Any, run_id: str, log: str = "decisions") -> pa.Table:
    """The newest Parquet file of a log in a run."""
    return pq.read_table(max(path for path in files(mlflow, run_id, log).values() if path.suffix == ".parquet"))


def files(mlflow: Any, run_id: str, log: str) -> dict[str, Path]:
    folder = Path(mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path=f"boussole/{log}"))
    return {path.name: path for path in folder.iterdir()}


@pytest.mark.costly
def test_one_run_holds_every_log_of_one_system_each_in_its_folder(mlflow: Any) -> None:
    ids = pd.DataFrame({"decision_id": ["d-071"], "worked": [1]})
    with mlflow.start_run() as run:
        log_decisions(DECISIONS, system="trial", name="july.parquet")
        log_outcomes(pl.from_pandas(ids.assign(worked=0)), system="trial", name="first.parquet")
        log_outcomes(ids, system="trial", name="corrected.parquet")
        log_human_actions(pa.Table.from_pandas(ids), system="trial")
        log_contacts(ids, system="trial", name="sms.parquet")
        log_generations(ids, system="trial")
        for log in ("usage", "agencies", "accounts", "search_controls"):
            log_frame(ids, log=log, system="trial")
    kept = ["_corrected.schema.json", "_first.schema.json", "corrected.parquet", "first.parquet"]
    assert sorted(files(mlflow, run.info.run_id, "outcomes")) == kept
    assert {item.path for item in mlflow.MlflowClient().list_artifacts(run.info.run_id, "boussole")} == {
        f"boussole/{log}" for log in LOGS
    }
    assert mlflow.get_run(run.info.run_id).data.tags["boussole.system"] == "trial"


def test_the_schema_summary_tells_columns_and_missing_cells_and_never_a_value(mlflow: Any) -> None:
    run_id = log_decisions(DECISIONS, system="trial", name="july.parquet")
    found = files(mlflow, run_id, "decisions")
    text = found["_july.schema.json"].read_text(encoding="utf-8")
    told = json.loads(text)
    assert told.pop("columns") == [
        {"name": "decision_id", "type": "string", "missing": 0.0},
        {"name": "ts", "type": "timestamp[ns]", "missing": 0.0},
        {"name": "chosen", "type": "int64", "missing": 0.0},
        {"name": "sex", "type": "string", "missing": 0.25},
        {"name": "score", "type": "double", "missing": 0.5},
    ]
    assert told == {
        "schema": "boussole.log/1",
        "system": "trial",
        "log": "decisions",
        "file": "july.parquet",
        "sha256": hashlib.sha256(found["july.parquet"].read_bytes()).hexdigest(),
        "rows": 4,
    }
    assert "d-07" not in text
    assert "2026-07" not in text


def test_the_lineage_names_the_file_that_the_lake_will_hold(mlflow: Any) -> None:
    source = "duckdb:warehouse.duckdb?table=decisions"
    run_id = log_decisions(DECISIONS, system="trial", source=source, name="july.parquet")
    (given,) = mlflow.get_run(run_id).inputs.dataset_inputs
    content = hashlib.sha256(files(mlflow, run_id, "decisions")["july.parquet"].read_bytes()).hexdigest()
    assert (given.dataset.name, given.dataset.digest) == ("trial/decisions", content[:32])
    assert (given.dataset.profile, given.dataset.schema) == (None, None)
    assert mlflow.data.get_source(given).to_dict()["tags"] == {
        "mlflow.run_id": run_id,
        "mlflow.artifact": "boussole/decisions/july.parquet",
        "boussole.source": source,
    }
    assert {tag.key: tag.value for tag in given.tags} == {"mlflow.data.context": "decisions"}


@pytest.mark.costly
def test_the_bytes_depend_on_the_rows_only(mlflow: Any) -> None:
    """A table in one piece, the same cut into batches of 7,000, and one with foreign metadata: one digest."""
    whole = pa.table({"decision_id": [str(n) for n in range(200_001)], "chosen": [n % 2 for n in range(200_001)]})
    cut = pa.RecordBatchReader.from_batches(whole.schema, whole.to_batches(max_chunksize=7000))
    labelled = whole.replace_schema_metadata({"author": "somebody"})
    digests, groups = set(), set()
    for frame in (whole, cut, labelled, whole.to_pandas()):
        run_id = log_decisions(frame, system="trial", name="rows.parquet")
        digests.add(mlflow.get_run(run_id).inputs.dataset_inputs[0].dataset.digest)
        file = pq.ParquetFile(files(mlflow, run_id, "decisions")["rows.parquet"])
        groups.add(
            (file.metadata.num_rows, file.metadata.num_row_groups, b"author" in (file.schema_arrow.metadata or {}))
        )
    assert len(digests) == 1
    assert groups == {(200_001, 3, False)}


def test_what_fails_on_the_way_leaves_no_tag_and_a_sync_finds_nothing(
    workspace: Workspace, mlflow: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise mlflow.MlflowException("the server went away")

    monkeypatch.setattr(mlflow.MlflowClient, "log_inputs", refuse)
    with pytest.raises(SourceError, match="MLflow refused: the server went away"):
        log_decisions(DECISIONS, system="trial")
    (run,) = mlflow.search_runs(output_format="list")
    assert run.info.status == "FAILED"
    assert "boussole.system" not in run.data.tags
    (report,) = sync(workspace)
    assert (report.ingested, report.failures) == ((), ())


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pd.DataFrame({"decision_id": ["d-071", 72]}), "the column 'decision_id' mixes values"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "two columns of the frame have the same name"),
        (pl.Series("decision_id", ["d-071"]), "cannot be read as a table"),
    ],
)
def test_a_frame_that_cannot_be_written_is_refused_without_showing_a_value(frame: Any, message: str) -> None:
    with pytest.raises(SourceError, match=message) as caught:
        log_decisions(frame, system="trial")
    assert "d-071" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_run_or_a_server_that_is_not_there_is_told_without_a_password(
    mlflow: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SourceError, match=r"MLflow refused: .*not found"):
        log_decisions(DECISIONS, system="trial", run_id="0" * 32)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    mlflow.set_tracking_uri("http://me:hunter2@127.0.0.1:1")
    with pytest.raises(SourceError, match="the MLflow server does not answer") as caught:
        log_decisions(DECISIONS, system="trial", run_id="0" * 32)
    assert "hunter2" not in str(caught.value)


@pytest.mark.costly
def test_the_version_is_the_one_of_the_only_model_that_the_run_logged_or_registered(mlflow: Any) -> None:
    class Double(mlflow.pyfunc.PythonModel):
        def predict(self, context, model_input, params=None):
            return model_input

    with mlflow.start_run() as first:
        made = mlflow.pyfunc.log_model(name="model", python_model=Double(), pip_requirements=[])
        log_decisions(DECISIONS, system="trial")
    with mlflow.start_run() as second:
        mlflow.pyfunc.log_model(
            name="model", python_model=Double(), pip_requirements=[], registered_model_name="matcher"
        )
        log_decisions(DECISIONS, system="trial", version_column="version")
    assert mlflow.get_run(first.info.run_id).data.tags["boussole.model_version"] == made.model_id
    assert mlflow.get_run(second.info.run_id).data.tags["boussole.model_version"] == "matcher/1"
    assert table_of(mlflow, second.info.run_id)["version"].to_pylist() == ["matcher/1"] * 4


def test_a_version_is_not_guessed_among_two_models_nor_where_there_is_none(mlflow: Any) -> None:
    client = mlflow.MlflowClient()
    with mlflow.start_run() as run:
        for name in ("a", "b"):
            mlflow.create_external_model(name=name, source_run_id=run.info.run_id)
            model = client.search_logged_models([run.info.experiment_id], f"name = '{name}'")[0]
            client.log_outputs(run.info.run_id, [mlflow.entities.LoggedModelOutput(model.model_id, step=0)])
        log_decisions(DECISIONS, system="trial")
    assert "boussole.model_version" not in mlflow.get_run(run.info.run_id).data.tags
    with pytest.raises(SourceError, match="no column 'version', and no model version is known"):
        log_decisions(DECISIONS, system="trial", version_column="version")


def test_with_a_workspace_only_declared_columns_travel(full: Workspace, mlflow: Any) -> None:
    frame = with_person(name=["Anne"] * 4, worked=[1, 0, None, None])
    run_id = log_decisions(frame, system="full", model_version="7", workspace=full.home)
    table = table_of(mlflow, run_id)
    assert set(table.column_names) == {*DECISIONS, "person_id", "worked", "version"} - {"score"}
    assert table["version"].to_pylist() == ["7"] * 4


def test_what_the_system_does_not_say_is_refused(full: Workspace, mlflow: Any) -> None:
    frame = with_person(worked=[1, 1, 1, 1]).rename(columns={"chosen": "choosen"})
    with pytest.raises(SourceError, match=r"missing column: 'chosen' .*'choosen'"):
        log_decisions(frame, system="full", model_version="7", workspace=full)
    with pytest.raises(SourceError, match="declares no log `contacts`"):
        log_contacts(DECISIONS, system="full", workspace=full)
    assert mlflow.search_runs(output_format="list") == []


def test_a_sensitive_column_is_refused_where_a_workspace_is_around(
    full: Workspace, mlflow: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOUSSOLE_HOME", str(full.home))
    with pytest.raises(SourceError, match="'Disability' `from: sensitive`: it never travels"):
        log_decisions(with_person(Disability=["yes"] * 4), system="full")
    path = full.home / "systems" / "full.yaml"
    path.write_text(FULL + "features: [disability]\n", encoding="utf-8")  # declared as something else besides
    with pytest.raises(SourceError, match="never travels"):
        log_decisions(with_person(disability=[1] * 4, worked=[1] * 4), system="full", model_version="7")
    assert mlflow.search_runs(output_format="list") == []
    assert log_decisions(with_person(), system="full")


def test_logging_needs_no_workspace(
    make_workspace: Callable[..., Workspace], mlflow: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("BOUSSOLE_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    assert log_decisions(with_person(disability=["yes"] * 4), system="full")
