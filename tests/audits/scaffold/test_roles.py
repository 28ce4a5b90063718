"""What a proposal takes for the id, a person, a count, a place in a list, the decision, and what came of it."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import pytest

from boussole.audits.scaffold import propose
from tests.audits.scaffold.proposals import TODAY, guessed, imported
from tests.audits.there import there


def test_a_column_that_repeats_is_never_the_id(tmp_path: Path) -> None:
    cases = [n % 30 for n in range(240)]
    made, system = guessed(tmp_path, case_id=cases, granted=["yes", "no"] * 120, sex=["F", "M", "M"] * 80)
    assert system.log.key == ()
    told = "id: {row_number: true}  # guessed: no column is unique, nor are two or three identifiers together"
    assert told in made.text
    assert imported(tmp_path / "log.csv", system, tmp_path).accepted == 240


def test_three_identifiers_together_are_the_id_where_two_are_not(tmp_path: Path) -> None:
    offers, people, steps = zip(*itertools.product(range(6), ("p0", "p1", "p2", "p3", "p4"), range(4)), strict=True)
    ids = {"offer": [*offers], "person_id": [*people], "event_no": [*steps]}
    _, system = guessed(tmp_path, **ids, granted=["yes", "no", "no"] * 40, sex=["F", "M"] * 60)
    assert system.log.key == ("offer", "person_id", "event_no")
    assert "person_id" in system.privacy.pseudonymise


@pytest.mark.parametrize("name", ["nom", "Prénom", "lastName", "email", "Téléphone", "nir", "date_naissance"])
def test_a_direct_identifier_is_never_a_group_a_control_or_a_feature(name: str, tmp_path: Path) -> None:
    """Not even with two values, nor with numbers."""
    values = {name: [1, 2] * 20, "id": list(range(40)), "accepted": [0, 1, 1, 0] * 10, "sexe": ["F", "M"] * 20}
    _, system = guessed(tmp_path, **values)
    compared = [group.column for group in system.groups.values()] + [c.column for c in system.controls.values()]
    assert name not in [*compared, *system.watched]
    assert compared == ["sexe"]


def test_e_mail_addresses_are_recognised_by_what_they_are(tmp_path: Path) -> None:
    mails = [f"p{n}@example.org" for n in range(20)]
    made, system = guessed(tmp_path, contact=mails, granted=["yes", "no"] * 10, genre=["F", "M"] * 10)
    assert system.log.id == "contact"  # nothing else is unique, and nothing says that it identifies a decision
    asked = "columns.id: each row has a value of its own, but its name does not say"
    assert any(gap.startswith(asked) for gap in made.gaps)
    assert system.privacy.pseudonymise == ["contact"]


def test_a_table_of_counts_under_any_name_is_asked_about_and_one_of_decisions_is_not(tmp_path: Path) -> None:
    """Read as one decision a line, a table of 4,526 people would be 24 decisions."""
    text = (Path(__file__).parents[3] / "docs" / "data" / "berkeley-1973.csv").read_text(encoding="utf-8")
    (tmp_path / "admissions.csv").write_text(text.replace(",count", ",applicants"), encoding="utf-8")
    made = propose(tmp_path / "admissions.csv")
    assert "  weight: applicants  # TO FILL IN: each combination of the other columns stands once" in made.text
    assert any(gap.startswith("columns.weight: ") for gap in made.gaps)
    ages = [20 + i % 40 for i in range(90)]  # decisions one by one are not taken for counts
    made, _ = guessed(tmp_path, granted=["no", "yes", "yes"] * 30, sex=["F", "M"] * 45, age_of_car=ages)
    assert "weight" not in made.text


def ranked(**more: list[Any]) -> dict[str, list[Any]]:
    """Forty lists of six."""
    return {
        "search": [n // 6 for n in range(240)],
        "candidate_id": [f"c{n % 90}" for n in range(240)],
        "rank": [n % 6 + 1 for n in range(240)],
        "sex": ["F", "M", "M", "F", "M"] * 48,
        **more,
    }


def test_a_log_with_places_in_lists_is_a_ranking_and_one_with_other_numbers_is_not(tmp_path: Path) -> None:
    """The list is found by what the places in it are, as its name says nothing."""
    columns = ranked(contacted=["yes", "no", "no"] * 80)
    made, system = guessed(tmp_path, **columns)
    assert (system.kind, system.log.rank, system.log.request) == ("ranking", "rank", "search")
    assert system.log.decision.column == "contacted"
    assert "rank: rank  # guessed: its name says so; within each 'search' it goes from 1 to n" in made.text
    made, system = guessed(tmp_path, **columns | {"rank": [n % 7 + 1 for n in range(240)]})  # these are no places
    assert (system.kind, system.log.rank) == ("selection", None)
    assert "# Left out: rank: it sounds like a place in a list, but no column says in which list." in made.text


def test_lists_without_a_decision_are_proposed_too(tmp_path: Path) -> None:
    """Nothing that does not say itself that it is a decision is sealed as one."""
    made, system = guessed(tmp_path, **ranked())
    assert (system.kind, system.log.rank, system.log.request) == ("ranking", "rank", "search")
    assert system.log.key == ("search", "candidate_id")
    assert re.search(r"^    column: \w+  # guessed", made.text, re.MULTILINE) is None


def test_values_that_nothing_explains_are_left_to_a_person(tmp_path: Path) -> None:
    made, system = guessed(tmp_path, id=list(range(30)), decision=["A1", "B2", "B2"] * 10)
    assert system.log.decision.selected == ["A1"]
    assert any(gap.startswith("columns.decision.selected: ") for gap in made.gaps)
    assert any(gap.startswith("groups: ") for gap in made.gaps)


def test_an_outcome_that_is_only_written_down_when_it_happens(tmp_path: Path) -> None:
    hired = ["yes", "", ""] * 10
    _, system = guessed(tmp_path, id=list(range(30)), accepted=["yes", "no", "yes"] * 10, hired=hired)
    outcome = there(system.log.outcome)
    assert (outcome.column, outcome.positive) == ("hired", ["yes"])
    assert (outcome.observed_for, outcome.absent) == ("selected", "missing")


@pytest.mark.costly
def test_several_that_could_be_the_outcome_are_asked_for(real_data: Path) -> None:
    gaps = propose(real_data / "compas/compas-scores-two-years.csv").gaps
    asked = dict(gap.split(": ", 1) for gap in gaps)
    assert "two_year_recid" in asked["columns.outcome.column"]
    assert asked["columns.outcome.column"].endswith("which is it?")
    assert "v_score_text" in asked["columns.decision.column"]


def test_levels_count_as_selected_but_for_the_lowest(tmp_path: Path) -> None:
    _, system = guessed(tmp_path, id=list(range(30)), risk_level=["low", "medium", "high"] * 10)
    assert (system.log.decision.selected, system.log.decision.not_selected) == (["high", "medium"], ["low"])
    assert system.log.favourable is False


def test_a_log_without_time_gets_a_period_to_fill_in(tmp_path: Path) -> None:
    when = ["February 2015", "March 2015"] * 10
    made, system = guessed(tmp_path, id=list(range(20)), accepted=[0, 1] * 10, date=when)
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
def test_the_range_of_a_score(scores: list[float], expected: tuple[float, float], marked: str, tmp_path: Path) -> None:
    made, system = guessed(tmp_path, id=list(range(20)), accepted=[0, 1] * 10, score=scores)
    assert there(system.log.score).range == expected
    (line,) = [line for line in made.text.splitlines() if line.startswith("  score:")]
    assert f"# {marked}: " in line


def test_a_human_decision_is_known_by_its_name_and_values(tmp_path: Path) -> None:
    by_adviser = ["yes", "no", "no", "no"] * 5
    _, system = guessed(tmp_path, id=list(range(20)), decision=["yes", "no"] * 10, adviser_decision=by_adviser)
    assert system.log.decision.column == "decision"
    assert there(system.log.human).decision == "adviser_decision"
