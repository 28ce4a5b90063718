"""The calls of the demo: what is planted is found in its month, and nothing where nothing is planted."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from boussole.audits.decisions import ingest
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.experiments.demo import build
from boussole.experiments.demo.planted import MONTHS, PLANTED, PlantedEffects
from boussole.experiments.demo.simulation import questions, with_calls

FILES = Path(build.__code__.co_filename).parent / "systems"
NONE = PlantedEffects(calls_outside=0, idle_watt_hours=0.0, discarded_length=1.0, untold_calls=0.0)
ASKED = ("where_models_run", "emissions_per_text", "within_budget", "generated_for_nothing", "measurable_at_all")


def some_texts(n: int = 1500) -> pd.DataFrame:
    """Texts of each month as the demo has them, but for their words."""
    rng = np.random.default_rng(3)
    log = pd.DataFrame({"month": np.repeat(MONTHS, n)})
    log["text_id"] = [f"G{number}" for number in range(len(log))]
    log["written_at"] = pd.to_datetime(log["month"] + "-28T09:00")
    log["task"] = rng.choice(["offre", "courriel", "synthèse"], len(log))
    log["team"] = [f"E{each}" for each in rng.integers(0, 120, len(log))]
    log["outcome"] = rng.choice(["kept", "edited", "rejected"], len(log), p=[0.57, 0.33, 0.10])
    return log


def verdicts(home: Path, system: str, calls: pd.DataFrame, month: int) -> dict[str, tuple[str, str | None]]:
    workspace = Workspace.create(home)
    declared = yaml.safe_load((FILES / f"{system}.yaml").read_text(encoding="utf-8"))
    kept = ("id", "kind", "title", "purpose", "owner", "status", "risk", "risk_reason", "windows", "generations")
    declared = {name: declared[name] for name in kept if name in declared} | {"kind": "generation"}
    declared["generations"] = {
        name: column for name, column in declared["generations"].items() if name not in ("texts", "sent", "recipient")
    } | {"output": None}
    (home / "systems" / f"{system}.yaml").write_text(yaml.safe_dump(declared, allow_unicode=True), encoding="utf-8")
    workspace = Workspace(home)
    calls.to_parquet(home.parent / "calls.parquet")
    ingest(workspace, workspace.system(system), home.parent / "calls.parquet", log="generations")
    end = pd.Period(f"2026-{month}", "M").end_time.date()
    document = run_audit(workspace, workspace.system(system), start=dt.date(2026, month, 1), end=end, dry_run=True)
    return {each.template: (each.verdict, each.reason) for each in document.verdicts if each.template in ASKED}


@pytest.mark.costly
@pytest.mark.parametrize(
    ("effects", "expected"),
    [
        (PLANTED, ["watch", "watch", "broken", "watch", "unknown"]),
        (NONE, ["kept", "kept", "kept", "unknown", "kept"]),  # 450 rejected texts are too few to see a tenth more
    ],
)
def test_what_is_planted_is_found_and_nothing_else(
    tmp_path: Path, effects: PlantedEffects, expected: list[str]
) -> None:
    calls = with_calls(some_texts(), rng=np.random.default_rng(5), effects=effects).drop(columns="month")
    found = verdicts(tmp_path / "w", "chatft", calls, 9)
    assert [found[name][0] for name in ASKED] == expected


@pytest.mark.costly
def test_of_a_model_whose_size_nobody_publishes_nobody_can_tell(tmp_path: Path) -> None:
    found = verdicts(tmp_path / "w", "matchft", questions(rng=np.random.default_rng(5)), 9)
    assert found["where_models_run"] == ("kept", "logged_none")
    assert found["measurable_at_all"] == ("unknown", "range_too_wide")
    assert found["within_budget"] == ("unknown", "no_budget")
