"""Who is compared with whom in a proposal: groups, their references, and controls only where asked for."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from boussole.audits.errors import SourceError
from boussole.audits.scaffold import propose
from boussole.audits.systems import load_system
from boussole.audits.systems.gaps import gaps_in
from tests.audits.scaffold.proposals import imported, proposed


def test_groups_that_nothing_orders_are_asked_for(real_data: Path) -> None:
    made = propose(real_data / "french_callback" / "origin2.csv")
    (asked,) = [gap for gap in made.gaps if gap.startswith("groups.origin:")]
    assert "the largest are equal: each is compared with all others" in asked


@pytest.mark.parametrize(
    ("column", "values", "reference", "because"),
    [
        ("race", ["H", "W", "W"], "W", "the largest"),  # Hispanic, not homme
        ("nationality", ["F", "M", "M"], "M", "the largest"),  # a letter says nothing of a country
        ("nationalité", ["Française", "Autre", "Autre"], "Française", "the word for French"),
        ("sexe", ["H", "F", "F"], "H", "the word for men"),
        ("genre", ["Mme", "M.", "Mme"], "M.", "the word for men"),
        ("sexo", ["H", "M", "M"], None, None),  # not a word of ours: no group at all
        ("sex", ["H", "M", "M"], "M", "the largest"),  # hombre, mujer: two letters are known, so none is
        ("rqth", ["oui", "non", "oui"], "non", "the word for no"),
        ("QPV", ["1", "0", "1"], "0", "the word for no"),
        ("religion", ["no", "yes", "yes"], "yes", "the largest"),
        ("tranche_age", ["<26", "26-49", "50 et plus"], "26-49", "the band in the middle"),
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


@pytest.mark.parametrize(
    ("ages", "reference"), [(list(range(20, 70)), "25-49"), (list(range(50, 90)) + [20] * 10, "50+")]
)
def test_ages_are_compared_with_those_in_the_middle_where_there_are_any(
    ages: list[int], reference: str, table: Callable[..., Path], tmp_path: Path
) -> None:
    _, system = proposed(table(id=list(range(50)), granted=["yes", "no"] * 25, age=ages), tmp_path)
    assert system.groups["age"].reference == reference


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


OFFERED = {
    "civ": (["Mme", "M.", "M."], "gender", None),  # words that mean nothing else, whatever the name of the column
    "tranche": (["18 à 25 ans", "26 à 49 ans", "50 ans et plus"], "age", None),
    "x": (["H", "F", "H"], None, "gender"),  # two letters may mean anything
    "niveau_etudes": (["bac", "bac+2", "sans"], None, "education"),
    "degree": (["BA", "MA", "none"], None, "education"),
    "Région": (["Bretagne", "Corse", "Corse"], None, "area"),
    "district": (["north", "south", "south"], None, "area"),
    "statut": (["français", "étranger", "hors UE"], "nationality", None),
    "salary": (["1500-2000", "2000-2500", "3000+"], None, None),
}


@pytest.mark.parametrize("column", OFFERED)
def test_groups_are_guessed_by_name_and_by_content_and_offered_as_comments_where_unsure(
    column: str, table: Callable[..., Path], tmp_path: Path
) -> None:
    values, group, offer = OFFERED[column]
    made, system = proposed(
        table(**{"id": list(range(60)), "granted": ["yes", "no"] * 30, column: values * 20}), tmp_path
    )
    assert list(system.groups) == ([group] if group else [])
    assert (f"\n  # {offer}: {{column: " in made.text) == (offer is not None)


def test_what_is_offered_loads_when_its_mark_is_taken_away(table: Callable[..., Path], tmp_path: Path) -> None:
    path = table(
        id=list(range(60)),
        granted=["yes", "no"] * 30,
        sexe=["H", "F", "F"] * 20,
        civilite=["M.", "Mme", "Mme"] * 20,
        diplome=["bac", "sans", "bac+5"] * 20,
        region=["A", "B"] * 30,
    )
    made, system = proposed(path, tmp_path)
    assert list(system.groups) == ["gender"]
    uncommented = re.sub(r"(?m)^  # (?=\w+: \{column)", "  ", made.text)
    (tmp_path / "all.yaml").write_text(uncommented, encoding="utf-8")
    groups = load_system(tmp_path / "all.yaml").groups
    assert {name: group.column for name, group in groups.items()} == {
        "gender": "sexe",
        "gender_2": "civilite",
        "education": "diplome",
        "area": "region",
    }
    assert [line for line in gaps_in(made.text) if "# area" in line.text] == []
