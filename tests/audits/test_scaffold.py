"""Proposed system files: they load, the same data go in with them, every guess is marked, no name becomes a group."""

from __future__ import annotations

import datetime as dt
import gzip
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from audits.decisions import ingest
from audits.errors import BoussoleError, SourceError, SystemFileError
from audits.systems import System, load_system
from audits.systems.scaffold import Proposal, propose
from audits.workspace import Workspace

TODAY = dt.date(2026, 9, 30)
FRENCH = (
    "N° dossier;Date décision;Décision;Sexe;Âge;QPV;Nationalité;Nom;Prénom;Courriel;Conseiller;Agence;"
    "id_demandeur;Ancienneté;Embauché;Commentaire"
)


def proposed(source: Path | str, folder: Path, **options: Any) -> tuple[Proposal, System]:
    """A proposal, written down and read back as a workspace reads it."""
    made = propose(source, today=TODAY, **options)
    file = folder / f"{made.system.id}.yaml"
    file.write_text(made.text, encoding="utf-8")
    return made, load_system(file)


def imported(source: Path | str, system: System, folder: Path) -> Any:
    workspace = Workspace.create(folder / "workspace")
    return ingest(workspace, system, source)


@pytest.fixture
def table(tmp_path: Path) -> Callable[..., Path]:
    """A function that writes columns, given as lists, to a CSV file."""

    def write(name: str = "log.csv", **columns: list[Any]) -> Path:
        path = tmp_path / name
        lines = [",".join(columns), *(",".join(map(str, row)) for row in zip(*columns.values(), strict=True))]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


REAL = {  # file, rows that go in, what a person who reads the file's description says of its columns
    "compas/compas-scores-two-years.csv": (
        7214,
        {"id": "id", "decided_at": "compas_screening_date", "decision": "score_text", "score": "decile_score"},
        {"gender": ("sex", "Male"), "age": ("age", "25-49"), "origin": ("race", "Caucasian")},
    ),
    "ucb_admissions/datasets_UCBAdmissions.csv": (
        24,
        {"id": "rownames", "decision": "Admit", "weight": "Freq"},
        {"gender": ("Gender", "Male")},
    ),
    "bertrand_mullainathan/openintro_resume.csv": (
        4870,
        {"id": "rownames", "decision": "received_callback", "request": "job_ad_id"},
        {"gender": ("gender", "m"), "origin": ("race", "white")},
    ),
    "aequitas/compas_for_aequitas.csv": (
        7214,
        {"id": "entity_id", "decision": "score", "outcome": "label_value"},
        {"gender": ("sex", "Male"), "age": ("age_cat", "25 - 45"), "origin": ("race", "Caucasian")},
    ),
    # No column of these two is unique: an application is known by its offer and its (invented) candidate.
    "french_callback/gender2.csv": (
        564,
        {"id": ["offer", "fname"], "decision": "callback", "request": "offer"},
        {"gender": ("gender", "Man"), "age": ("age", "24")},
    ),
    "french_callback/origin2.csv": (
        936,
        {"id": ["offer", "firstn"], "decision": "callback", "request": "offer"},
        {"origin": ("origin", None), "nationality": ("nation", "F")},
    ),
}


def roles(system: System) -> dict[str, Any]:
    log = system.log
    nested = {name: getattr(getattr(log, name), "column", None) for name in ("decision", "score", "outcome")}
    plain = ("id", "decided_at", "request", "rank", "person", "team", "weight", "model_version", "use")
    return {name: getattr(log, name) for name in plain} | nested


@pytest.mark.parametrize("file", REAL)
def test_real_data_get_a_file_that_loads_and_take_their_rows(file: str, real_data: Path, tmp_path: Path) -> None:
    accepted, known, groups = REAL[file]
    _, system = proposed(real_data / file, tmp_path)
    found = roles(system)
    assert {name: found[name] for name in known} == known
    assert {name: (group.column, group.reference) for name, group in system.groups.items()} == groups
    assert system.controls == {}
    assert imported(real_data / file, system, tmp_path).accepted == accepted


def test_car_loans_are_understood(real_data: Path, tmp_path: Path) -> None:
    path = tmp_path / "reference.csv"
    path.write_bytes(gzip.decompress((real_data / "nannyml/synthetic_car_loan_reference.csv.gz").read_bytes()))
    made, system = proposed(path, tmp_path)
    found = roles(system)
    assert {name: found[name] for name in ("id", "decided_at", "decision", "score", "outcome")} == {
        "id": "id",
        "decided_at": "timestamp",
        "decision": "y_pred",
        "score": "y_pred_proba",
        "outcome": "repaid",
    }
    assert any(gap.startswith("columns.favourable: no word says") for gap in made.gaps)
    assert any(gap.startswith("groups: no sensitive feature") for gap in made.gaps)
    assert imported(path, system, tmp_path).accepted == 50_000


def test_groups_that_nothing_orders_are_asked_for(real_data: Path) -> None:
    made = propose(real_data / "french_callback" / "origin2.csv")
    (asked,) = [gap for gap in made.gaps if gap.startswith("groups.origin:")]
    assert "the largest are equal: each is compared with all others" in asked


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


def test_ids_are_unique_in_the_whole_file_and_not_in_a_sample(
    table: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 5,000 rows one repeats the identifiers of another: a sample of 100 would hardly ever show it."""
    monkeypatch.setattr(sys.modules["audits.systems.scaffold.profile"], "SAMPLE", 100)
    offers, people = [n // 50 for n in range(5000)], [n % 50 for n in range(5000)]
    columns = {"offer": offers, "person_id": people, "granted": ["yes", "no"] * 2500}
    assert proposed(table(**columns), tmp_path)[1].log.key == ("offer", "person_id")
    offers[4999], people[4999] = 0, 0
    assert proposed(table(**columns), tmp_path)[1].log.key == ()


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


def test_controls_are_asked_for_and_not_guessed(real_data: Path, tmp_path: Path) -> None:
    source = real_data / "ucb_admissions/datasets_UCBAdmissions.csv"
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


def test_matched_sets_become_a_control_when_asked_for(real_data: Path, tmp_path: Path) -> None:
    source = real_data / "french_callback/gender2.csv"
    assert "'offer' is one where people in each differ in the group alone" in propose(source).text
    _, system = proposed(source, tmp_path, controls=["offer"])
    assert system.matched
    assert system.privacy.pseudonymise == ["fname"]
    assert imported(source, system, tmp_path).accepted == 564


def ranked(**more: list[Any]) -> dict[str, list[Any]]:
    """Forty lists of six."""
    return {
        "search": [n // 6 for n in range(240)],
        "candidate_id": [f"c{n % 90}" for n in range(240)],
        "rank": [n % 6 + 1 for n in range(240)],
        "sex": ["F", "M", "M", "F", "M"] * 48,
        **more,
    }


def test_a_log_with_places_in_lists_is_a_ranking(table: Callable[..., Path], tmp_path: Path) -> None:
    """The list is found by what the places in it are, as its name says nothing."""
    path = table(**ranked(contacted=["yes", "no", "no"] * 80))
    made, system = proposed(path, tmp_path)
    assert (system.kind, system.log.rank, system.log.request) == ("ranking", "rank", "search")
    assert system.log.decision.column == "contacted"
    assert "rank: rank  # guessed: its name says so; within each 'search' it goes from 1 to n" in made.text


def test_numbers_that_are_no_places_make_no_ranking(table: Callable[..., Path], tmp_path: Path) -> None:
    path = table(**ranked(contacted=["yes", "no", "no"] * 80) | {"rank": [n % 7 + 1 for n in range(240)]})
    made, system = proposed(path, tmp_path)
    assert (system.kind, system.log.rank) == ("selection", None)
    assert "# Left out: rank: it sounds like a place in a list, but no column says in which list." in made.text


def test_the_log_of_the_demo_is_understood(tmp_path: Path) -> None:
    from experiments.demo.simulation import simulate

    log = simulate(500, seed=1).log
    log.to_parquet(tmp_path / "matchft.parquet", index=False)
    _, system = proposed(tmp_path / "matchft.parquet", tmp_path)
    assert system.kind == "ranking"
    assert system.log.stages == ["shortlisted", "contacted", "replied", "presented", "hired"]
    assert system.log.outcome is not None
    assert (system.log.outcome.column, system.log.outcome.observed_for) == ("hired", "selected")
    assert (system.log.person, system.log.request, system.log.rank) == ("person_id", "offer_id", "rank")
    assert (system.log.model_version, system.log.decided_at) == ("model_version", "ts")
    assert {name: group.reference for name, group in system.groups.items()} == {
        "gender": "M",
        "age": "25-49",
        "qpv": "no",
    }
    assert set(system.privacy.pseudonymise) == {"decision_id", "person_id"}
    assert {"experience_years", "distance_km", "skills_match"} <= set(system.watched)
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


def test_a_french_export_is_understood(french: Path, tmp_path: Path) -> None:
    made, system = proposed(french, tmp_path)
    assert system.id == "suivi_2026"
    assert roles(system) == {
        "id": "N° dossier",
        "decided_at": "Date décision",
        "decision": "Décision",
        "outcome": "Embauché",
        "team": "Agence",
        "person": "id_demandeur",
        "score": None,
        "request": None,
        "rank": None,
        "weight": None,
        "model_version": None,
        "use": None,
    }
    assert (system.log.decision.selected, system.log.decision.not_selected) == (["accepté"], ["refusé"])
    assert system.log.outcome is not None
    assert (system.log.outcome.positive, system.log.outcome.observed_for) == (["oui"], "selected")
    assert {name: group.reference for name, group in system.groups.items()} == {
        "gender": "H",
        "age": "25-49",
        "nationality": "FR",
        "qpv": "non",
    }
    assert system.privacy.pseudonymise == ["N° dossier", "id_demandeur"]
    assert "# Left out: Conseiller: agents appear only as teams of 11 or more, never one by one." in made.text
    assert "# Left out, as they look like direct identifiers: Nom, Prénom, Courriel." in made.text
    assert imported(french, system, tmp_path).accepted == 240


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


def test_every_line_of_a_proposal_that_holds_a_choice_is_marked(real_data: Path) -> None:
    text = propose(real_data / "compas/compas-scores-two-years.csv").text
    bare = [line for line in text.splitlines() if not re.search(r"# (guessed|TO FILL IN): \S", line)]
    structure = ("id:", "columns:", "groups:", "controls:", "features:", "#")
    assert [
        line for line in bare if not line.strip().startswith((*structure, "decision:", "outcome:", "not_selected:"))
    ] == []


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


def test_what_is_often_absent_is_no_outcome_for_that_alone(real_data: Path, tmp_path: Path) -> None:
    """Whether the employer is a federal contractor is not known of 1,768 of 4,870 applications."""
    made, system = proposed(real_data / "bertrand_mullainathan/openintro_resume.csv", tmp_path)
    assert system.log.outcome is None
    assert "Often absent, as an outcome can be: job_fed_contractor." in made.text


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


def test_columns_with_awkward_names_stay_readable(table: Callable[..., Path], tmp_path: Path) -> None:
    path = table(**{"no": list(range(20)), "accepted: yes?": ["y", "n"] * 10, "# sexe": ["F", "M"] * 10})
    _, system = proposed(path, tmp_path)
    assert (system.log.id, system.log.decision.column) == ("no", "accepted: yes?")
    assert system.groups["gender"].column == "# sexe"
    assert imported(path, system, tmp_path).accepted == 20


def test_tables_and_json_lines_are_read_too(tmp_path: Path) -> None:
    rows = "SELECT range AS id, range % 2 = 0 AS granted, ['F', 'M'][range % 2 + 1] AS sex FROM range(50)"
    with duckdb.connect(str(tmp_path / "log.duckdb")) as connection:
        connection.execute(f"CREATE TABLE loans AS {rows}")
        connection.execute(f"COPY ({rows}) TO '{tmp_path / 'loans.jsonl'}' (FORMAT json)")
    for source in (f"duckdb:{tmp_path / 'log.duckdb'}?table=loans", tmp_path / "loans.jsonl"):
        _, system = proposed(source, tmp_path)
        assert (system.id, system.log.decision.selected, system.groups["gender"].reference) == ("loans", [True], "M")


def test_a_long_source_is_sampled_but_ids_and_values_come_from_all_of_it(
    table: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 5,000 rows, 100 are sampled: the decision that was taken once is there, and a repeated id is seen."""
    monkeypatch.setattr(sys.modules["audits.systems.scaffold.profile"], "SAMPLE", 100)
    once = ["accepted"] + ["refused"] * 2500 + ["admitted"] * 2499
    columns = {"id": [0, *range(4999)], "decision": once, "number": list(range(5000))}
    made, system = proposed(table(**columns), tmp_path)
    assert "from a file of 5,000 rows" in made.text
    assert system.log.decision.selected == ["accepted", "admitted"]
    assert system.log.id == "number"


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"id": [1, 2, 3], "text": ["a", "a", "a"]}, "nothing in it could be a decision"),
        ({"id": []}, "holds no row"),
    ],
)
def test_what_holds_no_decision_is_refused(
    columns: dict[str, list[Any]], message: str, table: Callable[..., Path], tmp_path: Path
) -> None:
    with pytest.raises(SourceError, match=message):
        propose(table(**columns))


def test_a_malformed_id_is_refused_with_one_that_would_do(table: Callable[..., Path]) -> None:
    with pytest.raises(SystemFileError, match=r"'Crédits 2026' is not a system id. Write --id credits_2026"):
        propose(table(id=[1, 2], accepted=[0, 1]), system_id="Crédits 2026")


def test_the_command_writes_a_file_that_can_be_added_and_imported_with(
    boussole: Any, command: Any, table: Callable[..., Path], tmp_path: Path
) -> None:
    data = table("loans.csv", id=list(range(40)), granted=["yes", "no"] * 20, sex=["F", "M", "M", "F"] * 10)
    home, file = tmp_path / "workspace", tmp_path / "loans.yaml"
    assert command("init", home).returncode == 0
    printed = boussole("systems", "new", "--from", data)
    assert (printed.returncode, load_text(printed.stdout, tmp_path).id) == (0, "loans")
    assert "owner: a role, not a person" in printed.stderr
    assert command("systems", "new", "--from", data, "--id", "credit", "--out", file).returncode == 0
    again = command("systems", "new", "--from", data, "--out", file)
    assert (again.returncode, "exists already" in again.stderr) == (2, True)
    assert command("--workspace", home, "systems", "add", file).returncode == 0
    held = command("--workspace", home, "import", data, "--system", "credit")
    assert (held.returncode, "so nothing is imported" in held.stderr) == (2, True)
    file.write_text(file.read_text(encoding="utf-8").replace("# TO FILL IN: ", "# seen: "), encoding="utf-8")
    assert command("--workspace", home, "systems", "add", file, "--replace").returncode == 0
    done = command("--workspace", home, "import", data, "--system", "credit")
    assert (done.returncode, "40 decision(s) accepted" in done.stderr) == (0, True)


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
NAMES = (
    "id",
    "decision",
    "sexe",
    "âge",
    "score",
    "nom",
    "e-mail",
    "date",
    "rang",
    "poids",
    "null",
    "yes",
    "- a: {b}",
    "1",
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kinds=st.dictionaries(st.sampled_from(NAMES), st.sampled_from(sorted(KINDS)), min_size=1, max_size=8))
@example(kinds={"sexe": "flag", "decision": "flag"})  # nothing is unique: the group stands in for an id
def test_any_table_gets_a_file_that_loads_or_an_error_of_our_own(
    kinds: dict[str, str], table: Callable[..., Path], tmp_path: Path
) -> None:
    path = table(**{name: [KINDS[kind](n) for n in range(40)] for name, kind in kinds.items()})
    try:
        _, system = proposed(path, tmp_path)
    except BoussoleError as error:
        if "the first line is a row" in str(error):  # a name that stands among its own values
            assert any(name in {str(KINDS[kind](n)) for n in range(40)} for name, kind in kinds.items())
            return
        others = {name: kind for name, kind in kinds.items() if name not in ("nom", "e-mail", "sexe", "âge")}
        assert not set(others.values()) & {"flag", "word", "sign"}  # one of these would have been taken as the decision
        return
    compared = {group.column for group in system.groups.values()} | {c.column for c in system.controls.values()}
    assert compared & {"nom", "e-mail"} == set()
    assert set(system.log.key) <= set(kinds)
    cells = zip(*([KINDS[kinds[name]](n) for n in range(40)] for name in system.log.key), strict=True)
    assert not system.log.key or len(set(cells)) == 40


def load_text(text: str, folder: Path) -> System:
    (folder / "printed.yaml").write_text(text, encoding="utf-8")
    return load_system(folder / "printed.yaml")


def test_lists_without_a_decision_are_proposed_too(table: Callable[..., Path], tmp_path: Path) -> None:
    """Nothing that does not say itself that it is a decision is sealed as one."""
    made, system = proposed(table(**ranked()), tmp_path)
    assert (system.kind, system.log.rank, system.log.request) == ("ranking", "rank", "search")
    assert system.log.key == ("search", "candidate_id")
    guessed = re.search(r"^    column: \w+  # guessed", made.text, re.MULTILINE)
    assert guessed is None


def test_a_table_of_counts_under_any_name_is_asked_about(tmp_path: Path) -> None:
    """Read as one decision a line, a table of 4,526 people would be 24 decisions."""
    text = (Path(__file__).parent.parent.parent / "docs" / "data" / "berkeley-1973.csv").read_text(encoding="utf-8")
    (tmp_path / "admissions.csv").write_text(text.replace(",count", ",applicants"), encoding="utf-8")
    made = propose(tmp_path / "admissions.csv")
    assert "  weight: applicants  # TO FILL IN: each combination of the other columns stands once" in made.text
    assert any(gap.startswith("columns.weight: ") for gap in made.gaps)


def test_decisions_one_by_one_are_not_taken_for_counts(tmp_path: Path) -> None:
    rows = [f"{'yes' if i % 3 else 'no'},{'FM'[i % 2]},{20 + i % 40}\n" for i in range(90)]
    (tmp_path / "loans.csv").write_text("granted,sex,age_of_car\n" + "".join(rows), encoding="utf-8")
    assert "weight" not in propose(tmp_path / "loans.csv").text
