"""Gates of builds at the command line: audits of one run or file, comparisons of two; exit codes, nothing left."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pandas as pd
import pytest

from boussole.audits.decisions import ingested_origins
from boussole.audits.workspace import Workspace
from boussole.experiments.logging import log_decisions
from tests.written import system_text

SYSTEM = system_text(
    "essai",
    """
columns:
  id: decision_id
  decided_at: ts
  decision: {column: chosen, selected: [1], not_selected: [0]}
  model_version: version
groups:
  sex: {column: sex, reference: M}
sources: [{mlflow: {experiment: trials}}]
""",
)
Boussole = Callable[..., Any]


def frame(*, women: float, men: float = 0.5, version: str = "v1") -> pd.DataFrame:
    """Four hundred cases of which these shares are chosen, always the first ones."""
    rows = [
        (f"{sex}{i}", "2026-07-01", int(i < 200 * share), sex, version)
        for sex, share in (("F", women), ("M", men))
        for i in range(200)
    ]
    return pd.DataFrame(rows, columns=["decision_id", "ts", "chosen", "sex", "version"])


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, empty_store: Path) -> Workspace:
    workspace = Workspace.create(tmp_path_factory.mktemp("gates") / "workspace")
    (workspace.home / "systems" / "essai.yaml").write_text(SYSTEM, encoding="utf-8")
    shutil.copyfile(empty_store, workspace.home / "mlflow.db")
    return workspace


@pytest.fixture(scope="module")
def runs(home: Workspace) -> dict[str, str]:
    """Runs by what they hold. MLflow is pointed to their store only while they are logged."""
    made = {"fair": frame(women=0.5), "unfair": frame(women=0.3, version="v2")}
    bad = made["fair"].assign(chosen=np.where(made["fair"].index < 2, 7, made["fair"]["chosen"]))
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(home.tracking_uri)
    mlflow.create_experiment("trials", artifact_location=(home.home / "mlartifacts").as_uri())
    mlflow.set_experiment("trials")
    logged = {name: log_decisions(rows, system="essai") for name, rows in (made | {"bad": bad}).items()}
    mlflow.set_tracking_uri(before)
    return logged


@pytest.fixture
def run(boussole: Boussole, command: Boussole, home: Workspace, tmp_path: Path) -> Boussole:
    """The command line on the workspace; temporary files in a folder of their own, which must end empty."""
    folder = tmp_path / "tmp"
    folder.mkdir()

    def call(*arguments: object, workspace: Workspace | None = home, alone: bool = False) -> Any:
        """`alone`: in a process of its own, as a build calls it."""
        given = ("--workspace", workspace.home) if workspace else ()
        call = boussole if alone else command
        done = call(*given, *arguments, env={**os.environ, "TMPDIR": str(folder)}, cwd=tmp_path)
        assert list(folder.iterdir()) == []
        return done

    return call


def refused(done: Any, *words: str) -> None:
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr


@pytest.mark.slow
def test_a_run_passes_or_fails_a_build_and_is_not_imported(run, home, runs):
    assert run("audit", "--run", runs["fair"], "--fail-on", "broken").returncode == 0
    done = run("audit", "--run", runs["unfair"], "--fail-on", "broken", "--json", "-", alone=True)
    assert done.returncode == 1
    document = json.loads(done.stdout)
    assert document["decisions"] == 400
    assert document["evidence"]["entry"] is None
    assert {v["indicator"]: v["verdict"] for v in document["verdicts"]}["selection_rate_ratio_sex"] == "broken"
    assert ingested_origins(home) == set()
    assert not home.governance.exists()


def test_rows_left_out_of_a_run_are_told_and_fail_the_build(run, runs):
    done = run("audit", "--run", runs["bad"], "--fail-on", "broken")
    assert done.returncode == 2
    assert "2 of 400 row(s) were left out" in done.stderr
    assert "neither a `selected` nor a `not_selected` value" in done.stderr
    assert "398 decisions" in done.stdout


def test_runs_that_cannot_be_audited_are_told(run, runs):
    refused(run("audit", "--run", "0" * 32), "there is no such run")
    refused(run("audit", "--run", runs["fair"], "--system", "other"), "of the system 'essai', not of 'other'")


@pytest.mark.slow
def test_a_file_is_audited_without_a_workspace(run, tmp_path):
    frame(women=0.3).to_csv(tmp_path / "rows.csv", index=False)
    (tmp_path / "essai.yaml").write_text(SYSTEM, encoding="utf-8")
    file = ("audit", "--dry-run", tmp_path / "rows.csv", "--system-file", tmp_path / "essai.yaml")
    assert run(*file, workspace=None).returncode == 0
    done = run(*file, "--fail-on", "broken", "--json", "-", workspace=None, alone=True)
    assert done.returncode == 1
    assert json.loads(done.stdout)["system"] == "essai"
    within = run("audit", "--dry-run", tmp_path / "rows.csv", "--system", "essai", "--fail-on", "broken")
    assert within.returncode == 1


def test_options_that_do_not_fit_are_told(run, runs, tmp_path):
    frame(women=0.5).to_csv(tmp_path / "rows.csv", index=False)
    (tmp_path / "essai.yaml").write_text(SYSTEM, encoding="utf-8")
    file, system = tmp_path / "rows.csv", tmp_path / "essai.yaml"
    refused(run("audit", file, "--system", "essai"), "Add --dry-run")
    refused(run("audit", "--dry-run", file), "Give --system-file FILE, or --system ID")
    refused(run("audit", "--system-file", system), "needs a file of decisions")
    refused(run("audit", "--run", runs["fair"], "--system-file", system), "by the system file of its workspace")
    refused(run("audit", "--dry-run", file, "--system", "essai", "--system-file", system), "are two systems")
    refused(run("audit", "--dry-run", tmp_path / "no.csv", "--system-file", system), "there is no such file")


@pytest.mark.slow
def test_a_candidate_run_is_compared_with_the_run_in_production(run, runs):
    done = run("compare", "--run", runs["fair"], "--run", runs["unfair"])
    assert done.returncode == 1
    assert "worse     selection_rate_ratio/sex=F: 1.000 -> 0.600 (x 0.60)" in done.stdout
    alike = ("--run", runs["fair"], "--run", runs["fair"])
    same = run("compare", *alike, "--fail-on", "unknown", "--json", "-", alone=True)
    assert same.returncode == 0
    document = json.loads(same.stdout)
    assert document["verdict"] == "not_worse"
    assert document["rows"][0]["paired"] == 400
    assert run("compare", "--run", runs["fair"], "--run", runs["unfair"], "--fail-on", "nothing").returncode == 0


@pytest.mark.slow
def test_files_are_compared_without_a_workspace(run, tmp_path):
    (tmp_path / "essai.yaml").write_text(SYSTEM, encoding="utf-8")
    frame(women=0.5).to_parquet(tmp_path / "production.parquet")
    frame(women=0.3).to_parquet(tmp_path / "candidate.parquet")
    files = ("compare", "production.parquet", "candidate.parquet", "--system-file", "essai.yaml")
    assert run(*files, workspace=None).returncode == 1
    refused(run("compare", "v1", "candidate.parquet", "--system-file", "essai.yaml", workspace=None), "'v1' is no file")


def test_a_comparison_needs_two_versions_of_one_system(run, runs):
    refused(run("compare", "--run", runs["fair"]), "needs two versions, production first; 1 given")
    refused(run("compare", "v1", "v2"), "Give --system-file FILE, or --system ID")
    refused(run("compare", "v1", "v2", "--system", "essai", "--ratio-margin", "1.5"), "makes no sense")
