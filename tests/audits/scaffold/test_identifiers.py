"""What a proposal takes for the id of a decision, for a person, and for how many decisions a row stands for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from boussole.audits.scaffold import propose
from tests.audits.scaffold.proposals import imported, proposed


def test_a_column_that_repeats_is_never_the_id(table: Callable[..., Path], tmp_path: Path) -> None:
    columns = {"case_id": [n % 30 for n in range(240)], "granted": ["yes", "no"] * 120, "sex": ["F", "M", "M"] * 80}
    path = table(**columns)
    made, system = proposed(path, tmp_path)
    assert system.log.key == ()
    assert (
        "id: {row_number: true}  # guessed: no column is unique, nor are two or three identifiers together" in made.text
    )
    assert imported(path, system, tmp_path).accepted == 240


def test_three_identifiers_together_are_the_id_where_two_are_not(table: Callable[..., Path], tmp_path: Path) -> None:
    rows = [(offer, person, step) for offer in range(6) for person in range(5) for step in range(4)]
    columns = {
        "offer": [row[0] for row in rows],
        "person_id": [f"p{row[1]}" for row in rows],
        "event_no": [row[2] for row in rows],
        "granted": ["yes", "no", "no"] * 40,
        "sex": ["F", "M"] * 60,
    }
    _, system = proposed(table(**columns), tmp_path)
    assert system.log.key == ("offer", "person_id", "event_no")
    assert "person_id" in system.privacy.pseudonymise


@pytest.mark.parametrize(
    "name",
    ["nom", "Prénom", "first_name", "lastName", "email", "Téléphone", "adresse", "nir", "date_naissance", "iban"],
)
def test_a_direct_identifier_is_never_a_group_a_control_or_a_feature(
    name: str, table: Callable[..., Path], tmp_path: Path
) -> None:
    """Not even with two values, nor with numbers."""
    values = {name: [1, 2] * 20, "id": list(range(40)), "accepted": [0, 1, 1, 0] * 10, "sexe": ["F", "M"] * 20}
    _, system = proposed(table(**values), tmp_path)
    compared = [group.column for group in system.groups.values()] + [c.column for c in system.controls.values()]
    assert name not in [*compared, *system.watched]
    assert compared == ["sexe"]


def test_e_mail_addresses_are_recognised_by_what_they_are(table: Callable[..., Path], tmp_path: Path) -> None:
    mails = [f"p{n}@example.org" for n in range(20)]
    made, system = proposed(table(contact=mails, granted=["yes", "no"] * 10, genre=["F", "M"] * 10), tmp_path)
    assert system.log.id == "contact"  # nothing else is unique, and nothing says that it identifies a decision
    assert any(
        gap.startswith("columns.id: each row has a value of its own, but its name does not say") for gap in made.gaps
    )
    assert system.privacy.pseudonymise == ["contact"]


def test_a_table_of_counts_under_any_name_is_asked_about(tmp_path: Path) -> None:
    """Read as one decision a line, a table of 4,526 people would be 24 decisions."""
    text = (Path(__file__).parents[3] / "docs" / "data" / "berkeley-1973.csv").read_text(encoding="utf-8")
    (tmp_path / "admissions.csv").write_text(text.replace(",count", ",applicants"), encoding="utf-8")
    made = propose(tmp_path / "admissions.csv")
    assert "  weight: applicants  # TO FILL IN: each combination of the other columns stands once" in made.text
    assert any(gap.startswith("columns.weight: ") for gap in made.gaps)


def test_decisions_one_by_one_are_not_taken_for_counts(tmp_path: Path) -> None:
    rows = [f"{'yes' if i % 3 else 'no'},{'FM'[i % 2]},{20 + i % 40}\n" for i in range(90)]
    (tmp_path / "loans.csv").write_text("granted,sex,age_of_car\n" + "".join(rows), encoding="utf-8")
    assert "weight" not in propose(tmp_path / "loans.csv").text
