"""What a proposal says was decided, what came of it, when, and what a human made of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from boussole.audits.scaffold import propose
from tests.audits.scaffold.proposals import TODAY, proposed


def test_values_that_nothing_explains_are_left_to_a_person(table: Callable[..., Path], tmp_path: Path) -> None:
    made, system = proposed(table(id=list(range(30)), decision=["A1", "B2", "B2"] * 10), tmp_path)
    assert system.log.decision.selected == ["A1"]
    assert any(gap.startswith("columns.decision.selected: ") for gap in made.gaps)
    assert any(gap.startswith("groups: ") for gap in made.gaps)


def test_an_outcome_that_is_only_written_down_when_it_happens(table: Callable[..., Path], tmp_path: Path) -> None:
    columns = {"id": list(range(30)), "accepted": ["yes", "no", "yes"] * 10, "hired": ["yes", "", ""] * 10}
    _, system = proposed(table(**columns), tmp_path)
    assert system.log.outcome is not None
    assert (system.log.outcome.column, system.log.outcome.positive) == ("hired", ["yes"])
    assert (system.log.outcome.observed_for, system.log.outcome.absent) == ("selected", "missing")


@pytest.mark.costly
def test_what_is_often_absent_is_no_outcome_for_that_alone(real_data: Path, tmp_path: Path) -> None:
    """Whether the employer is a federal contractor is not known of 1,768 of 4,870 applications."""
    made, system = proposed(real_data / "bertrand_mullainathan/openintro_resume.csv", tmp_path)
    assert system.log.outcome is None
    assert "Often absent, as an outcome can be: job_fed_contractor." in made.text


@pytest.mark.costly
def test_several_that_could_be_the_outcome_are_asked_for(real_data: Path) -> None:
    gaps = propose(real_data / "compas/compas-scores-two-years.csv").gaps
    asked = dict(gap.split(": ", 1) for gap in gaps)
    assert "two_year_recid" in asked["columns.outcome.column"]
    assert asked["columns.outcome.column"].endswith("which is it?")
    assert "v_score_text" in asked["columns.decision.column"]


def test_levels_count_as_selected_but_for_the_lowest(table: Callable[..., Path], tmp_path: Path) -> None:
    _, system = proposed(table(id=list(range(30)), risk_level=["low", "medium", "high"] * 10), tmp_path)
    assert (system.log.decision.selected, system.log.decision.not_selected) == (["high", "medium"], ["low"])
    assert system.log.favourable is False


def test_a_log_without_time_gets_a_period_to_fill_in(table: Callable[..., Path], tmp_path: Path) -> None:
    when = ["February 2015", "March 2015"] * 10
    made, system = proposed(table(id=list(range(20)), accepted=[0, 1] * 10, date=when), tmp_path)
    assert system.log.period == TODAY
    assert "# Left out: date: its dates cannot be read" in made.text
    assert any(gap.startswith("columns.period: the dates of 'date' cannot be read") for gap in made.gaps)


@pytest.mark.parametrize(
    ("scores", "expected", "marked"),
    [
        ([n / 100 for n in range(20)], (0, 1), "guessed"),
        ([n * 5 for n in range(20)], (0, 100), "guessed"),
        ([n * 40 - 20 for n in range(20)], (-20, 740), "TO FILL IN"),
    ],
)
def test_the_range_of_a_score(
    scores: list[float], expected: tuple[float, float], marked: str, table: Callable[..., Path], tmp_path: Path
) -> None:
    made, system = proposed(table(id=list(range(20)), accepted=[0, 1] * 10, score=scores), tmp_path)
    assert system.log.score is not None
    assert system.log.score.range == expected
    (line,) = [line for line in made.text.splitlines() if line.startswith("  score:")]
    assert f"# {marked}: " in line


def test_a_human_decision_goes_with_its_time(table: Callable[..., Path], tmp_path: Path) -> None:
    columns = {
        "id": list(range(20)),
        "decision": ["yes", "no"] * 10,
        "adviser_decision": ["yes", "no", "no", "no"] * 5,
        "review_seconds": [n + 0.5 for n in range(20)],
    }
    _, system = proposed(table(**columns), tmp_path)
    assert system.log.decision.column == "decision"
    assert system.log.human is not None
    assert (system.log.human.decision, system.log.human.seconds) == ("adviser_decision", "review_seconds")


@pytest.mark.parametrize(
    ("skipped", "beside", "zone"),
    [
        (4, 4, "UTC"),  # the clocks of Paris skip 2 to 3 of 29 March 2026
        (2, 4, "UTC"),
        (1, 4, "Europe/Paris"),  # a slip of the hand
        (0, 4, "Europe/Paris"),
    ],
)
def test_times_in_the_hour_that_clocks_skip_are_utc(
    skipped: int, beside: int, zone: str, table: Callable[..., Path], tmp_path: Path
) -> None:
    hours = [1] * beside + [2] * skipped + [3] * beside + [12] * 30
    times = [f"2026-03-29 {hour:02d}:{n % 60:02d}:10" for n, hour in enumerate(hours)]
    made, system = proposed(table(id=list(range(len(times))), ts=times, decision=_alternating(len(times))), tmp_path)
    assert system.log.decided_at == "ts"
    assert system.timezone == zone
    told = (
        "timezone: 'ts' has as many rows in the hour that Europe/Paris skips in spring as beside it: UTC" in made.gaps
    )
    assert told == (zone == "UTC")


def test_times_with_their_offset_say_nothing_of_the_zone(table: Callable[..., Path], tmp_path: Path) -> None:
    times = [f"2026-03-29T02:{n:02d}:10Z" for n in range(30)]
    _, system = proposed(table(id=list(range(30)), ts=times, decision=_alternating(30)), tmp_path)
    assert system.timezone == "Europe/Paris"


def _alternating(rows: int) -> list[str]:
    return ["yes", "no"] * (rows // 2) + ["yes"] * (rows % 2)
