"""How a proposal is written: every guess marked, any name readable, any table a file that loads or an error."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from boussole.audits.errors import BoussoleError, SourceError, SystemFileError
from boussole.audits.scaffold import propose
from tests.audits.scaffold.proposals import guessed, imported, proposed, table


@pytest.mark.costly
def test_every_line_of_a_proposal_that_holds_a_choice_is_marked(real_data: Path) -> None:
    text = propose(real_data / "compas/compas-scores-two-years.csv").text
    bare = [line for line in text.splitlines() if not re.search(r"# (guessed|TO FILL IN): \S", line)]
    structure = ("id:", "columns:", "groups:", "controls:", "features:", "#")
    assert [
        line for line in bare if not line.strip().startswith((*structure, "decision:", "outcome:", "not_selected:"))
    ] == []


@pytest.mark.costly
def test_columns_with_awkward_names_stay_readable(tmp_path: Path) -> None:
    columns = {"no": list(range(20)), "accepted: yes?": ["y", "n"] * 10, "# sexe": ["F", "M"] * 10}
    _, system = guessed(tmp_path, **columns)
    assert (system.log.id, system.log.decision.column) == ("no", "accepted: yes?")
    assert system.groups["gender"].column == "# sexe"
    assert imported(tmp_path / "log.csv", system, tmp_path).accepted == 20


HOSTILE = """x"; DROP TABLE lake.main.rows; --"""


@pytest.mark.costly
@pytest.mark.attack("lake", "names of columns and values that are SQL")
def test_names_and_values_that_are_sql_are_texts(tmp_path: Path) -> None:
    words = ["'); DROP TABLE lake; --", "F' OR '1'='1", "M\"; ATTACH 'x' --", "${x} %s {0}"] * 5
    _, system = guessed(tmp_path, id=list(range(20)), accepted=["y", "n"] * 10, **{f"sexe {HOSTILE}": words})
    (group,) = system.groups.values()
    assert group.column == f"sexe {HOSTILE}"
    assert imported(tmp_path / "log.csv", system, tmp_path).accepted == 20
    (stored,) = tmp_path.rglob("catalog.sqlite")
    assert stored.is_file()


def test_what_holds_no_decision_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="nothing in it could be a decision"):
        propose(table(tmp_path, id=[1, 2, 3], text=["a", "a", "a"]))
    with pytest.raises(SourceError, match="holds no row"):
        propose(table(tmp_path, id=[]))


def test_a_malformed_id_is_refused_with_one_that_would_do(tmp_path: Path) -> None:
    told = r"`Crédits 2026` cannot be an identifier: use at most .*, for example `credits_2026`"
    with pytest.raises(SystemFileError, match=told):
        propose(table(tmp_path, id=[1, 2], accepted=[0, 1]), system_id="Crédits 2026")


KINDS: dict[str, Callable[[int], Any]] = {
    "number": lambda n: n,
    "flag": lambda n: n % 2,
    "word": lambda n: ("yes", "no", "no")[n % 3],
    "sign": lambda n: ("=1+1", "#x", "é : « a »", "")[n % 4],
    "share": lambda n: n / 40,
    "mail": lambda n: f"p{n}@example.org",
    "day": lambda n: f"2026-03-{n % 28 + 1:02d}",
    "nothing": lambda n: "",
}


NAMES = ["id", "decision", "sexe", "âge", "score", "nom", "e-mail", "date", "rang", "poids", "null", "- a: {b}", "1"]


@pytest.mark.costly
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kinds=st.dictionaries(st.sampled_from(NAMES), st.sampled_from(sorted(KINDS)), min_size=1, max_size=8))
@example(kinds={"sexe": "flag", "decision": "flag"})  # nothing is unique: the group stands in for an id
def test_any_table_gets_a_file_that_loads_or_an_error_of_our_own(kinds: dict[str, str], tmp_path: Path) -> None:
    columns = {name: [KINDS[kind](n) for n in range(40)] for name, kind in kinds.items()}
    try:
        _, system = guessed(tmp_path, **columns)
    except BoussoleError as error:
        if "the first line is a row" in str(error):  # a name that stands among its own values
            assert any(name in map(str, values) for name, values in columns.items())
            return
        others = {name: kind for name, kind in kinds.items() if name not in ("nom", "e-mail", "sexe", "âge")}
        assert not set(others.values()) & {"flag", "word", "sign"}  # one of these would have been taken as the decision
        return
    compared = {group.column for group in system.groups.values()} | {c.column for c in system.controls.values()}
    assert compared & {"nom", "e-mail"} == set()
    assert set(system.log.key) <= set(kinds)
    cells = zip(*(columns[name] for name in system.log.key), strict=True)
    assert not system.log.key or len(set(cells)) == 40


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
def test_each_family_has_its_own_reference(
    column: str, values: list[str], reference: str | None, because: str, tmp_path: Path
) -> None:
    made, system = guessed(tmp_path, id=list(range(60)), granted=["yes", "no"] * 30, **{column: values * 20})
    assert [group.reference for group in system.groups.values()] == ([reference] if reference else [])
    assert reference is None or f'compared with "{reference}": {because}' in made.text


def test_ages_in_years_are_compared_with_the_band_that_most_are_in(tmp_path: Path) -> None:
    ages = list(range(50, 90)) + [20] * 10
    _, system = guessed(tmp_path, id=list(range(50)), granted=["yes", "no"] * 25, age=ages)
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
