"""Many runs, many small files, many logs."""

from __future__ import annotations

import time
import uuid
from typing import Any

import pandas as pd
import pytest

from boussole.audits.lake import reading
from boussole.audits.workspace import Workspace
from boussole.experiments import log_decisions
from boussole.experiments.sync import sync
from tests.experiments.stores import OUTCOME, Make, add_runs, rewritten, told

MORE = """  human: {decision: kept}
contacts: {person: who, at: when, kind: what}
generations: {}
usage: {id: use, at: used_at}
"""


def count(workspace: Workspace, table: str) -> tuple[int, int]:
    """Rows, and different ids."""
    with reading(workspace) as connection:
        row = connection.execute(f"SELECT count(*), count(DISTINCT id) FROM lake.trial.{table}").fetchone()
    assert row is not None
    return row


def put(workspace: Workspace, run_id: str, frame: pd.DataFrame, *, log: str = "decisions", name: str = "a") -> None:
    """A file as MLflow keeps it beside its store."""
    folder = workspace.home / "mlartifacts" / run_id / "artifacts" / "boussole" / log
    folder.mkdir(parents=True, exist_ok=True)
    frame.to_parquet(folder / f"{name}.parquet")


@pytest.mark.slow
def test_ten_new_runs_among_twenty_thousand_sync_in_seconds(workspace: Workspace, mlflow: Any, decisions: Make) -> None:
    experiment = mlflow.get_experiment_by_name("trials").experiment_id
    store = workspace.home / "mlflow.db"
    place = (workspace.home / "mlartifacts").as_uri()
    now = int(time.time() * 1000)
    old = [uuid.uuid4().hex for _ in range(20_000)]
    add_runs(store, experiment, old, artifacts=place, system="trial", start=now)
    for number in range(5):
        put(workspace, old[number * 3000], decisions(first=10 * number))
    assert told(sync(workspace)) == (20, 0, 0)
    new = [uuid.uuid4().hex for _ in range(10)]
    add_runs(store, experiment, new, artifacts=place, system="trial", start=now + 60_000)
    for number, run_id in enumerate(new):
        put(workspace, run_id, decisions(first=100 + 10 * number))
    started = time.process_time()
    assert told(sync(workspace)) == (40, 5, 0)
    assert time.process_time() - started < 30  # of this process, however busy the machine is
    assert told(sync(workspace)) == (0, 15, 0)


@pytest.mark.slow
def test_a_bad_file_among_small_ones_is_the_only_one_left_out(
    workspace: Workspace, mlflow: Any, decisions: Make
) -> None:
    run_id = log_decisions(decisions(first=9000), system="trial")
    for number in range(6):
        put(workspace, run_id, decisions(first=10 * number), name=f"b-{number}")
    whole = workspace.home / "mlartifacts" / run_id / "artifacts" / "boussole" / "decisions" / "b-3.parquet"
    whole.write_bytes(whole.read_bytes()[:-20])
    (report,) = sync(workspace)
    assert [failure.where for failure in report.failures] == [f"mlflow:{run_id}/boussole/decisions/b-3.parquet"]
    assert sum(item.accepted for item in report.ingested) == 24
    assert count(workspace, "decisions") == (24, 24)


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
    assert count(workspace, "decisions") == (4, 4)
