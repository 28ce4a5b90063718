"""E-mail addresses, dates of birth, postal addresses, and what looks like them."""

from __future__ import annotations

import pytest

from boussole.audits.texts.personal.addresses import find_addresses
from boussole.audits.texts.personal.detector import clean
from boussole.audits.texts.personal.recognisers import find_births, find_emails


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("écrivez à jean.dupont@orange.fr.", ["jean.dupont@orange.fr"]),
        ('<a href="mailto:a.b@c.fr">ici</a>', ["a.b@c.fr"]),
        ("Paul <paul@exemple.test>", ["paul@exemple.test"]),
        ("prenom.nom+pe@sous.domaine.gouv.fr/", ["prenom.nom+pe@sous.domaine.gouv.fr"]),
        ("jean.dupont (at) exemple (point) fr", ["jean.dupont (at) exemple (point) fr"]),
        ("jean.dupont arobase exemple point fr", ["jean.dupont arobase exemple point fr"]),
        ("jean&#64;exemple.fr", ["jean&#64;exemple.fr"]),
        ("photo@2x.png", []),
        ("@martin sur un réseau", []),
    ],
)
def test_emails(text: str, found: list[str]) -> None:
    cleaned = clean(text)
    assert [text[slice(*cleaned.original(span))] for span in find_emails(cleaned.text)] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("né le 12/03/1985 à Lyon", ["12/03/1985"]),
        ("Date de naissance : 12.03.85", ["12.03.85"]),
        ("DDN 1985-03-12", ["1985-03-12"]),
        ("né en mars 1985", []),
        ("Fiche : Amandine Collet, 02/02/1991, M1607", ["02/02/1991"]),
        ("Je suis née à Oran (Algérie), le 1er mars 1985.", ["1er mars 1985"]),
        ("né le douze mars mille neuf cent quatre-vingt-cinq", ["douze mars mille neuf cent quatre-vingt-cinq"]),
        ("12/03/1985 (date de naissance)", ["12/03/1985"]),
        ("entreprise née en 1998", []),
        ("acte de naissance du 12/03/2024", []),
        ("nom de naissance : Durand, reçu le 12/03/2024", []),
    ],
)
def test_births(text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in find_births(text)] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("J'habite au 12 rue des Lilas, 35000 Rennes depuis 2019", ["12 rue des Lilas, 35000 Rennes"]),
        ("12 bis, avenue du Général-de-Gaulle 75014 Paris.", ["12 bis, avenue du Général-de-Gaulle 75014 Paris"]),
        ("8, impasse du Moulin\n44000 Nantes\nTél.", ["8, impasse du Moulin\n44000 Nantes"]),
        ("au 5 allée Paul Verlaine à Nantes", ["5 allée Paul Verlaine à Nantes"]),
        ("14 bd Saint-Michel, appt 1, 75005 PARIS, France", ["14 bd Saint-Michel, appt 1, 75005 PARIS"]),
        ("Mon adresse est 12 rue des lilas et je", ["12 rue des lilas"]),
        ("Notre agence, 14 rue de la République, 69002 Lyon", []),
        ("Louise Perrin, 14 rue Haute, 69002 Lyon, recrute", ["14 rue Haute, 69002 Lyon"]),
        ("Il habite au-dessus de la boulangerie, 8 rue Haute, 69002 Lyon", ["8 rue Haute, 69002 Lyon"]),
        ("3 cours de Piano, 4 allées de racks, 6 h 15 quai 4", []),
    ],
)
def test_addresses(text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in find_addresses(text)] == found
