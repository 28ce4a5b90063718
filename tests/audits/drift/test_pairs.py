"""Any two windows are compared exactly, and every way in which there is nothing to compare has its name."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from boussole.audits.decisions import ingest
from boussole.audits.drift.pairs import WindowPair, against_asked, exact_pair, window_asked
from boussole.audits.drift.series import drift_series
from boussole.audits.errors import BoussoleError
from boussole.audits.systems import System, load_system
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from tests.written import system_text

SYSTEM = """
columns: {id: ref, decided_at: day, decision: {column: taken, selected: [true], not_selected: [false]}}
features: [x]
windows: {audit: month, reference: "2026-01-01/2026-01-31"}
privacy: {suppress_below: 11}
"""
TODAY = dt.date(2026, 9, 1)
ROWS = {1: 300, 2: 200, 3: 250, 5: 6, 6: 280}
"""By month: none in April, few in May."""


def days(text: str) -> Window:
    return window_asked(text)


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, System]:
    workspace = Workspace.create(tmp_path_factory.mktemp("pairs") / "workspace")
    file = workspace.home / "systems" / "jobs.yaml"
    file.write_text(system_text("jobs", SYSTEM), encoding="utf-8")
    random = np.random.default_rng(2)
    parts = [
        pd.DataFrame(
            {
                "day": pd.Timestamp(f"2026-{month:02}-01") + pd.to_timedelta(random.integers(0, 28, rows), unit="D"),
                "taken": random.random(rows) < 0.4,
                "x": random.normal(month, 2, rows),
            }
        )
        for month, rows in ROWS.items()
    ]
    log = pd.concat(parts, ignore_index=True)
    log["ref"] = [f"r{i}" for i in range(len(log))]
    log.to_parquet(workspace.home / "log.parquet")
    system = load_system(file)
    ingest(workspace, system, workspace.home / "log.parquet")
    return workspace, system


def pair(given: tuple[Workspace, System], window: str, against: str, **more: object) -> WindowPair:
    return exact_pair(*given, window=days(window), against=against_asked(against), as_of=TODAY, **more)  # type: ignore[arg-type]


def test_a_pair_of_months_has_the_figures_of_the_series(given: tuple[Workspace, System]) -> None:
    found = pair(given, "2026-03-01/2026-03-31", "reference")
    series = drift_series(*given, as_of=TODAY)
    assert (found.against, found.decisions) == (days("2026-01-01/2026-01-31"), (250, 300))
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
    given: tuple[Workspace, System], window: str, against: str
) -> None:
    from boussole.audits.drift.pairs import previous
    from boussole.audits.lake import reading

    with reading(given[0]) as connection:
        assert previous(connection, given[1], days(window)) == days(against)
        assert previous(connection, given[1], days("2026-01-01/2026-01-31")) is None


def test_any_days_can_be_compared(given: tuple[Workspace, System]) -> None:
    found = pair(given, "2026-02-10/2026-03-09", "2026-01-05/2026-01-20")
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
    given: tuple[Workspace, System], window: str, against: str, words: str
) -> None:
    with pytest.raises(BoussoleError, match=words) as told:
        pair(given, window, against)
    assert "jobs" in told.value.where
    assert told.value.next_step


def test_the_examined_one_is_the_one_that_somebody_tells(given: tuple[Workspace, System]) -> None:
    told = days("2026-02-01/2026-02-28")
    assert pair(given, "2026-03-01/2026-03-31", "examined", examined=lambda _: told).against == told


def test_a_system_without_a_reference_says_what_to_declare(given: tuple[Workspace, System]) -> None:
    system = given[1].model_copy(update={"windows": given[1].windows.model_copy(update={"reference": None})})
    with pytest.raises(BoussoleError, match=r"no reference window.*--against previous"):
        exact_pair(given[0], system, window=days("2026-03-01/2026-03-31"))


@pytest.mark.parametrize("text", ["before", "2026-03", "2026-03-31/2026-03-01", "2026-02-30/2026-03-01", "/"])
def test_what_is_no_window_says_so(text: str) -> None:
    with pytest.raises(BoussoleError, match=r"START/END|both included|out of range|before it starts"):
        against_asked(text)
