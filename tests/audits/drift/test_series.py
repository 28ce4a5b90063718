"""Drift month by month and between any two windows: which are compared, why some are not, the figures of an audit."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from boussole.audits.decisions import ingest
from boussole.audits.drift.pairs import WindowPair, against_asked, exact_pair, previous, window_asked
from boussole.audits.drift.series import DriftSeries, drift_series
from boussole.audits.errors import BoussoleError
from boussole.audits.lake import reading
from boussole.audits.runs import measure_window
from boussole.audits.systems import System
from boussole.audits.windows import Window, period_of
from boussole.audits.workspace import Workspace
from tests.audits.readings import read_last
from tests.written import system_text, written_workspace

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
    return period_of(dt.date(2026, number, 1), "month")


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


def loaded(home: Path, text: str, rows: pd.DataFrame) -> tuple[Workspace, System]:
    workspace = written_workspace(home, system_text("jobs", text))
    rows.to_parquet(home / "log.parquet")
    ingest(workspace, workspace.system("jobs"), home / "log.parquet")
    return workspace, workspace.system("jobs")


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, System]:
    workspace, system = loaded(tmp_path_factory.mktemp("series") / "workspace", SYSTEM, log())
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
    assert sum(point.decisions for point in weeks) == (log()["day"] <= "2026-06-07").sum()  # of weeks that ended
    assert len(drift_series(*given, step="day", as_of=TODAY).points) == 92


def referring(system: System, reference: str | None) -> System:
    return system.model_copy(update={"windows": system.windows.model_copy(update={"reference": reference})})


@pytest.mark.slow
@pytest.mark.parametrize(
    ("reference", "reasons"),
    [
        (None, {"no_reference"}),
        ("2025-01-01/2025-01-31", {"empty_reference"}),
        ("2026-02-10/2026-03-05", {"overlaps"}),
    ],
)
def test_without_a_reference_or_with_an_empty_one(
    given: tuple[Workspace, System], reference: str | None, reasons: set[str]
) -> None:
    workspace, system = given
    points = drift_series(workspace, referring(system, reference), as_of=TODAY).points
    assert {point.reason for point in (points[:2] if reasons == {"overlaps"} else points)} == reasons


def test_without_decisions_it_says_what_to_do(tmp_path: Path) -> None:
    workspace = written_workspace(tmp_path / "workspace", system_text("jobs", SYSTEM))
    with pytest.raises(BoussoleError, match="no decisions yet"):
        drift_series(workspace, workspace.system("jobs"))


PAIRED = """
columns: {id: ref, decided_at: day, decision: {column: taken, selected: [true], not_selected: [false]}}
features: [x]
windows: {audit: month, reference: "2026-01-01/2026-01-31"}
privacy: {suppress_below: 11}
"""
HELD = {1: 300, 2: 200, 3: 250, 5: 6, 6: 280}
"""By month: none in April, few in May."""


@pytest.fixture(scope="module")
def paired(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, System]:
    random, months = np.random.default_rng(2), np.repeat([*HELD], [*HELD.values()])
    log = pd.DataFrame({"ref": [f"r{i}" for i in range(len(months))], "x": random.normal(months, 2)})
    log["day"] = [f"2026-{month:02}-{random.integers(1, 29):02}" for month in months]
    log["taken"] = random.random(len(log)) < 0.4
    return loaded(tmp_path_factory.mktemp("pairs") / "workspace", PAIRED, log)


def pair(paired: tuple[Workspace, System], window: str, against: str, **more: object) -> WindowPair:
    asked = {"window": window_asked(window), "against": against_asked(against), "as_of": dt.date(2026, 9, 1)}
    return exact_pair(*paired, **asked, **more)  # type: ignore[arg-type]


def test_a_pair_of_months_has_the_figures_of_the_series(paired: tuple[Workspace, System]) -> None:
    found = pair(paired, "2026-03-01/2026-03-31", "reference")
    series = drift_series(*paired, as_of=dt.date(2026, 9, 1))
    assert (found.against, found.decisions) == (window_asked("2026-01-01/2026-01-31"), (250, 300))
    assert found.measures == series.points[2].measures
    assert found.measures


@pytest.mark.parametrize(
    ("window", "against"),
    [
        ("2026-03-01/2026-03-31", "2026-02-01/2026-02-28"),  # a month: the month before
        ("2026-06-01/2026-06-30", "2026-05-01/2026-05-31"),
        ("2026-05-01/2026-05-31", "2026-03-01/2026-03-31"),  # April holds nothing
        ("2026-03-02/2026-03-08", "2026-02-23/2026-03-01"),  # a week
        ("2026-04-01/2026-06-30", "2026-01-01/2026-03-31"),  # a quarter
        ("2026-06-05/2026-06-14", "2026-05-26/2026-06-04"),  # as many days
        ("2026-04-20/2026-05-19", "2026-03-21/2026-04-19"),
        ("2026-04-20/2026-04-24", "2026-03-26/2026-03-30"),  # some skipped that hold nothing
    ],
)
def test_the_previous_window_is_of_the_same_kind_and_holds_decisions(
    paired: tuple[Workspace, System], window: str, against: str
) -> None:
    with reading(paired[0]) as connection:
        assert previous(connection, paired[1], window_asked(window)) == window_asked(against)
        assert previous(connection, paired[1], window_asked("2026-01-01/2026-01-31")) is None


def test_any_days_can_be_compared_and_the_examined_window_is_the_one_that_somebody_tells(
    paired: tuple[Workspace, System],
) -> None:
    told = window_asked("2026-02-01/2026-02-28")
    assert pair(paired, "2026-03-01/2026-03-31", "examined", examined=lambda _: told).against == told
    found = pair(paired, "2026-02-10/2026-03-09", "2026-01-05/2026-01-20")
    assert found.measures[0].params["current_total"] == found.decisions[0]
    assert 0 < found.decisions[0] < 450


@pytest.mark.parametrize(
    ("window", "against", "words"),
    [
        ("2026-03-01/2026-03-31", "2026-03-31/2026-04-30", "share days"),
        ("2026-01-01/2026-01-31", "reference", "share days"),
        ("2026-04-01/2026-04-30", "reference", "2026-04-01/2026-04-30 holds no decision"),
        ("2026-03-01/2026-03-31", "2025-03-01/2025-03-31", "2025-03-01/2025-03-31 holds no decision"),
        ("2026-05-01/2026-05-31", "reference", "2026-05-01/2026-05-31 holds fewer than 11"),
        ("2026-01-01/2026-01-31", "previous", "no decision was made before"),
        ("2026-03-01/2026-03-31", "examined", "no window before .* was examined"),
    ],
)
def test_why_two_windows_are_not_compared(
    paired: tuple[Workspace, System], window: str, against: str, words: str
) -> None:
    with pytest.raises(BoussoleError, match=words) as told:
        pair(paired, window, against)
    assert "jobs" in told.value.where
    assert told.value.next_step


def test_a_system_without_a_reference_says_what_to_declare(paired: tuple[Workspace, System]) -> None:
    with pytest.raises(BoussoleError, match=r"no reference window.*--against previous"):
        exact_pair(paired[0], referring(paired[1], None), window=window_asked("2026-03-01/2026-03-31"))


@pytest.mark.parametrize("text", ["before", "2026-03", "2026-03-31/2026-03-01", "2026-02-30/2026-03-01", "/"])
def test_what_is_no_window_says_so(text: str) -> None:
    with pytest.raises(BoussoleError, match=r"START/END|both included|out of range|before it starts"):
        against_asked(text)
