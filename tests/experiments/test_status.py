"""The status of sources: what they gave, what failed, and whether something new is late."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from boussole.audits.errors import LakeError
from boussole.audits.workspace import Workspace
from boussole.experiments import log_decisions
from boussole.experiments.status import source_status
from boussole.experiments.sync import sync
from tests.experiments.stores import Make, rewritten

SOURCES = "[{mlflow: {experiment: trials}, every: day}, {duckdb: {path: log.duckdb, table: log}, every: week}]"


def test_sources_that_were_never_read_are_late(make_workspace: Callable[..., Workspace]) -> None:
    first, second = source_status(make_workspace(trial=SOURCES))
    assert (first.system, first.source, first.log, first.every) == ("trial", "mlflow:trials", None, "day")
    assert (second.source, second.log, second.every) == ("duckdb:log.duckdb?table=log", "decisions", "week")
    for status in (first, second):
        assert (status.last_attempt, status.last_success, status.last_new, status.failure) == (None,) * 4
        assert (status.files, status.rows, status.quarantined, status.late) == (0, 0, 0, True)


@pytest.mark.costly
def test_status_tells_rows_failures_and_lateness(workspace: Workspace, mlflow: Any, decisions: Make) -> None:
    workspace = rewritten(workspace, "[{mlflow: {experiment: trials}}]", SOURCES)
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
    assert [(status.source, status.rows) for status in source_status(workspace)] == [
        ("mlflow:trials", 4),
        ("mlflow:others", 2),
    ]


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
