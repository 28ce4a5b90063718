"""Occupational titles, each in two genders, written for the project: what the rule over endings says."""

from __future__ import annotations

import pytest

from boussole.audits.texts.normal import normalise
from boussole.audits.texts.titles import gender_of

PAIRS = """
vendeur vendeuse, coiffeur coiffeuse, serveur serveuse, chauffeur chauffeuse, livreur livreuse, carreleur carreleuse,
monteur monteuse, soudeur soudeuse, régleur régleuse, nettoyeur nettoyeuse, footballeur footballeuse,
animateur animatrice, directeur directrice, formateur formatrice, éducateur éducatrice, opérateur opératrice,
conducteur conductrice, facteur factrice, traducteur traductrice, moniteur monitrice, rédacteur rédactrice,
infirmier infirmière, boulanger boulangère, caissier caissière, cuisinier cuisinière, pâtissier pâtissière,
menuisier menuisière, plombier plombière, romancier romancière, boucher bouchère, maraîcher maraîchère,
technicien technicienne, électricien électricienne, mécanicien mécanicienne, pharmacien pharmacienne,
esthéticien esthéticienne, chirurgien chirurgienne, gardien gardienne, musicien musicienne,
assistant assistante, gérant gérante, enseignant enseignante, exploitant exploitante, surveillant surveillante,
agent agente, consultant consultante, négociant négociante, président présidente, adjoint adjointe,
employé employée, délégué déléguée, attaché attachée, chargé chargée, diplômé diplômée,
avocat avocate, artisan artisane, conseiller conseillère, ouvrier ouvrière, berger bergère, sportif sportive,
patron patronne, apprenti apprentie, commis commise
"""
EPICENE = "comptable secrétaire journaliste architecte dentiste fleuriste bibliothécaire pilote guide interprète"
NO_TITLE = "secteur quartier entretien santé vente"


@pytest.mark.parametrize("gender", ["masculine", "feminine"])
def test_pairs_of_titles_have_the_gender_that_the_rule_says(gender: str) -> None:
    titles = [pair.split()[gender == "feminine"] for pair in PAIRS.replace("\n", " ").split(",")]
    said = {title: gender_of(normalise(title).text.decode()) for title in titles}
    wrong = {title: found for title, found in said.items() if found not in (gender, None)}
    silent = [title for title, found in said.items() if found is None]
    assert wrong == {}
    assert len(silent) < len(titles) / 10, silent


def test_titles_of_both_genders_and_other_words_have_none() -> None:
    words = f"{EPICENE} {NO_TITLE}".split()
    assert {word: gender_of(normalise(word).text.decode()) for word in words} == dict.fromkeys(words)
