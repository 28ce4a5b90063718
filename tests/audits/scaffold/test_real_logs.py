"""System files proposed from logs as they are: they load, say what the columns mean, and take the rows in.

Published files are proposed from, and audited, end to end.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from boussole.audits.systems import System
from tests.audits.scaffold.proposals import imported, proposed
from tests.audits.there import there

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
