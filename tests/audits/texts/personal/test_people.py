"""Names of people in French letters, and words with capitals that are none."""

from __future__ import annotations

import pytest

from boussole.audits.texts.personal.detector import find

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


def test_a_long_text_is_read_whole_and_once() -> None:
    """What stands across a cut between two pieces is found, and found once."""
    number = "1 85 05 78 006 084 91"
    for at in range(19_560, 20_060, 7):
        text = "a" * at + " " + number + " " + "b " * 15_000
        (found,) = find(text, entities={"NIR"})
        assert text[found.start : found.end] == number
