"""Logging to MLflow: any frame, each log in its folder of the right run, without what may not travel, or an error."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from boussole.audits.errors import BoussoleError, SourceError
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
from boussole.experiments.logging import log_file
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


def tables(mlflow: Any, run_id: str) -> dict[str, pa.Table]:
    """The Parquet files that a run holds of decisions, read back."""
    found = files(mlflow, run_id, "decisions")
    return {name: pq.read_table(path) for name, path in sorted(found.items()) if path.suffix == ".parquet"}


def table_of(mlflow: Any, run_id: str) -> pa.Table:
    (table,) = tables(mlflow, run_id).values()
    return table


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


def test_the_schema_and_the_lineage_name_the_file_and_never_a_value(mlflow: Any) -> None:
    source = "duckdb:warehouse.duckdb?table=decisions"
    run_id = log_decisions(DECISIONS, system="trial", source=source, name="july.parquet")
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
    content = hashlib.sha256(found["july.parquet"].read_bytes()).hexdigest()
    about = {"schema": "boussole.log/1", "system": "trial", "log": "decisions", "file": "july.parquet"}
    assert told == about | {"sha256": content, "rows": 4}
    assert "d-07" not in text
    assert "2026-07" not in text
    (given,) = mlflow.get_run(run_id).inputs.dataset_inputs
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
    """A table in one piece, the same cut into batches of 7,000, one with foreign metadata: one digest."""
    whole = pa.table({"decision_id": [str(n) for n in range(200_001)], "chosen": [n % 2 for n in range(200_001)]})
    cut = pa.RecordBatchReader.from_batches(whole.schema, whole.to_batches(max_chunksize=7000))
    signed = whole.replace_schema_metadata({"author": "somebody"})
    digests, groups = set(), set()
    for frame in (whole, cut, signed, whole.to_pandas()):
        run_id = log_decisions(frame, system="trial", name="rows.parquet")
        digests.add(mlflow.get_run(run_id).inputs.dataset_inputs[0].dataset.digest)
        file = pq.ParquetFile(files(mlflow, run_id, "decisions")["rows.parquet"])
        labelled = b"author" in (file.schema_arrow.metadata or {})
        groups.add((file.metadata.num_rows, file.metadata.num_row_groups, labelled))
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
    monkeypatch.delenv("BOUSSOLE_HOME")
    monkeypatch.chdir(full.home.parent)  # where no workspace is, none is needed
    assert log_decisions(with_person(disability=["yes"] * 4), system="full")


ROWS = [("007", "2026-07-01 10:00", 1, "F"), ("008", "2026-07-02 10:00", 0, None)]
COLUMNS = ["decision_id", "ts", "chosen", "sex"]


def frame_of(kind: str) -> Any:
    pandas = pd.DataFrame(ROWS, columns=COLUMNS)
    arrow = pa.table({name: [row[i] for row in ROWS] for i, name in enumerate(COLUMNS)})
    return {
        "pandas": lambda: pandas,
        "pandas with an index": lambda: pandas.set_index(pd.Index(["a", "b"], name="label")),
        "polars": lambda: pl.DataFrame(ROWS, schema=COLUMNS, orient="row"),
        "arrow": lambda: arrow,
        "arrow reader": arrow.to_reader,
        "duckdb": lambda: duckdb.from_arrow(arrow),
    }[kind]()


@pytest.mark.parametrize("kind", ["pandas", "pandas with an index", "polars", "arrow", "arrow reader", "duckdb"])
def test_a_frame_of_any_library_is_logged_as_the_same_parquet_rows(kind: str, mlflow: Any) -> None:
    run_id = log_decisions(frame_of(kind), system="trial")
    ((name, table),) = tables(mlflow, run_id).items()
    assert re.fullmatch(r"part-00000-[0-9a-f]{8}\.parquet", name)
    assert table.column_names == COLUMNS
    assert [tuple(row.values()) for row in table.to_pylist()] == ROWS
    run = mlflow.get_run(run_id)
    assert run.data.tags["boussole.system"] == "trial"
    assert run.info.status == "FINISHED"


@pytest.mark.costly
def test_workers_that_log_to_one_run_at_once_overwrite_nothing(mlflow: Any) -> None:
    """Eight workers see the same empty folder, and one of them tries again."""
    with mlflow.start_run() as run:
        pass
    rows = [pd.DataFrame([(str(n), *ROWS[0][1:])], columns=COLUMNS) for n in range(8)]

    def work(frame: pd.DataFrame) -> str:
        return log_decisions(frame, system="trial", run_id=run.info.run_id)

    with ThreadPoolExecutor(8) as workers:
        assert set(workers.map(work, [*rows, rows[3]])) == {run.info.run_id}
    work(rows[5])
    found = tables(mlflow, run.info.run_id)
    assert {row["decision_id"] for table in found.values() for row in table.to_pylist()} == set("01234567")
    assert len({name.rpartition("-")[2] for name in found}) == 8


def test_the_active_run_is_used_and_left_open_but_for_one_given_by_id(mlflow: Any) -> None:
    with mlflow.start_run() as earlier:
        pass
    with mlflow.start_run() as run:
        assert log_decisions(frame_of("pandas"), system="trial") == run.info.run_id
        assert log_decisions(pd.DataFrame(ROWS[:1], columns=COLUMNS), system="trial") == run.info.run_id
        chosen = log_decisions(frame_of("pandas"), system="trial", run_id=earlier.info.run_id, name="july.parquet")
        assert mlflow.active_run() is not None
    assert [len(table) for table in tables(mlflow, run.info.run_id).values()] == [2, 1]
    assert chosen == earlier.info.run_id
    assert list(tables(mlflow, chosen)) == ["july.parquet"]


def test_a_name_that_other_rows_have_is_refused_but_the_same_rows_may_be_logged_again(mlflow: Any) -> None:
    run_id = log_decisions(frame_of("pandas"), system="trial", name="july.parquet")
    log_decisions(frame_of("pandas"), system="trial", run_id=run_id, name="july.parquet")
    other = pd.DataFrame(ROWS[:1], columns=COLUMNS)
    with pytest.raises(SourceError, match=r"already holds other rows in 'july\.parquet'"):
        log_decisions(other, system="trial", run_id=run_id, name="july.parquet")
    assert len(table_of(mlflow, run_id)) == 2
    with pytest.raises(SourceError, match="already holds decisions of the system 'trial'"):
        log_decisions(frame_of("pandas"), system="other", run_id=run_id)


@pytest.mark.parametrize(
    ("frame", "arguments", "message"),
    [
        ([1, 2], {"system": "trial"}, "a list is not a table"),
        ("july.csv", {"system": "trial"}, "a str is not a table. .*boussole log FILE"),
        (pl.LazyFrame({"a": [1]}), {"system": "trial"}, r"a LazyFrame is not a table. Call its `collect\(\)`"),
        (pd.DataFrame({"decision_id": []}), {"system": "trial"}, "holds no row"),
        (pd.DataFrame(ROWS), {"system": "Trial 1"}, "`Trial 1` cannot be an identifier: .* for example `trial_1`"),
        (pd.DataFrame(ROWS), {"system": "trial", "name": "../part.parquet"}, "is not a file name"),
        (pd.DataFrame(ROWS), {"system": "trial", "run_id": 3}, "`run_id` cannot be 3: it should be a valid string"),
        (pd.DataFrame(ROWS), {"system": "trial", "workspace": 3}, "`workspace` cannot be 3. Give the path of its"),
        (pd.DataFrame(ROWS), {"system": "trial", "run": "3"}, r"there is no argument `run`\. Did you mean 'run_id'"),
    ],
)
def test_what_cannot_be_logged_is_refused_before_mlflow_is_touched(frame: Any, arguments: Any, message: str) -> None:
    with pytest.raises(BoussoleError, match=message):
        log_decisions(frame, **arguments)


def test_a_csv_is_logged_with_its_declared_columns_as_text(workspace: Workspace, mlflow: Any, tmp_path: Path) -> None:
    file = tmp_path / "july.csv"
    file.write_text("decision_id,name,ts,chosen,sex\n007,Anne,2026-07-01 10:00,1,F\n008,Jean,2026-07-02 10:00,0,M\n")
    run_id = log_file(file, workspace=workspace, system=workspace.system("trial"))
    rows = [tuple(row.values()) for row in table_of(mlflow, run_id).to_pylist()]
    assert rows == [("007", "2026-07-01 10:00", "1", "F"), ("008", "2026-07-02 10:00", "0", "M")]
    run = mlflow.get_run(run_id)
    assert (run.info.run_name, run.info.status, run.data.tags["boussole.system"]) == ("july", "FINISHED", "trial")
    assert mlflow.get_experiment(run.info.experiment_id).name == "trials"
    held = workspace.home / "mlartifacts" / run_id / "artifacts" / "boussole" / "decisions"
    assert [pq.read_table(file).num_rows for file in held.glob("*.parquet")] == [2]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("1,yesterday,1,F\n2,yesterday,0,M\n", r"no row could be accepted: column 'ts'.*2 rows, the first is row 1"),
        (
            "1,2026-07-01,1,F\n2,2026-07-02,0,M,x\n3,2026-07-03,0,M\n",
            r"1 line\(s\) cannot be logged, as they are no rows; the first is row 2",
        ),
    ],
)
def test_a_file_that_cannot_be_logged_leaves_no_run(
    workspace: Workspace, mlflow: Any, tmp_path: Path, rows: str, told: str
) -> None:
    file = tmp_path / "bad.csv"
    file.write_text(f"decision_id,ts,chosen,sex\n{rows}")
    with pytest.raises(SourceError, match=told):
        log_file(file, workspace=workspace, system=workspace.system("trial"))
    assert mlflow.search_runs(output_format="list") == []


@pytest.mark.slow
def test_logging_says_nothing_and_sends_no_telemetry(
    make_workspace: Callable[..., Workspace], decisions: Callable[..., pd.DataFrame], tmp_path: Path
) -> None:
    workspace = make_workspace(trial="[]")
    (workspace.home / "mlflow.db").unlink()  # so that MLflow makes its tables, which it likes to tell
    decisions().to_parquet(tmp_path / "log.parquet")
    code = (
        "import sys; from pathlib import Path; from boussole.audits.workspace import Workspace; "
        "from boussole.experiments.logging import log_file; w = Workspace(Path(sys.argv[1])); "
        "log_file(sys.argv[2], workspace=w, system=w.system('trial')); "
        "from mlflow.telemetry.utils import is_telemetry_disabled; sys.exit(not is_telemetry_disabled())"
    )
    arguments = [sys.executable, "-c", code, str(workspace.home), str(tmp_path / "log.parquet")]
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    done = subprocess.run(arguments, capture_output=True, text=True, check=False, env=environment, cwd=Path.cwd())
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
