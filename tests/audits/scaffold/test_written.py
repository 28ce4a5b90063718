"""How a proposal is written: every guess marked, any name readable, any table or log a file that loads or an error.

Published files are proposed from, and audited, end to end.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from boussole.audits.errors import BoussoleError, SourceError, SystemFileError
from boussole.audits.scaffold import propose
from boussole.audits.systems import System
from tests.audits.scaffold.proposals import guessed, imported, proposed, table
from tests.audits.there import there


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


FRENCH = (
    "N° dossier;Date décision;Décision;Sexe;Âge;QPV;Nationalité;Nom;Prénom;Courriel;Conseiller;Agence;"
    "id_demandeur;Ancienneté;Embauché;Commentaire"
)


def roles(system: System) -> dict[str, Any]:
    """Those that a column has."""
    log = system.log
    nested = {name: getattr(getattr(log, name), "column", None) for name in ("decision", "score", "outcome")}
    plain = ("id", "decided_at", "request", "rank", "person", "team", "weight", "model_version", "use")
    every = {name: getattr(log, name) for name in plain} | nested
    return {name: column for name, column in every.items() if column is not None}


@pytest.mark.slow
def test_the_log_of_the_demo_is_understood(tmp_path: Path) -> None:
    from boussole.experiments.demo.simulation import simulate

    log = simulate(500, seed=1).log
    log.to_parquet(tmp_path / "matchft.parquet", index=False)
    _, system = proposed(tmp_path / "matchft.parquet", tmp_path)
    assert system.kind == "ranking"
    outcome = there(system.log.outcome)
    assert (outcome.column, outcome.observed_for) == ("hired", "selected")
    assert (system.log.person, system.log.request, system.log.rank) == ("person_id", "offer_id", "rank")
    assert (system.log.model_version, system.log.decided_at) == ("model_version", "ts")
    references = {name: group.reference for name, group in system.groups.items()}
    assert references == {"gender": "M", "age": "25-49", "qpv": "no"}
    assert set(system.privacy.pseudonymise) == {"decision_id", "person_id"}
    assert imported(tmp_path / "matchft.parquet", system, tmp_path).accepted == len(log)


@pytest.fixture
def french(tmp_path: Path) -> Path:
    """An export as French tools write it: semicolons, accents, decisions in words, names of people and of agents."""
    lines = [FRENCH]
    for n in range(240):
        decided = "accepté" if n % 3 else "refusé"
        hired = ("oui" if n % 2 else "non") if n % 5 == 1 and n % 3 else ""
        lines.append(
            f"D{n:04d};2026-07-{n % 28 + 1:02d};{decided};{'FH'[n % 2]};{20 + n % 40};{('oui', 'non')[n % 3 == 0]};"
            f"{('FR', 'UE', 'hors UE')[n % 3]};Nom{n % 7};{('Anne', 'Jean')[n % 2]};p{n}@example.org;C{n % 9};"
            f"Agence {n % 4};P{n % 90};{n % 11},5;{hired};texte libre {n}"
        )
    path = tmp_path / "suivi 2026.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.costly
def test_a_french_export_is_understood(french: Path, tmp_path: Path) -> None:
    made, system = proposed(french, tmp_path, language="fr")
    assert system.id == "suivi_2026"
    assert roles(system) == {
        "id": "N° dossier",
        "decided_at": "Date décision",
        "decision": "Décision",
        "outcome": "Embauché",
        "team": "Agence",
        "person": "id_demandeur",
    }
    assert (system.log.decision.selected, system.log.decision.not_selected) == (["accepté"], ["refusé"])
    outcome = there(system.log.outcome)
    assert (outcome.positive, outcome.observed_for) == (["oui"], "selected")
    references = {name: group.reference for name, group in system.groups.items()}
    assert references == {"gender": "H", "age": "25-49", "nationality": "FR", "qpv": "non"}
    assert system.privacy.pseudonymise == ["N° dossier", "id_demandeur"]
    left = "# Laissée de côté\u202f: Conseiller\u202f: les agents n’apparaissent que par équipes de 11 ou plus"
    assert left in made.text
    assert "elles ressemblent à des identifiants directs\u202f: Nom, Prénom, Courriel." in made.text
    assert imported(french, system, tmp_path).accepted == 240


def test_tables_and_json_lines_are_read_too(tmp_path: Path) -> None:
    rows = "SELECT range AS id, range % 2 = 0 AS granted, ['F', 'M'][range % 2 + 1] AS sex FROM range(50)"
    with duckdb.connect(str(tmp_path / "log.duckdb")) as connection:
        connection.execute(f"CREATE TABLE loans AS {rows}")
        connection.execute(f"COPY ({rows}) TO '{tmp_path / 'loans.jsonl'}' (FORMAT json)")
    for source in (f"duckdb:{tmp_path / 'log.duckdb'}?table=loans", tmp_path / "loans.jsonl"):
        _, system = proposed(source, tmp_path)
        assert (system.id, system.log.decision.selected, system.groups["gender"].reference) == ("loans", [True], "M")
