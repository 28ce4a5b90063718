"""Numbers, addresses and dates that name a person, and what looks like them and does not."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from boussole.audits.texts.personal.addresses import find_addresses
from boussole.audits.texts.personal.detector import clean
from boussole.audits.texts.personal.numbers import find_ft_id, find_iban, find_nir, find_phones
from boussole.audits.texts.personal.recognisers import find_births, find_emails


def key(body: str) -> str:
    """The key of a NIR, by hand: 97 less the remainder of the number by 97; Corsica as 19 and 18."""
    number = int(body.replace("2A", "19").replace("2B", "18"))
    return f"{97 - number % 97:02}"


BODIES = {
    "mainland": "1850578006084",
    "Corsica of the south": "295042A004005",
    "upper Corsica": "295042B004005",
    "Réunion": "2750597411003",
    "born abroad": "1991299351001",
    "month 30": "2203097412003",
    "foreigner being registered": "7851275056123",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("shape", ["n° {}.", "({})", "NIR{}"])
def test_a_nir_is_found_whatever_stands_around(body: str, shape: str) -> None:
    number = body + key(body)
    parted = f"{body[0]} {body[1:3]} {body[3:5]} {body[5:7]} {body[7:10]} {body[10:]} {key(body)}"
    apart = (parted, f"{body} {key(body)}", f"{body[:5]}.{body[5:]}-{key(body)}", " ".join(number))
    for written in (number, number.lower(), *apart):
        text = shape.format(written)
        assert [text[start:end] for start, end in find_nir(text)] == [written]


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_no_other_key_is_taken(body: str) -> None:
    right = key(body)
    for other in range(1, 100):
        if f"{other:02}" != right:
            assert not list(find_nir(f"sécurité sociale : {body}{other:02}")), other


@pytest.mark.parametrize("named", [" (clé {})", " - Clef n° {}", " | {}", " cle={}"])
def test_a_key_that_is_named_or_set_apart_is_one(named: str) -> None:
    body = BODIES["upper Corsica"]
    written = body + named.format(key(body)).rstrip(")")
    text = f"Mon numéro : {body}{named.format(key(body))}."
    assert [text[start:end] for start, end in find_nir(text)] == [written]
    wrong = f"Mon numéro : {body}{named.format(f'{int(key(body)) + 1:02}')}."
    assert not list(find_nir(wrong))
    if "cl" in named.lower():
        assert not list(find_nir(f"Sécurité sociale : {wrong}"))


def test_without_key_only_where_words_say_what_it_is() -> None:
    text = "Son numéro de sécurité sociale est le 1 85 05 78 006 084, merci."
    assert [text[start:end] for start, end in find_nir(text)] == ["1 85 05 78 006 084"]
    assert not list(find_nir("Le code-barres 1850578006084 figure au dos."))
    assert not list(find_nir("Sécurité sociale : 1 85 13 78 006 084"))
    for text in ("SIRET 130 025 276 00013", "carte 4974 0512 3456 7890", "1 850,00 € puis 578 006 €"):
        assert not list(find_nir(text)), text


IBANS = (
    "FR76 3000 6000 0112 3456 7890 189",
    "FR14 2004 1010 0505 0001 3M02 606",
    "DE89 3704 0044 0532 0130 00",
    "MC58 1122 2000 0101 2345 6789 030",
    "IT60 X054 2811 1010 0000 0123 456",
)
"""Examples of the registry of IBANs and of national banks."""


@pytest.mark.parametrize("iban", IBANS)
def test_an_iban_is_found_in_all_its_shapes(iban: str) -> None:
    changed = (iban.replace(" ", ""), iban.replace(" ", "-"), iban.replace(" ", "\n", 1))
    for written in (iban, iban.lower(), " ".join(iban), *changed):
        for text in (f"IBAN : {written}.", f"virement sur {written}, BIC BNPAFRPP", f"IBAN{written} merci"):
            assert [text[start:end] for start, end in find_iban(text)] == [written]


@pytest.mark.parametrize("iban", IBANS)
def test_a_wrong_key_or_length_is_no_iban(iban: str) -> None:
    bare = iban.replace(" ", "")
    wrong = bare[:-1] + ("1" if bare[-1] != "1" else "2")
    for written in (wrong, bare[:-2], f"{bare}7"):
        assert not list(find_iban(f"IBAN {written}")), written


FRENCH = ["06 12 34 56 78", "06-12-34-56-78", "09 72 12 34 56", "0 800 12 34 56", "(06) 12 34 56 78"]
ABROAD = ["+33 6 12 34 56 78", "+33 (0)6 12 34 56 78", "+262 692 12 34 56", "+687 75 12 34", "+32 470 12 34 56"]


@pytest.mark.parametrize("written", [*FRENCH, *ABROAD])
def test_phones(written: str) -> None:
    for text in (f"Joignable au {written}.", f"Tél. : {written}, le soir", f"({written})", written):
        assert [text[start:end] for start, end in find_phones(text)] == [written], text


@pytest.mark.parametrize(
    "text",
    [
        "Appelez le 3949 ou le 3995.",
        "facture n° 0612345678",
        "référence de l'offre : 0123456789",
        "FR76 3000 6000 0112 3456 7890 188",
        "1 85 05 78 006 084 37",
        "le 06/12/2026 de 09h30 à 10h45",
        "33612345678",
    ],
)
def test_what_is_no_phone(text: str) -> None:
    assert not list(find_phones(text))


FT_IDS = [
    ("Mon identifiant France Travail est 1234567A.", ["1234567A"]),
    ("n° de demandeur d'emploi 12345678901", ["12345678901"]),
    ("numéro d’inscription 1234 567 C", ["1234 567 C"]),
    ("identifiant 123456", []),
    ("Votre dossier 3698521B est complet", ["3698521B"]),
    ("code UAI de l'établissement 0750655E", []),
]
EMAILS = [
    ("écrivez à jean.dupont@orange.fr.", ["jean.dupont@orange.fr"]),
    ('<a href="mailto:a.b@c.fr">ici</a>', ["a.b@c.fr"]),
    ("Paul <paul@exemple.test>", ["paul@exemple.test"]),
    ("prenom.nom+pe@sous.domaine.gouv.fr/", ["prenom.nom+pe@sous.domaine.gouv.fr"]),
    ("jean.dupont (at) exemple (point) fr", ["jean.dupont (at) exemple (point) fr"]),
    ("jean.dupont arobase exemple point fr", ["jean.dupont arobase exemple point fr"]),
    ("jean&#64;exemple.fr", ["jean&#64;exemple.fr"]),
    ("photo@2x.png", []),
    ("@martin sur un réseau", []),
]
BIRTHS = [
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
]
ADDRESSES = [
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
]
FINDERS = [(find_ft_id, FT_IDS), (find_emails, EMAILS), (find_births, BIRTHS), (find_addresses, ADDRESSES)]


@pytest.mark.parametrize(("find", "text", "found"), [(find, *each) for find, cases in FINDERS for each in cases])
def test_what_is_found(find: Callable[[str], Iterable[tuple[int, int]]], text: str, found: list[str]) -> None:
    """FT ids only where words say so; of dates, those of births; no address of a firm."""
    cleaned = clean(text)
    assert [text[slice(*cleaned.original(span))] for span in find(cleaned.text)] == found
