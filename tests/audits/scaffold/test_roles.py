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


def test_a_human_decision_is_known_by_its_name_and_values(table: Callable[..., Path], tmp_path: Path) -> None:
    columns = {
        "id": list(range(20)),
        "decision": ["yes", "no"] * 10,
        "adviser_decision": ["yes", "no", "no", "no"] * 5,
    }
    _, system = proposed(table(**columns), tmp_path)
    assert system.log.decision.column == "decision"
    assert system.log.human is not None
    assert system.log.human.decision == "adviser_decision"
