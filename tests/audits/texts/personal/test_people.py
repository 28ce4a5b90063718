"""Names of people in French letters, and floors of every kind on the annotated half that the rules were written for."""

from __future__ import annotations

import functools
import json
from collections import Counter
from pathlib import Path

import pytest

from boussole.audits.texts.personal.detector import find, find_all

NAMED = {
    "Bonjour Madame Dupont, je vous écris au sujet de Karim Benali, boulanger à Rennes.": ["Dupont", "Karim Benali"],
    "Monsieur le Directeur, M. Jean-Baptiste Le Goff vous attend.": ["Jean-Baptiste Le Goff"],
    "DUPONT Marie, née le 12/03/1985": ["DUPONT Marie"],
    "Votre conseillère, Nguyen Thi Lan, et Oumar N'Diaye seront là.": ["Nguyen Thi Lan", "Oumar N'Diaye"],
    "MONSIEUR BENALI EST CONVOQUÉ. MADAME MARTIN SOPHIE AUSSI": ["BENALI", "MARTIN SOPHIE"],
    "Merci Sophie pour votre réponse ! À bientôt, Karim": ["Sophie", "Karim"],
    "Paul Martin et Julie Durand sont venus ; Martin est reparti.": ["Paul Martin", "Julie Durand", "Martin"],
}
NOBODY = (
    "Le lycée Victor Hugo recrute chez Leroy Merlin, avenue Jean Jaurès.",
    "L'équipe Ressources Humaines de Michel & Fils vous remercie. Cordialement, Service Recrutement",
    "Développeur Java, Microsoft Office, Power BI, Visual Studio Code, Agence de Lyon Part-Dieu",
    "Bonjour Madame, Monsieur, je cherche un poste de Technicien de Maintenance (I1304) à Saint-Nazaire.",
)


@pytest.mark.costly
@pytest.mark.parametrize(("text", "people"), [*NAMED.items(), *((text, []) for text in NOBODY)])
def test_people(text: str, people: list[str]) -> None:
    assert [text[each.start : each.end] for each in find(text, entities={"PERSON"})] == people


def test_a_long_text_is_read_whole_and_once() -> None:
    """What stands across a cut between two pieces is found, and found once."""
    number = "1 85 05 78 006 084 91"
    for at in range(19_560, 20_060, 7):
        text = "a" * at + " " + number + " " + "b " * 15_000
        (found,) = find(text, entities={"NIR"})
        assert text[found.start : found.end] == number


SET = Path(__file__).parents[3] / "data" / "texts"
FLOOR = {
    **dict.fromkeys(("NIR", "IBAN", "EMAIL"), (1.0, 0.98)),
    "PERSON": (0.95, 0.95),
    **dict.fromkeys(("PHONE", "ADDRESS", "DATE_OF_BIRTH", "FT_ID"), (0.9, 0.9)),
}


@functools.cache
def counted(name: str) -> dict[str, Counter[str]]:
    """By kind: found (spans that overlap), missed, found where there is none."""
    rows = [json.loads(line) for line in (SET / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    told = {name: Counter[str]() for name in ("found", "missed", "false")}
    for row, findings in zip(rows, find_all([row["text"] for row in rows]), strict=True):
        left = [(each.entity, each.start, each.end) for each in findings]
        for want in row["findings"]:
            entity, start, end = (want[key] for key in ("entity", "start", "end"))
            met = [one for one in left if one[0] == entity and one[1] < end and start < one[2]][:1]
            told["found" if met else "missed"][entity] += 1
            left = [one for one in left if one not in met]
        told["false"].update(entity for entity, _, _ in left)
    return told


def hold(name: str, entity: str, recall: float, precision: float) -> None:
    found, missed, false = (counted(name)[key][entity] for key in ("found", "missed", "false"))
    assert found / (found + missed) >= recall
    assert found / (found + false) >= precision


@pytest.mark.parametrize("entity", FLOOR)
def test_recall_and_precision_stay(entity: str) -> None:
    hold("personal_dev", entity, *FLOOR[entity])


@pytest.mark.costly
@pytest.mark.parametrize("entity", ["ADDRESS", "PERSON"])
def test_addresses_of_firms_are_no_personal_data(entity: str) -> None:
    hold("personal_lines", entity, 0.96, 0.95)


def test_adverts_name_hardly_anybody() -> None:
    """540 job adverts: what is found in them is told in at most one of a hundred."""
    rows = [json.loads(line) for line in (SET / "adverts_dev.jsonl").read_text(encoding="utf-8").splitlines()]
    assert sum(bool(found) for found in find_all(row["text"] for row in rows)) <= len(rows) / 100
