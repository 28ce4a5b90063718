"""Who is compared with whom in a proposal: groups, their references, and controls only where asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from boussole.audits.errors import SourceError
from boussole.audits.scaffold import propose
from tests.audits.scaffold.proposals import imported, proposed


@pytest.mark.parametrize(
    ("column", "values", "reference", "because"),
    [
        ("race", ["H", "W", "W"], "W", "the largest"),  # Hispanic, not homme
        ("nationalité", ["Française", "Autre", "Autre"], "Française", "the word for French"),
        ("sexe", ["H", "F", "F"], "H", "the word for men"),
        ("sexo", ["H", "M", "M"], None, None),  # not a word of ours: no group at all
        ("sex", ["H", "M", "M"], "M", "the largest"),  # hombre, mujer: two letters are known, so none is
        ("rqth", ["oui", "non", "oui"], "non", "the word for no"),
        ("tranche_age", ["moins de 40", "40 et plus", "40 et plus"], "40 et plus", "the largest"),
    ],
)
def test_each_family_has_its_own_reference(  # noqa: PLR0917 (a table of cases)
    column: str, values: list[str], reference: str | None, because: str, table: Callable[..., Path], tmp_path: Path
) -> None:
    path = table(**{"id": list(range(60)), "granted": ["yes", "no"] * 30, column: values * 20})
    made, system = proposed(path, tmp_path)
    groups = list(system.groups.values())
    if reference is None:
        assert groups == []
        return
    assert [group.reference for group in groups] == [reference]
    assert f'compared with "{reference}": {because}' in made.text


def test_ages_in_years_are_compared_with_the_band_that_most_are_in(table: Callable[..., Path], tmp_path: Path) -> None:
    ages = list(range(50, 90)) + [20] * 10
    _, system = proposed(table(id=list(range(50)), granted=["yes", "no"] * 25, age=ages), tmp_path)
    assert system.groups["age"].reference == "50+"


def test_controls_are_asked_for_and_not_guessed(published: Path, tmp_path: Path) -> None:
    source = published / "ucb_admissions/datasets_UCBAdmissions.csv"
    made, system = proposed(source, tmp_path)
    assert system.controls == {}
    assert "\n#   Candidates: Dept.\n" in made.text
    made, system = proposed(source, tmp_path, controls=["Dept"])
    assert {name: control.column for name, control in system.controls.items()} == {"department": "Dept"}
    assert "Candidates" not in made.text
    with pytest.raises(SourceError, match=r"no column 'Dpt' to be a control\. Did you mean 'Dept'\?"):
        propose(source, controls=["Dpt"])
    with pytest.raises(SourceError, match="'Gender' is a sensitive feature, which is compared: it is no control"):
        propose(source, controls=["Gender"])


@pytest.mark.costly
def test_matched_sets_become_a_control_when_asked_for(real_data: Path, tmp_path: Path) -> None:
    source = real_data / "french_callback/gender2.csv"
    assert "'offer' is one where people in each differ in the group alone" in propose(source).text
    _, system = proposed(source, tmp_path, controls=["offer"])
    assert system.matched
    assert system.privacy.pseudonymise == ["fname"]
    assert imported(source, system, tmp_path).accepted == 564
