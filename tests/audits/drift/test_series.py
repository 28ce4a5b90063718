"""Drift over time: the same figures as audits and rows, and every way in which there is nothing to compare, by name."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from boussole.audits.decisions import ingest
from boussole.audits.drift.series import DriftSeries, drift_series
from boussole.audits.errors import BoussoleError
from boussole.audits.runs import measure_window
from boussole.audits.systems import System, load_system
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from tests.audits.readings import read_last
from tests.written import system_text

SYSTEM = """
columns:
  id: ref
  decided_at: day
  decision: {column: taken, selected: [true], not_selected: [false]}
  score: {column: score, range: [0, 1]}
  outcome: {column: hired, positive: [true], matures_after_days: 30, observed_for: selected, absent: missing}
  person: who
  model_version: version
features: [distance, vanishing, never, rare]
windows: {audit: month, reference: "2026-01-01/2026-01-31"}
privacy: {suppress_below: 11}
"""
TODAY = dt.date(2026, 6, 15)
ROWS = {1: 600, 2: 500, 3: 400, 4: 6, 5: 300}
"""By month: April holds a handful; June was read before its end."""


def month(number: int) -> Window:
    return Window(dt.date(2026, number, 1), dt.date(2026, number + 1, 1) - dt.timedelta(days=1))


def log() -> pd.DataFrame:
    random = np.random.default_rng(4)
    parts = []
    for number, rows in {**ROWS, 6: 40}.items():
        shifted, last = number >= 3, 10 if number == 6 else 28
        taken = random.random(rows) < (0.5 if number == 5 else 0.3)
        part = {
            "day": [f"2026-{number:02}-{day:02}" for day in random.integers(1, last + 1, rows)],
            "taken": taken,
            "score": random.random(rows).round(2),
            "hired": np.where(taken, random.random(rows) < 0.4, None),
            "version": "2.0" if shifted else "1.0",
            "distance": random.normal(20 + 8 * shifted, 5, rows),
            "vanishing": np.where(random.random(rows) < (0 if number == 1 else 0.01 * (number == 2)), None, 7.0),
            "never": np.full(rows, np.nan),
            "rare": (random.random(rows) < (0.4 if shifted else 0.05)).astype(float),
        }
        if number == 5:
            part["vanishing"] = np.full(rows, np.nan)
        parts.append(pd.DataFrame(part))
    whole = pd.concat(parts, ignore_index=True)
    whole["ref"] = [f"r{i}" for i in range(len(whole))]
    whole["who"] = [f"p{i}" for i in range(len(whole))]
    whole["vanishing"] = whole["vanishing"].astype(float)
    return whole


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, System]:
    workspace = Workspace.create(tmp_path_factory.mktemp("series") / "workspace")
    file = workspace.home / "systems" / "jobs.yaml"
    file.write_text(system_text("jobs", SYSTEM), encoding="utf-8")
    path = workspace.home / "log.parquet"
    log().to_parquet(path)
    system = load_system(file)
    ingest(workspace, system, path)
    read_last(workspace, dt.date(2026, 6, 10))
    return workspace, system


@pytest.fixture(scope="module")
def series(given: tuple[Workspace, System]) -> DriftSeries:
    return drift_series(*given, as_of=TODAY)


@pytest.mark.costly
def test_ended_months_since_the_reference_and_why_some_are_not_compared(series: DriftSeries) -> None:
    told = [(point.window, point.decisions, point.reason) for point in series.points]
    reasons = ["is_reference", None, None, "small_group", None]
    assert told == [(month(i), ROWS[i], reason) for i, reason in enumerate(reasons, 1)]
    assert (series.unfinished, series.empty) == (False, ["never"])
    assert [(version.name, version.first.month) for version in series.versions] == [("1.0", 1), ("2.0", 3)]
    assert [series.deciding[month(i)] for i in (1, 3)] == [{"1.0": 1.0}, {"2.0": 1.0}]


@pytest.mark.costly
def test_the_same_figures_as_an_audit(given: tuple[Workspace, System], series: DriftSeries) -> None:
    workspace, system = given
    run = measure_window(workspace, system, start=month(3).start, end=month(3).end, as_of=TODAY)
    audited = {measure.id: measure for measure in run.measures if measure.by == ("feature",)}
    own = {measure.id: measure for measure in series.points[2].measures}
    assert len(audited) == 8
    assert {name: own[name] for name in audited} == audited


def test_an_empty_column_is_named_and_few_missing_values_are_hidden(series: DriftSeries) -> None:
    before, after = (series.points[at].measure("missing_share", "vanishing") for at in (1, 4))
    assert before is not None
    assert after is not None
    assert (before.status, before.reason) == ("suppressed", "small_group")
    assert after.value == 1.0
    assert {
        m.reason for m in series.points[4].measures if m.group == ("vanishing",) and m.metric != "missing_share"
    } == {"no_values"}


def test_outcomes_wait_until_they_are_due(given: tuple[Workspace, System], series: DriftSeries) -> None:
    found = [point.measure("psi", "outcome") for point in series.points]
    assert found[2] is not None
    assert found[2].value is not None
    early = drift_series(*given, as_of=dt.date(2026, 6, 1)).points[4].measure("psi", "outcome")
    assert early is not None
    assert (early.reason, early.params["readable_from"]) == ("not_mature", "2026-06-30")


@pytest.mark.costly
def test_against_the_window_before_and_the_one_examined_last(given: tuple[Workspace, System]) -> None:
    points = drift_series(*given, against="previous", as_of=TODAY).points
    assert [point.reason for point in points] == ["no_earlier", None, None, "small_group", "small_group"]
    asked = {month(3): month(1), month(5): month(2)}
    points = drift_series(*given, against="examined", examined=asked.get, as_of=TODAY).points
    assert [point.reason for point in points] == ["none_examined", "none_examined", None, "none_examined", None]
    assert points[4].against == month(2)
    weeks = drift_series(*given, step="week", against="previous", as_of=TODAY).points
    assert sum(point.decisions for point in weeks) == sum(ROWS.values()) + 40 - weeks_cut_off()
    assert len(drift_series(*given, step="day", as_of=TODAY).points) == 92


def weeks_cut_off() -> int:
    """Decisions after the last week that ended within the log."""
    days = log()["day"]
    return int((days > "2026-06-07").sum())


@pytest.mark.slow
def test_without_a_reference_or_with_an_empty_one(given: tuple[Workspace, System]) -> None:
    workspace, system = given
    none = system.model_copy(update={"windows": system.windows.model_copy(update={"reference": None})})
    assert {point.reason for point in drift_series(workspace, none, as_of=TODAY).points} == {"no_reference"}
    early = system.model_copy(
        update={"windows": system.windows.model_copy(update={"reference": "2025-01-01/2025-01-31"})}
    )
    assert {point.reason for point in drift_series(workspace, early, as_of=TODAY).points} == {"empty_reference"}
    within = system.model_copy(
        update={"windows": system.windows.model_copy(update={"reference": "2026-02-10/2026-03-05"})}
    )
    assert [p.reason for p in drift_series(workspace, within, as_of=TODAY).points][:2] == ["overlaps", "overlaps"]


def test_without_decisions_it_says_what_to_do(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "workspace")
    file = workspace.home / "systems" / "jobs.yaml"
    file.write_text(system_text("jobs", SYSTEM), encoding="utf-8")
    with pytest.raises(BoussoleError, match="no decisions yet"):
        drift_series(workspace, load_system(file))
