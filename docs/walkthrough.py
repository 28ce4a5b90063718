"""The same decisions, logged three ways, end in the same measures: plain MLflow, the helper, the evaluator.

Run it with `python docs/walkthrough.py`: it prints the measures side by side, and exits with 1 if they differ.
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pandas as pd

from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.experiments import log_decisions, log_outcomes
from boussole.experiments.sync import sync

SYSTEM = """\
id: {id}
kind: selection
title: {{fr: Formation, en: Training}}
purpose: {{fr: "Propose une formation.", en: "Proposes a training course."}}
owner: Training department
status: pilot
risk: high
columns:
  id: decision_id
  decided_at: ts
  decision: {{column: proposed, selected: [true], not_selected: [false]}}
  score: {{column: score, range: [0, 1]}}
  outcome: {{column: finished, positive: [true], matures_after_days: 30, observed_for: selected, absent: missing}}
  person: person_id
  model_version: model_version
groups:
  gender: {{column: gender, reference: M}}
  age: {{column: age, bands: [25, 50], reference: 25-49}}
intersections: [[gender, age]]
windows: {{audit: all}}
privacy: {{pseudonymise: [decision_id, person_id]}}
sources:
  - mlflow: {{experiment: {id}}}
"""
WAYS = ("plain", "helper", "evaluator")


def invent(rows: int = 3000) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Decisions, and what came of those that were positive; women are proposed less often for the same score."""
    rng = np.random.default_rng(2026)
    gender = rng.choice(["F", "M"], rows)
    score = rng.beta(2, 2, rows).round(3)
    proposed = score > np.where(gender == "F", 0.56, 0.5)
    decisions = pd.DataFrame(
        {
            "decision_id": [f"D{n:05d}" for n in range(rows)],
            "ts": pd.Timestamp("2026-03-02 09:00") + pd.to_timedelta(rng.integers(0, 90 * 24 * 60, rows), unit="min"),
            "proposed": proposed,
            "score": score,
            "person_id": [f"P{n:04d}" for n in rng.integers(0, rows // 2, rows)],
            "model_version": "3",
            "gender": gender,
            "age": rng.integers(18, 64, rows),
        }
    )
    chosen = decisions.loc[proposed, ["decision_id"]]
    return decisions, chosen.assign(finished=rng.random(len(chosen)) < 0.7)


def log_plainly(decisions: pd.DataFrame, outcomes: pd.DataFrame) -> None:
    """Nothing of Boussole: Parquet files in their folders, and last the tag."""
    mlflow.set_experiment("plain")
    with mlflow.start_run(), tempfile.TemporaryDirectory() as folder:
        for log, frame in {"decisions": decisions, "outcomes": outcomes}.items():
            file = Path(folder) / "part-0.parquet"
            frame.to_parquet(file, index=False)
            mlflow.log_artifact(str(file), artifact_path=f"boussole/{log}")
        mlflow.set_tag("boussole.system", "plain")


def log_with_the_helper(decisions: pd.DataFrame, outcomes: pd.DataFrame) -> None:
    mlflow.set_experiment("helper")
    with mlflow.start_run():
        log_decisions(decisions, system="helper")
        log_outcomes(outcomes, system="helper")


def log_with_the_evaluator(decisions: pd.DataFrame, outcomes: pd.DataFrame, workspace: Workspace) -> dict[str, Any]:
    """One table with everything; the audit stays in the run, and nothing goes into the lake."""
    mlflow.set_experiment("evaluator")
    with mlflow.start_run() as run:
        mlflow.models.evaluate(
            data=decisions.merge(outcomes, on="decision_id", how="left"),
            model_type="boussole",
            evaluators="boussole",
            evaluator_config={"system": "evaluator", "workspace": str(workspace.home)},
        )
    document: dict[str, Any] = mlflow.artifacts.load_dict(f"runs:/{run.info.run_id}/boussole/audit.json")
    return document


def measures(document: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
    """What an audit says of each measure: value, number of decisions, interval, and why there is none."""
    return {
        measure["id"]: (
            measure["value"],
            measure["n"],
            tuple(sorted((measure["interval"] or {}).items())),
            measure["status"],
        )
        for measure in document["measures"]
    }


def show(found: dict[str, dict[str, tuple[Any, ...]]]) -> list[str]:
    """Prints the measures that have a value, side by side; returns the ids of those that differ in anything."""
    names = sorted(set().union(*found.values()))
    print(f"\n{'measure':<60}{'n':>8}" + "".join(f"{way:>12}" for way in found))
    for name in names:
        told = [measured.get(name, (None, None)) for measured in found.values()]
        if any(value is not None for value, *_ in told):
            cells = ["none" if value is None else f"{value:.6f}" for value, *_ in told]
            print(f"{name:<60}{told[0][1] or '':>8}" + "".join(f"{cell:>12}" for cell in cells))
    return [name for name in names if len({measured.get(name) for measured in found.values()}) > 1]


def pull(workspace: Workspace) -> int:
    """Brings in what is new, and says how many rows that were."""
    reports = sync(workspace, system_id="plain") + sync(workspace, system_id="helper")
    failures = [str(failure) for report in reports for failure in report.failures]
    if failures:
        sys.exit("\n".join(failures))
    rows = sum(file.accepted for report in reports for file in report.ingested)
    print(f"boussole sync: {rows} new rows")
    return rows


def walk(home: Path) -> int:
    """The whole walk in a folder; 0 when all three ways say the same."""
    workspace = Workspace.create(home)
    for way in WAYS:
        (home / "systems" / f"{way}.yaml").write_text(SYSTEM.format(id=way), encoding="utf-8")
    mlflow.set_tracking_uri(workspace.tracking_uri)
    decisions, outcomes = invent()
    print(f"{len(decisions)} decisions and {len(outcomes)} outcomes, invented")
    log_plainly(decisions, outcomes)
    log_with_the_helper(decisions, outcomes)
    evaluated = log_with_the_evaluator(decisions, outcomes, workspace)
    pull(workspace)
    if pull(workspace):
        print("the second sync found rows again")
        return 1
    documents = {way: run_audit(workspace, workspace.system(way)).written() for way in ("plain", "helper")}
    found = {way: measures(document) for way, document in (documents | {"evaluator": evaluated}).items()}
    different = show(found)
    if different:
        print(f"\nThese differ: {', '.join(different)}")
        return 1
    print(f"\nAll three ways end in the same {len(found['plain'])} measures.")
    return 0


if __name__ == "__main__":
    logging.getLogger("mlflow").setLevel(logging.WARNING)
    warnings.filterwarnings("ignore", message="Hint: Inferred schema contains integer")
    with tempfile.TemporaryDirectory(prefix="boussole-walkthrough-") as folder:
        os.chdir(folder)  # MLflow keeps the artifacts of new experiments below the current folder
        sys.exit(walk(Path(folder) / "workspace"))
