"""Runs that are deleted or restored in MLflow: their rows leave the figures and come back, it is told and sealed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from boussole.audits import ledger
from boussole.audits.cubes.update import rebuild
from boussole.audits.decisions import overview
from boussole.audits.lake import reading, writing
from boussole.audits.workspace import Workspace
from boussole.charter.records.database import reading as reading_records
from boussole.charter.records.notes.noted import seal_exclusions
from boussole.experiments import log_decisions
from boussole.experiments.logging import log_outcomes
from boussole.experiments.sync import SyncReport, sync

Make = Callable[..., pd.DataFrame]
Rows = list[tuple[Any, ...]]


def ids(workspace: Workspace) -> list[str]:
    with reading(workspace) as connection:
        return [row[0] for row in connection.execute("SELECT id FROM lake.trial.decisions ORDER BY id").fetchall()]


def counted(workspace: Workspace) -> dict[str, int]:
    """Decisions that the cubes count, by month: `daily` and `cells` must agree."""
    with reading(workspace) as connection:
        daily = connection.execute(
            "SELECT strftime(day, '%Y-%m') AS month, sum(n)::INT FROM lake.trial.daily WHERE \"by\" = '' GROUP BY month"
        ).fetchall()
        cells = connection.execute(
            "SELECT strftime(month, '%Y-%m'), sum(n)::INT FROM lake.trial.cells WHERE \"by\" = '' GROUP BY 1"
        ).fetchall()
    assert dict(daily) == dict(cells)
    return dict(daily)


def cubes(workspace: Workspace) -> dict[str, Rows]:
    with reading(workspace) as connection:
        return {
            name: connection.execute(f"SELECT * FROM lake.trial.{name} ORDER BY ALL").fetchall()
            for name in ("daily", "cells", "histograms")
        }


def assert_cubes_equal_a_rebuild(workspace: Workspace) -> None:
    before = cubes(workspace)
    with writing(workspace) as connection:
        rebuild(connection, workspace.system("trial"))
    assert cubes(workspace) == before


def changes(reports: list[SyncReport]) -> list[tuple[str, str, int]]:
    (report,) = reports
    assert report.failures == ()
    return [(change.origin, change.reason, change.decisions) for change in report.changes]


def sealed(workspace: Workspace) -> list[dict[str, Any]]:
    seal_exclusions(workspace)
    with reading_records(workspace) as connection:
        if connection is None:
            return []
        assert ledger.verify(connection).ok
        return [dict(entry.payload) for entry in ledger.entries(connection) if entry.kind == "exclusion"]


@pytest.mark.costly
def test_a_deleted_run_leaves_the_figures_and_a_restored_one_comes_back(
    workspace: Workspace, mlflow: Any, decisions: Make
) -> None:
    store = mlflow.MlflowClient()
    log_decisions(decisions(), system="trial")
    run_id = log_decisions(decisions(first=10, rows=6), system="trial")
    sync(workspace)
    before = cubes(workspace)
    assert counted(workspace) == {"2026-07": 10}

    store.delete_run(run_id)
    assert changes(sync(workspace)) == [(f"mlflow:{run_id}", "deleted", 6)]
    assert ids(workspace) == ["000", "001", "002", "003"]
    assert counted(workspace) == {"2026-07": 4}
    assert_cubes_equal_a_rebuild(workspace)
    assert changes(sync(workspace)) == []
    assert changes(sync(workspace, full=True)) == []

    store.restore_run(run_id)
    assert changes(sync(workspace)) == [(f"mlflow:{run_id}", "restored", 6)]
    assert counted(workspace) == {"2026-07": 10}
    assert cubes(workspace) == before
    assert_cubes_equal_a_rebuild(workspace)
    assert changes(sync(workspace)) == []

    entries = sealed(workspace)
    assert [(e["system"], e["run"], e["excluded"], e["reason"], e["decisions"]) for e in entries] == [
        ("trial", f"mlflow:{run_id}", 1, "deleted", 6),
        ("trial", f"mlflow:{run_id}", 0, "restored", 6),
    ]
    assert len(sealed(workspace)) == 2  # sealed once


@pytest.mark.costly
def test_an_exclusion_that_was_not_sealed_is_sealed_by_the_next_call(
    workspace: Workspace, mlflow: Any, decisions: Make
) -> None:
    run_id = log_decisions(decisions(), system="trial")
    sync(workspace)
    mlflow.MlflowClient().delete_run(run_id)
    sync(workspace)  # as if the process had died here: nothing has touched the ledger
    assert not workspace.governance.exists()
    assert [(e["run"], e["excluded"]) for e in sealed(workspace)] == [(f"mlflow:{run_id}", 1)]


@pytest.mark.slow
def test_a_file_that_another_run_holds_too_stays(workspace: Workspace, mlflow: Any, decisions: Make) -> None:
    store = mlflow.MlflowClient()
    first = log_decisions(decisions(), system="trial")
    second = log_decisions(decisions(), system="trial")
    (report,) = sync(workspace)
    assert [item.accepted for item in report.ingested] == [4]  # the same content, once
    store.delete_run(first)
    assert changes(sync(workspace)) == [(f"mlflow:{first}", "deleted", 0)]
    assert counted(workspace) == {"2026-07": 4}
    store.delete_run(second)
    assert changes(sync(workspace)) == [(f"mlflow:{second}", "deleted", 4)]
    assert counted(workspace) == {}


@pytest.mark.slow
def test_corrected_rows_stay_when_the_deleted_run_is_restored(
    workspace: Workspace, mlflow: Any, decisions: Make
) -> None:
    store = mlflow.MlflowClient()
    wrong = log_decisions(decisions(), system="trial")
    sync(workspace)
    store.delete_run(wrong)
    sync(workspace)
    frame = decisions(rows=3)
    frame["chosen"] = 1
    log_decisions(frame, system="trial")
    sync(workspace)
    assert counted(workspace) == {"2026-07": 3}
    store.restore_run(wrong)
    assert changes(sync(workspace)) == [(f"mlflow:{wrong}", "restored", 1)]  # only the fourth row was not replaced
    with reading(workspace) as connection:
        chosen = connection.execute("SELECT id, decision FROM lake.trial.decisions ORDER BY id").fetchall()
        aside = connection.execute("SELECT row, reason FROM lake.trial.quarantine ORDER BY row").fetchall()
    assert chosen == [("000", 1), ("001", 1), ("002", 1), ("003", 1)]
    # the second row was right before: it is the same in both
    assert aside == [(n, "the id is already in the log") for n in (1, 3)]
    assert_cubes_equal_a_rebuild(workspace)


@pytest.mark.slow
def test_a_run_that_the_store_forgot_is_excluded_as_gone(
    workspace: Workspace, mlflow: Any, decisions: Make, boussole_gc: Callable[[str], None]
) -> None:
    log_decisions(decisions(), system="trial")
    run_id = log_decisions(decisions(first=10), system="trial")
    sync(workspace)
    mlflow.MlflowClient().delete_run(run_id)
    boussole_gc(run_id)  # deleted and erased between two syncs
    assert changes(sync(workspace)) == [(f"mlflow:{run_id}", "gone", 4)]
    assert counted(workspace) == {"2026-07": 4}
    assert changes(sync(workspace)) == []


@pytest.fixture
def boussole_gc(workspace: Workspace) -> Callable[[str], None]:
    """Erases a deleted run for good, as `mlflow gc` does."""

    def erase(run_id: str) -> None:
        from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

        store = SqlAlchemyStore(workspace.tracking_uri, (workspace.home / "mlartifacts").as_uri())
        store._hard_delete_run(run_id)

    return erase


@pytest.mark.costly
def test_another_store_of_the_same_name_excludes_nothing(
    workspace: Workspace, mlflow: Any, decisions: Make, empty_store: Path
) -> None:
    log_decisions(decisions(), system="trial")
    sync(workspace)
    shutil.copyfile(empty_store, workspace.home / "mlflow.db")
    mlflow.MlflowClient(tracking_uri=workspace.tracking_uri + "?again").create_experiment("trials")
    for full in (False, True, False):
        assert changes(sync(workspace, full=full)) == []
    assert counted(workspace) == {"2026-07": 4}


@pytest.mark.costly
def test_a_store_that_cannot_be_read_excludes_nothing(workspace: Workspace, mlflow: Any, decisions: Make) -> None:
    log_decisions(decisions(), system="trial")
    sync(workspace)
    (workspace.home / "mlflow.db").rename(workspace.home / "elsewhere.db")
    (report,) = sync(workspace, full=True)
    assert "there is no MLflow experiment" in str(report.failures[0])
    assert counted(workspace) == {"2026-07": 4}


def test_a_deleted_experiment_is_told_and_excludes_nothing(workspace: Workspace, mlflow: Any, decisions: Make) -> None:
    log_decisions(decisions(), system="trial")
    sync(workspace)
    mlflow.MlflowClient().delete_experiment(mlflow.get_experiment_by_name("trials").experiment_id)
    (report,) = sync(workspace, full=True)
    assert "the MLflow experiment 'trials' is deleted" in str(report.failures[0])
    assert counted(workspace) == {"2026-07": 4}


@pytest.mark.costly
def test_outcomes_of_a_deleted_run_no_longer_speak(
    make_workspace: Callable[..., Workspace], decisions: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = make_workspace(trial="[{mlflow: {experiment: trials}}]")
    file = workspace.home / "systems" / "trial.yaml"
    outcome = "  outcome: {column: hired, positive: [1], observed_for: all, absent: missing}\ngroups:"
    file.write_text(file.read_text(encoding="utf-8").replace("groups:", outcome), encoding="utf-8")
    workspace = Workspace(workspace.home)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", workspace.tracking_uri)
    from boussole.experiments.store import client, experiment_id, quiet_mlflow

    store = client(workspace)
    module = quiet_mlflow()
    module.set_tracking_uri(workspace.tracking_uri)
    module.set_experiment(experiment_id=experiment_id(store, workspace, "trials"))
    log_decisions(decisions().assign(hired=[0, 0, 0, 0]), system="trial")
    late = log_outcomes(pd.DataFrame({"decision_id": ["000", "001"], "hired": [1, 1]}), system="trial")
    sync(workspace)
    outcomes = "SELECT id, outcome FROM lake.trial.decisions ORDER BY id"
    with reading(workspace) as connection:
        assert [row[1] for row in connection.execute(outcomes).fetchall()] == [1, 1, 0, 0]
    store.delete_run(late)
    assert changes(sync(workspace)) == [(f"mlflow:{late}", "deleted", 0)]
    with reading(workspace) as connection:
        assert [row[1] for row in connection.execute(outcomes).fetchall()] == [0, 0, 0, 0]
    assert_cubes_equal_a_rebuild(workspace)
    store.restore_run(late)
    sync(workspace)
    with reading(workspace) as connection:
        assert [row[1] for row in connection.execute(outcomes).fetchall()] == [1, 1, 0, 0]
    assert_cubes_equal_a_rebuild(workspace)
    assert set(overview.in_force(workspace, workspace.system("trial"))) == set()
