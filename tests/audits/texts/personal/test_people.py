"""Names of people in French letters, and words with capitals that are none."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from boussole.audits.texts.personal.detector import find, find_all
from boussole.audits.texts.personal.redact import redact, redact_all

NAMED = {
    "Bonjour Madame Dupont, je vous écris au sujet de Karim Benali, boulanger à Rennes.": ["Dupont", "Karim Benali"],
    "Je m'appelle fatoumata diallo et j'ai 43 ans.": ["fatoumata diallo"],
    "Monsieur le Directeur, M. Jean-Baptiste Le Goff vous attend.": ["Jean-Baptiste Le Goff"],
    "Contact : Mme El Amrani.": ["El Amrani"],
    "DUPONT Marie, née le 12/03/1985": ["DUPONT Marie"],
    "Merci.\nCordialement,\nS. Martin": ["S. Martin"],
    "Votre conseillère, Nguyen Thi Lan, et Oumar N'Diaye seront là.": ["Nguyen Thi Lan", "Oumar N'Diaye"],
    "MONSIEUR BENALI EST CONVOQUÉ. MADAME MARTIN SOPHIE AUSSI": ["BENALI", "MARTIN SOPHIE"],
    "Merci Sophie pour votre réponse ! À bientôt, Karim": ["Sophie", "Karim"],
    "bonjour karim, ça va ?": ["karim"],
    "Paul Martin et Julie Durand-Lefèvre sont venus ; Martin est reparti.": [
        "Paul Martin",
        "Julie Durand-Lefèvre",
        "Martin",
    ],
}
NOBODY = (
    "Le lycée Victor Hugo recrute chez Leroy Merlin, avenue Jean Jaurès.",
    "L'équipe Ressources Humaines de Michel & Fils vous remercie. Cordialement, Service Recrutement",
    "Développeur Java, Microsoft Office, Power BI, Visual Studio Code, Agence de Lyon Part-Dieu",
    "Bonjour Madame, Monsieur, je cherche un poste de Technicien de Maintenance (I1304) à Saint-Nazaire.",
    "Cordialement,\nLe Service Recrutement",
    "France Travail, Mission Locale de Vitry-sur-Seine, Cap Emploi",
)


@pytest.mark.costly
@pytest.mark.parametrize("text", NAMED)
def test_people(text: str) -> None:
    assert [text[each.start : each.end] for each in find(text, entities={"PERSON"})] == NAMED[text]


@pytest.mark.costly
@pytest.mark.parametrize("text", NOBODY)
def test_nobody(text: str) -> None:
    assert not find(text, entities={"PERSON"})


@pytest.mark.costly
def test_redacting_leaves_nothing() -> None:
    """Nothing that was found stands anywhere in what is left, in capitals or not, and the detector finds no more."""
    texts = [
        *NAMED,
        "M. Benali, NIR 1 85 05 78 006 084 91, habite 12 rue des Lilas, 35000 Rennes. CV_benali.pdf est joint. BENALI",
        "IBAN FR76 3000 6000 0112 3456 7890 189, né le 12/03/1985, identifiant France Travail 1234567A",
    ]
    for text, left in zip(texts, redact_all(texts), strict=True):
        found = find(text)
        assert found
        assert not find(left)
        for each in found:
            words = text[each.start : each.end]
            assert words.lower() not in left.lower()
            assert f"[{each.entity}]" in left


def test_a_text_without_personal_data_stays_as_it_is() -> None:
    assert redact(NOBODY[2]) == NOBODY[2]
    assert redact("[PERSON] a écrit à [EMAIL].") == "[PERSON] a écrit à [EMAIL]."


@pytest.mark.costly
def test_several_processes_say_the_same_and_run_no_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks may be a page, whose script is the main module while it runs: no process may run it again."""
    script = tmp_path / "page.py"
    script.write_text("raise SystemExit(9)", encoding="utf-8")
    page = ModuleType("__main__")
    page.__file__ = str(script)
    monkeypatch.setitem(sys.modules, "__main__", page)
    texts = [*NAMED, *NOBODY] * 40
    assert list(find_all(texts, jobs=2)) == list(find_all(texts))


def test_a_long_text_is_read_whole_and_once() -> None:
    """What stands across a cut between two pieces is found, and found once."""
    number = "1 85 05 78 006 084 91"
    for at in range(19_560, 20_060, 7):
        text = "a" * at + " " + number + " " + "b " * 15_000
        (found,) = find(text, entities={"NIR"})
        assert text[found.start : found.end] == number
