"""Pulling from MLflow and DuckDB: exactly once, only what is new or due, each log, and no bad file stops a good one."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pandas as pd
import pytest
from typer.testing import CliRunner

from boussole import experiments
from boussole.audits.errors import BoussoleError, LakeError, SourceError
from boussole.audits.lake import reading
from boussole.audits.workspace import Workspace
from boussole.dashboard.cli.main import app
from boussole.experiments import log_decisions
from boussole.experiments.status import source_status
from boussole.experiments.sync import fetching, sync
from boussole.experiments.sync.fetching import RunListing, due, list_files
from boussole.experiments.sync.runs import TrackedRun
from tests.experiments.stores import OUTCOME, Make, ids, rewritten, told

DAY = 24 * 3600 * 1000


def log_plainly(mlflow: Any, frame: pd.DataFrame, folder: Path, *, system: str = "trial", name: str = "a") -> str:
    """What a data scientist writes who has never heard of Boussole's helpers."""
    folder.mkdir(exist_ok=True)
    file = folder / f"{name}.parquet"
    frame.to_parquet(file)
    with mlflow.start_run() as run:
        mlflow.set_tag("boussole.system", system)
        mlflow.log_artifact(str(file), artifact_path="boussole/decisions")
    return str(run.info.run_id)


@pytest.mark.costly
def test_a_run_logged_with_plain_mlflow_is_imported_once(
    workspace: Workspace, mlflow: Any, decisions: Make, tmp_path: Path
) -> None:
    run_id = log_plainly(mlflow, decisions(), tmp_path / "own")
    (report,) = sync(workspace)
    (file,) = report.ingested
    assert (report.system, report.source, file.accepted, file.quarantined) == ("trial", "mlflow:trials", 4, 0)
    assert file.origin == f"mlflow:{run_id}/boussole/decisions/a.parquet"
    assert told(sync(workspace)) == (0, 1, 0)
    assert told(sync(workspace, full=True)) == (0, 1, 0)
    log_plainly(mlflow, decisions(first=10), tmp_path / "own", system="other")
    with mlflow.start_run():  # of no system
        mlflow.log_artifact(str(tmp_path / "own" / "a.parquet"), artifact_path="boussole/decisions")
    assert told(sync(workspace)) == (0, 1, 0)


@pytest.mark.costly
def test_only_what_is_new_is_downloaded(
    workspace: Workspace, mlflow: Any, decisions: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new run, and a file added to one that has finished or still runs, however old."""
    fetched: list[str] = []
    really = fetching.download

    def counting(workspace: Any, run: Any, path: str, folder: Any) -> Any:
        fetched.append(run.run_id)
        return really(workspace, run, path, folder)

    monkeypatch.setattr(fetching, "download", counting)
    first = log_decisions(decisions(), system="trial")
    sync(workspace)
    second = log_decisions(decisions(first=10), system="trial")
    assert told(sync(workspace)) == (4, 1, 0)
    store, experiment = mlflow.MlflowClient(), mlflow.get_experiment_by_name("trials").experiment_id
    now = store.get_run(first).info.start_time
    old = store.create_run(experiment, start_time=now - 90 * DAY).info.run_id
    log_decisions(decisions(first=20), system="trial", run_id=old)
    assert told(sync(workspace)) == (4, 2, 0)
    log_decisions(decisions(first=30), system="trial", run_id=old)
    log_decisions(decisions(first=40), system="trial", run_id=first)
    assert told(sync(workspace)) == (8, 3, 0)
    assert (fetched[:3], sorted(fetched[3:])) == ([first, second, old], sorted((first, old)))


@pytest.mark.costly
def test_a_file_added_to_an_old_run_is_found_by_a_full_sync_only(
    workspace: Workspace, mlflow: Any, decisions: Make
) -> None:
    store = mlflow.MlflowClient()
    experiment = mlflow.get_experiment_by_name("trials").experiment_id
    now = store.create_run(experiment).info.start_time
    old = store.create_run(experiment, start_time=now - 90 * DAY, tags={"boussole.system": "trial"}).info.run_id
    log_decisions(decisions(), system="trial", run_id=old)
    store.set_terminated(old, end_time=now - 90 * DAY)
    assert told(sync(workspace)) == (4, 0, 0)
    log_decisions(decisions(first=10), system="trial", run_id=old)
    assert told(sync(workspace)) == (0, 0, 0)
    assert told(sync(workspace, full=True)) == (4, 1, 0)


@pytest.mark.costly
def test_folders_below_the_path_are_read_and_marker_files_are_not(
    workspace: Workspace, mlflow: Any, decisions: Make, tmp_path: Path
) -> None:
    partition = tmp_path / "set" / "month=2026-07"
    partition.mkdir(parents=True)
    decisions().to_parquet(partition / "part-0.parquet")
    (tmp_path / "set" / "_SUCCESS").touch()
    with mlflow.start_run():
        mlflow.set_tag("boussole.system", "trial")
        mlflow.log_artifacts(str(tmp_path / "set"), artifact_path="boussole/decisions")
    assert told(sync(workspace)) == (4, 0, 0)


@pytest.mark.costly
def test_a_missing_experiment_is_told_and_other_systems_are_synced(
    make_workspace: Callable[..., Workspace], decisions: Make
) -> None:
    workspace = make_workspace(
        first="[{mlflow: {experiment: typo}}]", second="[{duckdb: {path: decisions.duckdb, table: log}}]"
    )
    frame = decisions()
    with duckdb.connect(workspace.home / "decisions.duckdb") as connection:
        connection.execute("CREATE TABLE log AS FROM frame")
    first, second = sync(workspace)
    assert "there is no MLflow experiment 'typo'" in str(first.failures[0])
    assert second.failures == ()
    assert [file.accepted for file in second.ingested] == [len(frame)]
    assert second.source == "duckdb:decisions.duckdb?table=log"
    assert told(sync(workspace, system_id="second")) == (0, 1, 0)


def test_a_system_without_source_is_an_error_and_a_missing_store_is_told_and_not_made(
    make_workspace: Callable[..., Workspace],
) -> None:
    workspace = make_workspace(trial="[]")
    assert sync(workspace) == []
    with pytest.raises(BoussoleError, match="'trial' has no source"):
        sync(workspace, system_id="trial")
    (workspace.home / "mlflow.db").unlink()
    without = rewritten(workspace, "sources: []", "sources: [{mlflow: {experiment: trials}}]")
    assert told(sync(without)) == (0, 0, 1)
    assert not (workspace.home / "mlflow.db").exists()


def test_a_run_that_does_not_tell_its_version_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(_: Any, __: Any, item: Any, ___: Path) -> dict[str, str]:
        if item.origin == "mlflow:gone/a":
            raise SourceError("the run is gone")
        return {}

    monkeypatch.setattr(fetching, "_version", version)
    monkeypatch.setattr(fetching, "ingest", lambda _, __, path, **___: path.name)
    gone, there = (SimpleNamespace(origin=f"mlflow:{run}/a", log="decisions") for run in ("gone", "there"))
    done = fetching.FetchResult([], [])
    group: Any = [(gone, Path("gone")), (there, Path("there"))]
    fetching._bring_in(None, None, group, done)  # type: ignore[arg-type]
    assert (done.reports, [item for item, _ in done.failures]) == (["there"], [gone])


MORE = """  human: {decision: kept}
contacts: {person: who, at: when, kind: what}
generations: {}
usage: {id: use, at: used_at}
"""


def put(workspace: Workspace, run_id: str, frame: pd.DataFrame, *, log: str = "decisions", name: str = "a") -> None:
    """A file as MLflow keeps it beside its store."""
    folder = workspace.home / "mlartifacts" / run_id / "artifacts" / "boussole" / log
    folder.mkdir(parents=True, exist_ok=True)
    frame.to_parquet(folder / f"{name}.parquet")


@pytest.mark.costly
def test_every_declared_log_is_read_decisions_first(workspace: Workspace, mlflow: Any, decisions: Make) -> None:
    workspace = rewritten(workspace, "groups:", f"{OUTCOME}{MORE}groups:")
    late = pd.DataFrame({"decision_id": ["000", "001"], "hired": [1, 0]})
    acted = pd.DataFrame({"decision_id": ["002"], "kept": [1]})
    sent = pd.DataFrame({"who": ["p1"], "when": ["2026-07-03 09:00"], "what": ["contact"]})
    written = pd.DataFrame({"id": ["g1"], "at": ["2026-07-03 09:00"], "output": ["Bonjour"]})
    first = log_decisions(decisions(first=50), system="trial")  # older than the run of the decisions below
    put(workspace, first, late, log="outcomes")
    put(workspace, first, acted, log="human_actions")
    put(workspace, first, sent, log="contacts")
    put(workspace, first, written, log="generations")
    put(workspace, first, pd.DataFrame({"use": ["u1"], "used_at": ["2026-07-03 09:00"]}), log="usage")
    log_decisions(decisions().assign(hired=pd.NA, kept=pd.NA), system="trial")
    (report,) = sync(workspace)
    assert report.failures == ()
    logs = [item.log for item in report.ingested]
    assert logs == ["decisions", "decisions", "outcomes", "human_actions", "contacts", "generations", "usage"]
    assert [item.waiting for item in report.ingested] == [0] * 7
    with reading(workspace) as connection:
        rows = connection.execute(
            "SELECT id, outcome, human FROM lake.trial.decisions WHERE id < '003' ORDER BY id"
        ).fetchall()
    assert rows == [("000", 1, None), ("001", 0, None), ("002", None, 1)]
    assert told(sync(workspace)) == (0, 7, 0)


def test_a_folder_that_is_no_declared_log_is_told(workspace: Workspace, mlflow: Any, decisions: Make) -> None:
    run_id = log_decisions(decisions(), system="trial")
    put(workspace, run_id, decisions(first=10), log="contacts")
    put(workspace, run_id, decisions(first=20), log="decision")
    put(workspace, run_id, decisions(first=30), log=".")
    for _ in range(2):  # told until somebody mends it
        (report,) = sync(workspace)
        assert [str(failure).partition(". ")[0] for failure in report.failures] == [
            f"mlflow:{run_id}/boussole: data files lie in the folder of no log",
            f"mlflow:{run_id}/boussole/contacts: the system file of 'trial' declares no log `contacts`, so its files "
            "cannot be read",
            f"mlflow:{run_id}/boussole/decision: `decision` is not a log",
        ]
    assert len(ids(workspace)) == 4


def run(workspace: Workspace, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["--workspace", str(workspace.home), *arguments])
    return done.exit_code, done.stderr


@pytest.mark.costly
def test_a_source_stays_red_until_its_rows_are_corrected_or_discarded(
    make_workspace: Callable[..., Workspace], decisions: Callable[..., pd.DataFrame]
) -> None:
    workspace = make_workspace(trial="[{duckdb: {path: log.duckdb, table: log, after: decision_id}}]")

    def grow(frame: pd.DataFrame) -> None:
        with duckdb.connect(workspace.home / "log.duckdb") as connection:
            connection.register("fresh", frame)
            connection.execute("CREATE TABLE IF NOT EXISTS log AS FROM fresh LIMIT 0; INSERT INTO log FROM fresh")

    grow(decisions(rows=4).assign(ts=["2026-07-01 10:00", "2026-07-02 10:00", "soon", "later"]))
    for _ in range(2):
        code, told = run(workspace, "sync")
        assert code == 2
        assert "2 row(s) of it wait in the quarantine. Next: `boussole quarantine list --system trial`" in told
    grow(decisions(first=10))
    code, told = run(workspace, "sync")
    assert (code, "4 new row(s)" in told, "2 row(s) of it wait" in told) == (2, True, True)
    why = ("--reason", "a test", "--role", "steward")
    assert run(workspace, "quarantine", "discard", "--system", "trial", "--all", *why)[0] == 0
    code, told = run(workspace, "sync")
    assert (code, "wait" in told) == (0, False)


@pytest.mark.costly
def test_runs_stay_red_and_a_log_of_bad_rows_is_red(
    workspace: Workspace, mlflow: Any, decisions: Callable[..., pd.DataFrame], tmp_path: Path
) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    decisions().to_csv(good, index=False)
    decisions(first=10).assign(ts=["2026-07-01 10:00", "2026-07-02 10:00", "soon", "later"]).to_csv(bad, index=False)
    assert run(workspace, "log", str(good), "--system", "trial")[0] == 0
    assert run(workspace, "sync")[0] == 0
    code, told = run(workspace, "log", str(bad), "--system", "trial")
    assert (code, "Logged to MLflow as run" in told) == (2, True)
    assert "bad.csv, column 'ts': not a date (write 2026-09-30 or 2026-09-30T14:05:00) (2 rows, the first is" in told
    assert "2 of its rows will be set aside by that sync." in told
    for new in (2, 0):
        code, told = run(workspace, "sync")
        assert (code, f"{new} new row(s)" in told, "2 row(s) of it wait" in told) == (2, True, True)


SOURCES = "[{mlflow: {experiment: trials}, every: day}, {duckdb: {path: log.duckdb, table: log}, every: week}]"


@pytest.mark.costly
def test_status_tells_rows_failures_and_lateness(workspace: Workspace, mlflow: Any, decisions: Make) -> None:
    workspace = rewritten(workspace, "[{mlflow: {experiment: trials}}]", SOURCES)
    first, second = source_status(workspace)
    assert (first.system, first.source, first.log, first.every) == ("trial", "mlflow:trials", None, "day")
    assert (second.source, second.log, second.every) == ("duckdb:log.duckdb?table=log", "decisions", "week")
    for status in (first, second):  # never read
        assert (status.last_attempt, status.last_success, status.last_new, status.failure) == (None,) * 4
        assert (status.files, status.rows, status.quarantined, status.late) == (0, 0, 0, True)
    frame = decisions(rows=6)
    frame.loc[5, "ts"] = "yesterday"
    log_decisions(frame, system="trial")
    log_decisions(decisions(first=10), system="trial")
    before = dt.datetime.now(dt.UTC)
    sync(workspace)
    first, second = source_status(workspace)
    assert (first.files, first.rows, first.quarantined, first.failure, first.late) == (2, 9, 1, None, False)
    assert first.last_attempt is not None
    assert first.last_attempt >= before - dt.timedelta(seconds=1)
    assert first.last_success == first.last_attempt == first.last_new
    assert second.failure is not None
    assert "there is no such DuckDB file" in second.failure
    assert (second.rows, second.last_success, second.late) == (0, None, True)

    with duckdb.connect(workspace.home / "log.duckdb") as connection:
        connection.register("fresh", decisions(first=100))
        connection.execute("CREATE TABLE log AS FROM fresh")
    sync(workspace)
    first, second = source_status(workspace)
    assert (first.files, first.rows) == (2, 9)
    assert (second.files, second.rows, second.failure, second.late) == (1, 4, None, False)
    assert first.last_new is not None
    assert first.last_success is not None
    assert first.last_new < first.last_success  # read again, nothing new

    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=3)
    assert [status.late for status in source_status(workspace, now=later)] == [True, False]


@pytest.mark.costly
def test_of_two_experiments_each_has_its_own_rows(workspace: Workspace, mlflow: Any, decisions: Make) -> None:
    two = "[{mlflow: {experiment: trials}}, {mlflow: {experiment: others}}]"
    workspace = rewritten(workspace, "[{mlflow: {experiment: trials}}]", two)
    log_decisions(decisions(), system="trial")
    mlflow.create_experiment("others", artifact_location=(workspace.home / "mlartifacts").as_uri())
    mlflow.set_experiment("others")
    log_decisions(decisions(first=10, rows=2), system="trial")
    sync(workspace)
    found = {status.source: status.rows for status in source_status(workspace)}
    assert found == {"mlflow:trials": 4, "mlflow:others": 2}


@pytest.mark.costly
def test_a_mark_that_cannot_be_read_is_made_anew(workspace: Workspace, mlflow: Any, decisions: Make) -> None:
    log_decisions(decisions(), system="trial")
    sync(workspace)
    held: Path = workspace.home / "lake" / "sync.json"
    for content in ("", "[]", '{"version": 1}', json.dumps({"version": 2, "sources": [{"unknown": 1}]})):
        held.write_text(content, encoding="utf-8")
        with pytest.raises(LakeError, match="what the last syncs noted of the sources cannot be read"):
            source_status(workspace)
        (report,) = sync(workspace)
        assert (report.ingested, report.known, report.failures) == ((), 1, ())
        assert source_status(workspace)[0].rows == 4


HOUR = 3600 * 1000
NOW = 1000 * HOUR


def tracked(name: str, *, ended: int, away: bool = True) -> TrackedRun:
    """A run that ended some hours ago."""
    end = NOW - ended * HOUR
    place = f"mlflow-artifacts:/1/{name}" if away else f"file:///nowhere/{name}"
    return TrackedRun(name, end - HOUR, end, place, f"FINISHED {end}", tagged=True)


def seen(runs: list[TrackedRun], *, listed: list[int]) -> dict[str, RunListing]:
    """When each was listed, in hours ago."""
    return {item.run_id: RunListing(item, NOW - hours * HOUR, 1) for item, hours in zip(runs, listed, strict=True)}


def names(runs: list[TrackedRun]) -> list[str]:
    return [item.run_id for item in runs]


def test_new_and_changed_runs_and_those_on_this_machine_are_always_due(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(experiments.sync.fetching, "AGAIN", 0)
    old, changed, new = tracked("old", ended=20), tracked("changed", ended=20), tracked("new", ended=1)
    held = seen([old, replace(changed, signature="RUNNING None")], listed=[1, 1])
    assert names(due([old, changed, new], held, now=NOW, full=False)) == ["changed", "new"]
    assert names(due([old, changed, new], held, now=NOW, full=True)) == ["old", "changed", "new"]
    here = tracked("here", ended=20, away=False)
    assert names(due([here], seen([here], listed=[1]), now=NOW, full=False)) == ["here"]
    assert list_files([here], "unused") == [[]]  # its folder is not there


def test_the_most_overdue_run_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(experiments.sync.fetching, "AGAIN", 2)
    # Listed 2 hours ago, 2 hours after its end: one age. Then 10 hours ago at the age of 100: a tenth of an age.
    # And 3 hours ago at the age of 1: three ages.
    one, tenth, three = tracked("one", ended=4), tracked("tenth", ended=110), tracked("three", ended=4)
    held = seen([one, tenth, three], listed=[2, 10, 3])
    assert names(due([one, tenth, three], held, now=NOW, full=False)) == ["one", "three"]
    monkeypatch.setattr(experiments.sync.fetching, "AGAIN", 1)
    assert names(due([one, tenth, three], held, now=NOW, full=False)) == ["three"]
    ahead = tracked("ahead", ended=-50)  # by a clock that went back since
    assert names(due([ahead], seen([ahead], listed=[-60]), now=NOW, full=False)) == ["ahead"]
