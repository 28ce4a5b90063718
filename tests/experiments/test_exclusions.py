"""Runs that are deleted or restored in MLflow: their rows leave the figures and come back, it is told and sealed."""

from __future__ import annotations

import shutil
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
from tests.experiments.stores import OUTCOME, Make, ids, rewritten

Rows = list[tuple[Any, ...]]


def counted(workspace: Workspace) -> dict[str, int]:
    """Decisions that the cubes count, by month: `daily` and `cells` must agree."""
    total = """SELECT strftime({}, '%Y-%m'), sum(n)::INT FROM lake.trial.{} WHERE "by" = '' GROUP BY 1"""
    with reading(workspace) as connection:
        daily, cells = (
            dict(connection.execute(total.format(*of)).fetchall()) for of in (("day", "daily"), ("month", "cells"))
        )
    assert daily == cells
    return daily


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
    assert not workspace.governance.exists()  # had the process died here, the next one would seal it
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
def test_a_run_that_the_store_forgot_is_excluded_as_gone(workspace: Workspace, mlflow: Any, decisions: Make) -> None:
    """Deleted and erased between two syncs, as `mlflow gc` erases."""
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

    log_decisions(decisions(), system="trial")
    run_id = log_decisions(decisions(first=10), system="trial")
    sync(workspace)
    mlflow.MlflowClient().delete_run(run_id)
    store = SqlAlchemyStore(workspace.tracking_uri, (workspace.home / "mlartifacts").as_uri())
    store._hard_delete_run(run_id)
    assert changes(sync(workspace)) == [(f"mlflow:{run_id}", "gone", 4)]
    assert counted(workspace) == {"2026-07": 4}
    assert changes(sync(workspace)) == []


@pytest.mark.costly
def test_a_store_that_is_another_or_gone_excludes_nothing(
    workspace: Workspace, mlflow: Any, decisions: Make, empty_store: Path
) -> None:
    log_decisions(decisions(), system="trial")
    sync(workspace)
    mlflow.MlflowClient().delete_experiment(mlflow.get_experiment_by_name("trials").experiment_id)
    (report,) = sync(workspace, full=True)
    assert "the MLflow experiment 'trials' is deleted" in str(report.failures[0])
    shutil.copyfile(empty_store, workspace.home / "mlflow.db")
    mlflow.MlflowClient(tracking_uri=workspace.tracking_uri + "?again").create_experiment("trials")
    for full in (False, True, False):
        assert changes(sync(workspace, full=full)) == []
    (workspace.home / "mlflow.db").rename(workspace.home / "elsewhere.db")
    (report,) = sync(workspace, full=True)
    assert "there is no MLflow experiment" in str(report.failures[0])
    assert counted(workspace) == {"2026-07": 4}


@pytest.mark.costly
def test_outcomes_of_a_deleted_run_no_longer_speak(workspace: Workspace, mlflow: Any, decisions: Make) -> None:
    workspace = rewritten(workspace, "groups:", f"{OUTCOME}groups:")
    log_decisions(decisions().assign(hired=[0, 0, 0, 0]), system="trial")
    late = log_outcomes(pd.DataFrame({"decision_id": ["000", "001"], "hired": [1, 1]}), system="trial")

    def outcomes() -> list[int]:
        with reading(workspace) as connection:
            rows = connection.execute("SELECT outcome FROM lake.trial.decisions ORDER BY id").fetchall()
        assert_cubes_equal_a_rebuild(workspace)
        return [row[0] for row in rows]

    sync(workspace)
    assert outcomes() == [1, 1, 0, 0]
    mlflow.MlflowClient().delete_run(late)
    assert changes(sync(workspace)) == [(f"mlflow:{late}", "deleted", 0)]
    assert outcomes() == [0, 0, 0, 0]
    mlflow.MlflowClient().restore_run(late)
    sync(workspace)
    assert outcomes() == [1, 1, 0, 0]
    assert set(overview.in_force(workspace, workspace.system("trial"))) == set()
