"""DuckDB files as sources: what only grows, queries, and files that another process is writing to."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from boussole import audits
from boussole.audits.decisions.databases import DatabaseAddress, open_database
from boussole.audits.errors import SourceError
from boussole.audits.lake import reading
from boussole.audits.workspace import Workspace
from boussole.experiments.logging import log_decisions, log_generations
from boussole.experiments.runs import fetch_run, system_of_run
from boussole.experiments.sync import SyncReport, sync
from tests.experiments.stores import OUTCOME, Make, ids, rewritten

GROWING = "[{duckdb: {path: log.duckdb, table: log, after: seq}}]"


def write(workspace: Workspace, frame: pd.DataFrame, *, seq: list[int | None]) -> None:
    """Adds rows to the table `log`, each with the value of the column that only grows."""
    columns = "decision_id VARCHAR, ts VARCHAR, chosen BIGINT, sex VARCHAR, seq BIGINT"
    with duckdb.connect(workspace.home / "log.duckdb") as connection:
        connection.execute(f"CREATE TABLE IF NOT EXISTS log ({columns})")
        connection.register("fresh", frame.assign(seq=pd.array(seq, dtype="Int64")))
        connection.execute("INSERT INTO log FROM fresh")


def told(reports: list[SyncReport]) -> tuple[int, int, int]:
    """Rows accepted, rows known before, rows set aside, by the only source."""
    (report,) = reports
    assert report.failures == ()
    found = report.ingested
    return tuple(sum(getattr(item, name) for item in found) for name in ("accepted", "known", "quarantined"))  # type: ignore[return-value]


def mark(workspace: Workspace) -> list[str]:
    with reading(workspace) as connection:
        return [row[0] for row in connection.execute("SELECT mark FROM lake.main.marks").fetchall()]


@pytest.mark.costly
def test_a_table_that_grows_is_read_from_its_mark_on(make_workspace: Callable[..., Workspace], decisions: Make) -> None:
    workspace = make_workspace(trial=GROWING)
    write(workspace, decisions(rows=1).iloc[:0], seq=[])
    assert told(sync(workspace)) == (0, 0, 0)
    write(workspace, decisions(), seq=[1, 2, 3, 4])
    assert told(sync(workspace)) == (4, 0, 0)
    assert mark(workspace) == ["4"]
    assert told(sync(workspace)) == (0, 0, 0)
    write(workspace, decisions(first=10, rows=2), seq=[4, 5])  # one more row with the value of the mark
    assert told(sync(workspace)) == (2, 1, 0)
    assert mark(workspace) == ["5"]
    assert ids(workspace) == ["000", "001", "002", "003", "010", "011"]
    write(workspace, decisions(first=20, rows=2), seq=[1, None])
    assert told(sync(workspace)) == (1, 1, 0)  # a row without a value is looked at each time
    assert told(sync(workspace, full=True)) == (1, 7, 0)  # and the one below the mark is found
    assert (mark(workspace), len(ids(workspace))) == (["5"], 8)


@pytest.mark.costly
def test_the_mark_and_the_rows_are_one_transaction(
    make_workspace: Callable[..., Workspace], decisions: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = make_workspace(trial=GROWING)
    write(workspace, decisions(), seq=[1, 2, 3, 4])
    with monkeypatch.context() as patch:
        patch.setattr(importlib.import_module("boussole.audits.decisions.ingesting"), "leave", _fail)
        (report,) = sync(workspace)
        assert "cut short" in str(report.failures[0])
    assert told(sync(workspace)) == (4, 0, 0)
    assert mark(workspace) == ["4"]


def _fail(*_: Any, **__: Any) -> None:
    raise OSError("cut short")


@pytest.mark.costly
def test_a_query_is_a_source(make_workspace: Callable[..., Workspace], decisions: Make) -> None:
    query = "SELECT decision_id, ts, chosen, upper(sex) AS sex FROM log WHERE seq > 1 -- not the first"
    workspace = make_workspace(trial=f'[{{duckdb: {{path: log.duckdb, query: "{query}"}}}}]')
    write(workspace, decisions(), seq=[1, 2, 3, 4])
    (report,) = sync(workspace)
    assert report.failures == ()
    assert report.source.startswith("duckdb:log.duckdb?query=")
    assert ids(workspace) == ["001", "002", "003"]
    assert told(sync(workspace)) == (0, 0, 0)


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ('query: "DROP TABLE log"', "not one SELECT"),
        ('query: "SELECT 1; SELECT 2"', "not one SELECT"),
        ("query: \"SELECT * FROM read_csv('/etc/passwd')\"", "PermissionException"),
        ('query: "SELECT * FROM no_such_table"', "cannot be read"),
        ("table: log, after: sequence", "`after` names a column that is not there: 'sequence'"),
    ],
)
def test_a_source_only_reads_what_is_in_its_own_file(
    asked: str, reason: str, make_workspace: Callable[..., Workspace], decisions: Make
) -> None:
    workspace = make_workspace(trial=f"[{{duckdb: {{path: log.duckdb, {asked}}}}}]")
    write(workspace, decisions(), seq=[1, 2, 3, 4])
    (report,) = sync(workspace)
    assert report.ingested == ()
    assert reason in str(report.failures[0])
    with duckdb.connect(workspace.home / "log.duckdb") as connection:
        assert connection.execute("SELECT count(*) FROM log").fetchone() == (4,)


WRITER = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1])
for line in sys.stdin:
    connection.execute(line)
    print("done", flush=True)
"""


@contextmanager
def writer(path: Path) -> Iterator[Callable[[str], None]]:
    """Another process that has the file open for writing, and a function that makes it run a statement."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    stdin, stdout = process.stdin, process.stdout

    def run(statement: str) -> None:
        stdin.write(f"{statement}\n")
        stdin.flush()
        assert stdout.readline() == "done\n"

    try:
        run("SELECT 1")
        yield run
    finally:
        stdin.close()
        process.wait()


@pytest.mark.costly
def test_what_another_process_committed_is_read_while_it_holds_the_file(
    make_workspace: Callable[..., Workspace], decisions: Make
) -> None:
    workspace = make_workspace(trial=GROWING)
    file = workspace.home / "log.duckdb"
    write(workspace, decisions(), seq=[1, 2, 3, 4])
    with writer(file) as run:
        with pytest.raises(duckdb.IOException, match="lock"):
            duckdb.connect(file, read_only=True)
        assert told(sync(workspace)) == (4, 0, 0)
        run("INSERT INTO log VALUES ('100', '2026-07-09', 1, 'F', 5)")  # in the write-ahead log only
        run("BEGIN")
        run("INSERT INTO log VALUES ('101', '2026-07-09', 1, 'F', 6)")  # not committed
        assert told(sync(workspace)) == (1, 1, 0)
        run("COMMIT")
        run("CHECKPOINT")
        assert told(sync(workspace)) == (1, 1, 0)
    assert told(sync(workspace)) == (0, 0, 0)
    assert ids(workspace) == ["000", "001", "002", "003", "100", "101"]
    assert sorted(path.name for path in workspace.home.glob("log.duckdb*")) == ["log.duckdb"]


@pytest.mark.costly
def test_a_file_that_never_stands_still_waits_for_the_next_sync(
    make_workspace: Callable[..., Workspace], decisions: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = make_workspace(trial=GROWING)
    write(workspace, decisions(), seq=[1, 2, 3, 4])
    monkeypatch.setattr(audits.decisions.databases, "TRIES", 3)
    monkeypatch.setattr(audits.decisions.databases, "PAUSE", 0)
    with writer(workspace.home / "log.duckdb"):
        with monkeypatch.context() as patch:
            patch.setattr(audits.decisions.databases, "_copy", lambda *_: None)
            (report,) = sync(workspace)
        assert "another process keeps writing to the DuckDB file" in str(report.failures[0])
        assert "run the sync again" in str(report.failures[0])
    assert told(sync(workspace)) == (4, 0, 0)


@pytest.mark.parametrize("content", [b"", b"no database at all" * 1000])
def test_a_file_that_is_no_database_is_told(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "a.duckdb"
    file.write_bytes(content)
    with pytest.raises(SourceError, match=r"duckdb:a\.duckdb"), open_database(DatabaseAddress(path=file, table="log")):
        pass


def test_an_address_is_one_line() -> None:
    address = DatabaseAddress(path=Path("/data/été & co.duckdb"), query="SELECT 'a&b=c?' AS x", after="seq", since="4")
    assert DatabaseAddress.parse(address.uri()) == address
    with pytest.raises(SourceError, match="which table"):
        DatabaseAddress.parse("duckdb:a.duckdb")


@pytest.mark.costly
def test_a_query_brings_outcomes_from_a_mark_on(make_workspace: Callable[..., Workspace], decisions: Make) -> None:
    late = (
        '{duckdb: {path: log.duckdb, query: "SELECT ref AS decision_id, hired, n FROM later", log: outcomes, after: n}}'
    )
    made = make_workspace(trial=f"[{{duckdb: {{path: log.duckdb, table: log}}}}, {late}]")
    workspace = rewritten(made, "groups:", f"{OUTCOME}groups:")
    write(workspace, decisions(), seq=[1, 2, 3, 4])
    with duckdb.connect(workspace.home / "log.duckdb") as connection:
        connection.execute("CREATE TABLE later AS SELECT '000' AS ref, 1 AS hired, 7 AS n")
    first, second = sync(workspace)
    assert (first.failures, second.failures) == ((), ())
    assert [(item.log, item.accepted, item.updated) for item in second.ingested] == [("outcomes", 1, 1)]
    with duckdb.connect(workspace.home / "log.duckdb") as connection:
        connection.execute("INSERT INTO later VALUES ('000', 0, 8), ('001', 1, 8)")  # corrected, and one more
    _, second = sync(workspace)
    assert [(item.accepted, item.known, item.updated) for item in second.ingested] == [(2, 1, 2)]
    with reading(workspace) as connection:
        rows = connection.execute("SELECT id, outcome FROM lake.trial.decisions ORDER BY id").fetchall()
    assert rows == [("000", 0), ("001", 1), ("002", None), ("003", None)]
    assert [report.ingested for report in sync(workspace)] == [(), ()]


TEXTS = pd.DataFrame({"id": ["t1"], "at": pd.to_datetime(["2026-03-01"]), "input": ["Write."], "output": ["Done."]})


def versions(workspace: Workspace, log: str) -> list[str]:
    with reading(workspace) as connection:
        rows = connection.execute(f"SELECT model_version FROM lake.trial.{log} ORDER BY id").fetchall()
    return [row[0] for row in rows]


@pytest.mark.costly
def test_the_version_of_a_run_is_the_column_of_the_system_file_but_for_rows_that_say_it(
    workspace: Workspace, mlflow: Any, decisions: Make, tmp_path: Path
) -> None:
    said = "  model_version: version\ngenerations: {model_version: engine}\ngroups:"
    trial = rewritten(workspace, "groups:", said)
    first = log_decisions(decisions(rows=3), system="trial", model_version="2026.07")
    log_decisions(decisions(10, rows=3), system="trial", model_version="2")
    log_decisions(decisions(20, rows=3).assign(version=["7", "7", "8"]), system="trial", model_version="9")
    log_generations(TEXTS, system="trial", model_version="m-1")
    (report,) = sync(trial)
    assert report.failures == ()
    assert versions(trial, "decisions") == ["2026.07"] * 3 + ["2"] * 3 + ["7", "7", "8"]
    assert versions(trial, "generations") == ["m-1"]
    log_decisions(decisions(30, rows=3), system="trial")
    (report,) = sync(trial)
    assert "'version'" in str(report.failures[0])
    (file,) = fetch_run(trial, first, trial.system("trial"), into=tmp_path / "run")
    assert file.added == {"version": "2026.07"}


def test_a_run_names_its_system_and_gives_its_files(mlflow, workspace, decisions, tmp_path):
    run_id = log_decisions(decisions(rows=4), system="trial", name="part-0.parquet")
    log_decisions(decisions(4, rows=2), system="trial", run_id=run_id, name="part-1.parquet")
    system = system_of_run(workspace, run_id)
    assert system.id == "trial"
    files = fetch_run(workspace, run_id, system, into=tmp_path / "in")
    assert [(file.log, file.origin) for file in files] == [
        ("decisions", f"mlflow:{run_id}/boussole/decisions/part-0.parquet"),
        ("decisions", f"mlflow:{run_id}/boussole/decisions/part-1.parquet"),
    ]
    assert [len(pd.read_parquet(file.path)) for file in files] == [4, 2]


def test_an_unknown_run_is_told_and_a_store_that_is_not_there_is_not_made(mlflow, make_workspace):
    workspace = make_workspace("without a store", trial="[]")
    for run_id in ("../../etc/passwd", "", "0" * 32):
        with pytest.raises(SourceError, match="there is no such run"):
            system_of_run(workspace, run_id)
    (workspace.home / "mlflow.db").unlink()
    with pytest.raises(SourceError, match="there is no such run"):
        system_of_run(workspace, "0" * 32)
    assert not (workspace.home / "mlflow.db").exists()


def test_a_run_of_no_system_of_another_or_without_decisions_is_told(mlflow, workspace, decisions, tmp_path):
    with mlflow.start_run() as bare:
        mlflow.log_metric("accuracy", 1.0)
    with pytest.raises(SourceError, match=r"no tag `boussole\.system`"):
        system_of_run(workspace, bare.info.run_id)
    run_id = log_decisions(decisions(), system="trial")
    with pytest.raises(SourceError, match="of the system 'trial', not of 'other'"):
        system_of_run(workspace, run_id, expected="other")
    with mlflow.start_run(tags={"boussole.system": "trial"}) as run:
        mlflow.log_text("{}", "boussole/audit.json")
    with pytest.raises(SourceError, match="the run holds no decisions"):
        fetch_run(workspace, run.info.run_id, workspace.system("trial"), into=tmp_path)
