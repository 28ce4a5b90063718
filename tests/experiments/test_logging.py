"""Logging decisions to MLflow: every kind of frame, the right run, and errors that say what to do."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from boussole.audits.errors import BoussoleError, SourceError
from boussole.audits.workspace import Workspace
from boussole.experiments import log_decisions
from boussole.experiments.logging import log_file

ROWS = [("007", "2026-07-01 10:00", 1, "F"), ("008", "2026-07-02 10:00", 0, None)]
COLUMNS = ["decision_id", "ts", "chosen", "sex"]


def logged(mlflow: Any, run_id: str, folder: Path, log: str = "decisions") -> dict[str, pa.Table]:
    """The Parquet files that a run holds of a log, read back."""
    folder.mkdir(exist_ok=True)
    local = Path(mlflow.MlflowClient().download_artifacts(run_id, f"boussole/{log}", str(folder)))
    return {path.name: pq.read_table(path) for path in sorted(local.glob("*.parquet"))}


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
def test_a_frame_of_any_library_is_logged_as_the_same_parquet_rows(kind: str, mlflow: Any, tmp_path: Path) -> None:
    run_id = log_decisions(frame_of(kind), system="trial")
    files = logged(mlflow, run_id, tmp_path / "back")
    ((name, table),) = files.items()
    assert re.fullmatch(r"part-00000-[0-9a-f]{8}\.parquet", name)
    assert table.column_names == COLUMNS
    assert [tuple(row.values()) for row in table.to_pylist()] == ROWS
    run = mlflow.get_run(run_id)
    assert run.data.tags["boussole.system"] == "trial"
    assert run.info.status == "FINISHED"


@pytest.mark.costly
def test_workers_that_log_to_one_run_at_once_overwrite_nothing(mlflow: Any, tmp_path: Path) -> None:
    """Eight workers see the same empty folder, and one of them tries again."""
    with mlflow.start_run() as run:
        pass
    rows = [pd.DataFrame([(str(n), *ROWS[0][1:])], columns=COLUMNS) for n in range(8)]

    def work(frame: pd.DataFrame) -> str:
        return log_decisions(frame, system="trial", run_id=run.info.run_id)

    with ThreadPoolExecutor(8) as workers:
        assert set(workers.map(work, [*rows, rows[3]])) == {run.info.run_id}
    work(rows[5])
    tables = logged(mlflow, run.info.run_id, tmp_path / "back")
    assert {row["decision_id"] for table in tables.values() for row in table.to_pylist()} == set("01234567")
    names = {name.rpartition("-")[2] for name in tables}
    assert len(names) == 8


def test_the_active_run_is_used_and_left_open_but_for_one_given_by_id(mlflow: Any, tmp_path: Path) -> None:
    with mlflow.start_run() as earlier:
        pass
    with mlflow.start_run() as run:
        assert log_decisions(frame_of("pandas"), system="trial") == run.info.run_id
        assert log_decisions(pd.DataFrame(ROWS[:1], columns=COLUMNS), system="trial") == run.info.run_id
        chosen = log_decisions(frame_of("pandas"), system="trial", run_id=earlier.info.run_id, name="july.parquet")
        assert mlflow.active_run() is not None
    assert [len(table) for table in logged(mlflow, run.info.run_id, tmp_path / "back").values()] == [2, 1]
    assert chosen == earlier.info.run_id
    assert list(logged(mlflow, chosen, tmp_path / "earlier")) == ["july.parquet"]


def test_a_name_that_other_rows_have_is_refused_but_the_same_rows_may_be_logged_again(
    mlflow: Any, tmp_path: Path
) -> None:
    run_id = log_decisions(frame_of("pandas"), system="trial", name="july.parquet")
    log_decisions(frame_of("pandas"), system="trial", run_id=run_id, name="july.parquet")
    other = pd.DataFrame(ROWS[:1], columns=COLUMNS)
    with pytest.raises(SourceError, match=r"already holds other rows in 'july\.parquet'"):
        log_decisions(other, system="trial", run_id=run_id, name="july.parquet")
    (table,) = logged(mlflow, run_id, tmp_path / "back").values()
    assert len(table) == 2


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


def test_a_run_holds_the_decisions_of_one_system_only(mlflow: Any) -> None:
    run_id = log_decisions(frame_of("pandas"), system="trial")
    with pytest.raises(SourceError, match="already holds decisions of the system 'trial'"):
        log_decisions(frame_of("pandas"), system="other", run_id=run_id)


def test_a_csv_is_logged_with_its_declared_columns_as_text(workspace: Workspace, mlflow: Any, tmp_path: Path) -> None:
    file = tmp_path / "july.csv"
    file.write_text("decision_id,name,ts,chosen,sex\n007,Anne,2026-07-01 10:00,1,F\n008,Jean,2026-07-02 10:00,0,M\n")
    run_id = log_file(file, workspace=workspace, system=workspace.system("trial"))
    (table,) = logged(mlflow, run_id, tmp_path / "back").values()
    assert table.to_pylist() == [
        {"decision_id": "007", "ts": "2026-07-01 10:00", "chosen": "1", "sex": "F"},
        {"decision_id": "008", "ts": "2026-07-02 10:00", "chosen": "0", "sex": "M"},
    ]
    run = mlflow.get_run(run_id)
    assert (run.info.run_name, run.info.status, run.data.tags["boussole.system"]) == ("july", "FINISHED", "trial")
    assert mlflow.get_experiment(run.info.experiment_id).name == "trials"


def test_the_first_file_makes_its_experiment_with_artifacts_in_the_workspace(
    make_workspace: Callable[..., Workspace], decisions: Callable[..., pd.DataFrame], tmp_path: Path
) -> None:
    workspace = make_workspace(sourceless="[]")
    decisions().to_parquet(tmp_path / "log.parquet")
    run_id = log_file(tmp_path / "log.parquet", workspace=workspace, system=workspace.system("sourceless"))
    held = workspace.home / "mlartifacts" / run_id / "artifacts" / "boussole" / "decisions"
    assert [pq.read_table(file).num_rows for file in held.glob("*.parquet")] == [4]


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


@pytest.mark.costly
def test_importing_experiments_does_not_import_mlflow() -> None:
    code = (
        "import sys, boussole.experiments, boussole.experiments.sync, boussole.experiments.demo; "
        "sys.exit('mlflow' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


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
