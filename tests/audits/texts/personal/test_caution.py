"""What goes from an example besides what the detector finds: names, numbers and addresses however they are written."""

from __future__ import annotations

import re

import pytest

from boussole.audits.texts.personal.caution import joined, without_forms
from boussole.audits.texts.personal.examples import redacted

MAILS = [
    ("Bonjour Madame Benarfa-\nLecoeur,\nVotre inscription à l'atelier est confirmée pour lundi.", "Benarfa Lecoeur"),
    ("Bonjour,\nJe suis jean-baptiste le guennec, je cherche un poste de cariste.", "jean-baptiste guennec"),
    ("Bonjour,\npouvez-vous rappeler le tuteur monsieur dubuisson avant vendredi ?\nmerci, nadège", "dubuisson nadège"),
    ("Vous pouvez aussi venir sur place en demandant Sira. Le poste est à pourvoir à la rentrée.", "Sira"),
    ("Synthèse de l'entretien\nPersonne reçue : BELKACEMI\nLa personne cherche un temps partiel.", "BELKACEMI"),
    ("Bonjour Monsieur,\nJe me tiens à votre disposition pour ce poste.\nBlessing", "Blessing"),
    ("La conseillère Mme.Lefebvre l'a reçu, il rappellera dans la semaine pour son dossier.", "Lefebvre"),
    ("Bonjour P i e r r e   D u r a n d, votre rendez-vous est fixé à mardi matin à l'agence.", "D"),
    ("bonjour c est encore nabil, je voulais savoir si sabrina avait reçu mon cv. merci", "nabil sabrina"),
    ("Je reviens au sujet de Kévin T., qui n'a pas pu venir. Son père, Thierry, m'a appelée.", "Kévin Thierry"),
    ("Fiche de liaison : la bénéficiaire (Mme ÇELIK, Gülşen) est orientée vers la mission locale.", "ÇELIK Gülşen"),
    ("Bonjour,\nil a vu avec la conseillère, dossier de bouchra el amrani à clôturer.", "bouchra amrani"),
]  # fmt: skip
ADVERT = (
    "Nous recherchons un vendeur ou une vendeuse en boulangerie (H/F) pour notre magasin de Rennes. Vous assurez "
    "l'accueil des clients, l'encaissement et la mise en rayon. Vous avez moins de 30 ans et une bonne présentation. "
    "Titulaire du permis B, vous travaillez 35 heures par semaine. Salaire au SMIC, ou 1 900 euros brut par mois."
)


@pytest.mark.costly
@pytest.mark.parametrize(("text", "names"), MAILS)
def test_names_go_in_every_writing(text: str, names: str) -> None:
    shown = redacted(text)
    assert not [name for name in names.split() if re.search(rf"(?<!\w){re.escape(name)}", shown)]


@pytest.mark.costly
def test_what_names_nobody_stays() -> None:
    assert redacted(ADVERT) == ADVERT
    shown = redacted("Voici le lien du site : les offres de Lyon y sont, et la loi que vous devez lire aussi.")
    assert shown == "Voici le lien du site : les offres de Lyon y sont, et la loi que vous devez lire aussi."


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Écrivez à aminata . ouedraogo @ gmail . com ce soir.", "Écrivez à […] ce soir."),
        ("Appelez le zéro six douze trente-quatre cinquante-six, merci.", "Appelez le […], merci."),
        ("Elle habite au quatre rue victor hugo, à Roubaix.", "Elle habite au […], à Roubaix."),
        ("Il est à la résidence Les Tilleuls, en ville.", "Il est à la […], en ville."),
        ("Sur le réseau : kossi_du_69, le soir.", "Sur le réseau : […], le soir."),
        ("Sur le réseau : [PERSON]_du_69, le soir.", "Sur le réseau : [PERSON][…], le soir."),
        ("Voici SmVhbm5lIEhlcnZpZXV4IDA2MTIzNDU2Nzg= pour vous.", "Voici […] pour vous."),
        ("Voici SmVhbm5lIEg= pour vous.", "Voici […] pour vous."),
        ("Né le [DATE_OF_BIRTH], il vit dans la rue.", "Né le [DATE_OF_BIRTH], il vit dans la rue."),
        ("De vingt-quatre mois, deux mille cent euros.", "De vingt-quatre mois, deux mille cent euros."),
        ("Conducteur/conductrice, vendeur/vendeuse.", "Conducteur/conductrice, vendeur/vendeuse."),
    ],
)  # fmt: skip
def test_numbers_addresses_and_codes_go_however_they_are_written(text: str, left: str) -> None:
    assert without_forms(text) == left


def test_a_word_cut_at_the_end_of_a_line_is_one_word() -> None:
    assert joined("Benarfa-\n  Lecoeur\n- un\n- deux") == "Benarfa-Lecoeur\n- un\n- deux"
