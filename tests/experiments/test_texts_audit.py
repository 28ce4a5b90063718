"""An audit of a system that only writes finds the texts that came in, and says that nothing of them is examined."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema
import pandas as pd
import pytest
import time_machine

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.texts_audit import texts_document
from boussole.charter.schemas import texts_schema
from boussole.charter.text.loading import load_charter
from boussole.experiments import log_generations
from boussole.experiments.sync import sync
from tests.audits.readings import read_last
from tests.conftest import Run

WRITER = """
id: writer
kind: generation
title: {fr: Plume, en: Quill}
purpose: {fr: "Écrit.", en: "Writes."}
owner: Direction
status: pilot
risk: limited
risk_reason: x
generations: {id: id, at: at, input: null, output: null}
sources: [{mlflow: {experiment: writer}}]
"""


@pytest.fixture
def workspace(tmp_path: Path, mlflow: Any, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Texts of September and of the first days of October, logged to MLflow and synced."""
    made = Workspace.create(tmp_path / "w")
    (made.home / "systems" / "writer.yaml").write_text(WRITER, encoding="utf-8")
    monkeypatch.setenv("BOUSSOLE_MLFLOW_TRACKING_URI", mlflow.get_tracking_uri())
    days = [dt.date(2026, 9, 1) + dt.timedelta(days=n) for n in range(33)]
    rows = pd.DataFrame({"id": [f"g{n}" for n in range(33)], "at": [f"{day}T08:00:00" for day in days]})
    mlflow.create_experiment("writer", artifact_location=(tmp_path / "artifacts").as_uri())
    mlflow.set_experiment("writer")
    log_generations(rows, system="writer")
    workspace = Workspace(made.home)
    with time_machine.travel(dt.datetime(2026, 10, 4, 12, tzinfo=dt.UTC)):  # October is not over
        (report,) = sync(workspace)
    assert report.failures == ()
    read_last(workspace, dt.date(2026, 10, 3))
    return workspace


@pytest.mark.costly
def test_the_texts_of_the_last_whole_month_are_counted_and_no_question_is_answered(
    workspace: Workspace, command: Run
) -> None:
    done = command("--workspace", workspace.home, "audit", "--system", "writer", "--json", "-")
    assert done.returncode == 0, done.stderr
    assert "nothing is measured, and nothing is sealed" in done.stderr
    document = json.loads(done.stdout)
    jsonschema.validate(document, texts_schema())
    assert (document["texts"], document["measures"]) == (30, [])
    assert (document["window"]["start"], document["window"]["end"]) == ("2026-09-01", "2026-09-30")
    assert {verdict["verdict"] for verdict in document["verdicts"]} == {"not_examined"}
    assert all(verdict["reason"] for verdict in document["verdicts"])
    of_texts = {
        indicator.id
        for article in load_charter().articles
        for indicator in article.indicators
        if indicator.kinds == ["generation"]
    }
    assert of_texts <= {verdict["indicator"] for verdict in document["verdicts"]}
    assert not workspace.governance.exists(), "nothing is sealed"


@pytest.mark.costly
def test_it_is_told_question_by_question(workspace: Workspace, command: Run) -> None:
    done = command("--workspace", workspace.home, "audit", "--system", "writer", "--from", "2026-10-01")
    lines = done.stdout.splitlines()
    assert lines[0] == "writer 2026-10-01/2026-10-03: 3 texts"
    assert Counter(line.split()[0] for line in lines[1:]) == {"not_examined": len(lines) - 1}
    assert command("--workspace", workspace.home, "audit", "--system", "writer", "--fail-on", "unknown").returncode == 0


def test_without_texts_it_says_how_they_come_in(tmp_path: Path) -> None:
    made = Workspace.create(tmp_path / "w")
    (made.home / "systems" / "writer.yaml").write_text(WRITER, encoding="utf-8")
    workspace = Workspace(made.home)
    with pytest.raises(BoussoleError, match="boussole sync"):
        texts_document(workspace, workspace.system("writer"))
