"""The normal form of a text: nothing hides a term, every place leads back, and titles are told by their endings."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boussole.audits.texts.normal import normalise
from boussole.audits.texts.titles import gender_of

HIDDEN = {
    "accents": "HÔMME",
    "zero width": "ho\u200bm\u200dm\ufeffe",
    "soft hyphen": "hom\u00adme",
    "Cyrillic letters": "h\u043emm\u0435",
    "Greek letters": "h\u03bfmme",
    "mathematical letters": "\U0001d421\U0001d428\U0001d426\U0001d426\U0001d41e",
    "spaced out": "h o m m e",
    "tags": "ho<b>m</b>me",
    "a comment": "ho<!-- x -->mme",
    "entities": "h&#111;mm&#x65;",
    "a mark of direction": "hom\u200fme",
    "turned round": "\u202eemmoh\u202c",
}


@pytest.mark.parametrize("written", HIDDEN.values(), ids=list(HIDDEN))
@pytest.mark.parametrize("around", [("", ""), ("Réservé à un ", ", « poli »\u202f! 📍"), ("œuvre & R&D : ", "\nsuite")])
def test_a_hidden_term_is_seen_and_found_back(written: str, around: tuple[str, str]) -> None:
    text = around[0] + written + around[1]
    found = normalise(text)
    place = found.text.index(b"homme")
    start, end = found.span(place, place + 5)
    assert text[start:end].strip("\u202e\u202c") == written.strip("\u202e\u202c")


def test_what_no_browser_shows_is_no_text() -> None:
    assert b"homme" not in normalise("a<script>var x = 'homme';</script>b<style>homme</style>").text
    assert b"homme" in normalise("<script>homme").text, "a script without an end hides nothing"


@given(st.text(alphabet=st.characters(), max_size=60))
def test_every_place_leads_back_into_the_text(text: str) -> None:
    found = normalise(text)
    assert found.text.isascii()
    for place in range(len(found.text)):
        start, end = found.span(place, place + 1)
        assert 0 <= start < end <= len(text)


LONG = {
    "open scripts": "<script>",
    "entities": "&amp;",
    "overrides": "\u202e",
    "letters by themselves": "h o ",
    "marks": "\u0301",
}


@pytest.mark.costly
@pytest.mark.parametrize("piece", LONG.values(), ids=list(LONG))
def test_time_grows_with_the_text_and_no_faster(piece: str) -> None:
    def seconds(size: int) -> float:
        text = piece * (size // len(piece))
        started = time.process_time()
        normalise(text)
        return time.process_time() - started

    seconds(1_000)
    assert seconds(400_000) < 40 * max(seconds(40_000), 0.005)


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
