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
        ("d'anne@free.fr, ok", ["anne@free.fr"]),
        ('<a href="mailto:a.b@c.fr">ici</a>', ["a.b@c.fr"]),
        ("Paul <paul@exemple.test>", ["paul@exemple.test"]),
        ("a@b.fr;c@d.com", ["a@b.fr", "c@d.com"]),
        ("prenom.nom+pe@sous.domaine.gouv.fr/", ["prenom.nom+pe@sous.domaine.gouv.fr"]),
        ("lea.petit@exemple.fr.Merci", ["lea.petit@exemple.fr"]),
        ("jean.dupont (at) exemple (point) fr", ["jean.dupont (at) exemple (point) fr"]),
        ("jean.dupont [arobase] exemple [point] fr", ["jean.dupont [arobase] exemple [point] fr"]),
        ("jean.dupont arobase exemple point fr", ["jean.dupont arobase exemple point fr"]),
        ("jean.dupont @ exemple.fr", ["jean.dupont @ exemple.fr"]),
        ("jean&#64;exemple.fr", ["jean&#64;exemple.fr"]),
        ("rené@société.fr", ["rené@société.fr"]),
        ("photo@2x.png", []),
        ("@martin sur un réseau", []),
        ("rendez-vous @ 14.30", []),
        ("l'équipe (à) Paris", []),
    ],
)
def test_emails(text: str, found: list[str]) -> None:
    cleaned = clean(text)
    assert [text[slice(*cleaned.original(span))] for span in find_emails(cleaned.text)] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("né le 12/03/1985 à Lyon", ["12/03/1985"]),
        ("née le 1er mars 1985", ["1er mars 1985"]),
        ("Date de naissance : 12.03.85", ["12.03.85"]),
        ("DDN 1985-03-12", ["1985-03-12"]),
        ("née en 1985", []),
        ("né en mars 1985", []),
        ("Date et lieu de naissance : 8 mai 1973, Oran.", ["8 mai 1973"]),
        ("Fiche : Amandine Collet, 02/02/1991, M1607", ["02/02/1991"]),
        ("Rennes, 02/02/1991", []),
        ("né(e) le : 03 février 1990", ["03 février 1990"]),
        ("Je suis née à Oran (Algérie), le 1er mars 1985.", ["1er mars 1985"]),
        ("né le douze mars mille neuf cent quatre-vingt-cinq", ["douze mars mille neuf cent quatre-vingt-cinq"]),
        ("née le premier janvier deux mille un", ["premier janvier deux mille un"]),
        ("12/03/1985 (date de naissance)", ["12/03/1985"]),
        ("Date de naissance\n12/03/1985", ["12/03/1985"]),
        ("Mon fils est né le 3 mai 2019, rendez-vous le 5 mai 2026", ["3 mai 2019"]),
        ("rendez-vous le 12/03/2026 à 14 h", []),
        ("entreprise née en 1998", []),
        ("l'association, née en 2004, recrute", []),
        ("acte de naissance du 12/03/2024", []),
        ("naissance prévue le 3 mai 2027", []),
        ("nom de naissance : Durand, reçu le 12/03/2024", []),
        ("René a signé le 12/03/2024", []),
        ("contrat du 12 mars 2024", []),
    ],
)
def test_births(text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in find_births(text)] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("J'habite au 12 rue des Lilas, 35000 Rennes depuis 2019", ["12 rue des Lilas, 35000 Rennes"]),
        ("12 bis, avenue du Général-de-Gaulle 75014 Paris.", ["12 bis, avenue du Général-de-Gaulle 75014 Paris"]),
        ("3 place de la Mairie, 29200 Brest", ["3 place de la Mairie, 29200 Brest"]),
        ("8, impasse du Moulin\n44000 Nantes\nTél.", ["8, impasse du Moulin\n44000 Nantes"]),
        ("12 rue victor hugo 35000 rennes", ["12 rue victor hugo 35000 rennes"]),
        ("au 5 allée Paul Verlaine à Nantes", ["5 allée Paul Verlaine à Nantes"]),
        (
            "14 bd Saint-Michel, appt 12, 75005 PARIS CEDEX 05, France",
            ["14 bd Saint-Michel, appt 12, 75005 PARIS CEDEX 05"],
        ),
        ("12 rue du 8 Mai 1945 69003 Lyon", ["12 rue du 8 Mai 1945 69003 Lyon"]),
        ("lieu-dit Kerguelen, 29120 Pont-l'Abbé", ["lieu-dit Kerguelen, 29120 Pont-l'Abbé"]),
        ("Mon adresse est 12 rue des lilas et je", ["12 rue des lilas"]),
        ("Notre agence, 14 rue de la République, 69002 Lyon", []),
        ("Menuiserie Lagarde, 5 chemin des Scieries, 19000 Tulle", []),
        ("Le groupe, 14 rue Haute, 69002 Lyon, recrute", []),
        ("Louise Perrin, 14 rue Haute, 69002 Lyon, recrute", ["14 rue Haute, 69002 Lyon"]),
        ("Le salon de Louise Perrin, 14 rue Haute, 69002 Lyon", ["14 rue Haute, 69002 Lyon"]),
        ("Il habite au-dessus de la boulangerie, 8 rue Haute, 69002 Lyon", ["8 rue Haute, 69002 Lyon"]),
        ("Louise Perrin, 14 rue Haute, 69002 Lyon, recherche un emploi", ["14 rue Haute, 69002 Lyon"]),
        ("3 cours de Piano, 4 allées de racks, 6 h 15 quai 4", []),
        ("rue de la République", []),
        ("35000 Rennes", []),
        ("2 places de parking, 3 cours de français, 2 routes vers Nantes", []),
        ("1 parc de 3 voitures", []),
        ("ouvert 24 h/24 rue de Paris", []),
    ],
)
def test_addresses(text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in find_addresses(text)] == found
