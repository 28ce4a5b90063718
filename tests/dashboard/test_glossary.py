"""Every technical word is explained, in both languages, where a link to it leads."""

from __future__ import annotations

import re

import pytest

from boussole.dashboard.markup.elements import Html
from boussole.dashboard.markup.glossary import (
    called,
    glossary_page,
    linked,
    marked,
    plain_letters,
    sorted_by_name,
    themes,
    words,
)
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.markup.words.addresses import glossary_href

LANGS = ("fr", "en")
TECHNICAL = {
    "fr": """
        intervalle seuil seuils psi dérive attestation quorum mandat procuration déport saisine
        empreinte racine scellé instantané présélection calibration
        étalonnage qpv rqth rome pseudonyme purge cubes mlflow evidently oscal masqué holm p-value
        croisement aipd fria wasserstein
    """,
    "en": """
        interval threshold thresholds psi drift attestation quorum mandate proxy recusal referral
        fingerprint root sealed snapshot shortlisted calibration qpv rqth
        rome pseudonym purge cubes mlflow evidently oscal suppressed holm p-value intersection fria
        wasserstein
    """,
}
"""Words that a job seekers' representative need not know: wherever a page says one, the glossary has it."""


def text(markup: str) -> str:
    return re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<img[^>]+>", " ", markup))


@pytest.mark.parametrize("lang", LANGS)
def test_every_technical_word_has_its_entry(lang: str) -> None:
    known = {plain_letters(part) for word in words().values() for form in called(word, lang) for part in form.split()}
    assert {word for word in TECHNICAL[lang].split() if plain_letters(word) not in known} == set()


@pytest.mark.parametrize("lang", LANGS)
def test_every_word_is_explained_in_one_or_two_plain_sentences(lang: str) -> None:
    for word in words().values():
        told = word.text[lang]
        assert 15 < len(told) < 300, word.id
        assert 1 <= len(re.findall(r"[.!?](?= |$)", told)) <= 3, word.id
        assert not word.word[lang][0].islower(), word.id
        assert set(word.see) <= set(words()), word.id


@pytest.mark.parametrize("lang", LANGS)
def test_every_word_has_its_place_on_the_page_and_in_the_alphabet(lang: str) -> None:
    say = speaker(lang)
    shown = Template("pages/glossary/glossary.html", say)("page", glossary_page(say))
    anchors = re.findall(r'<dt id="word-([a-z0-9_]+)"', shown)
    assert anchors == [word.id for theme in themes() for word in theme.words]
    assert len(set(re.findall(r' id="([^"]+)"', shown))) == len(re.findall(r' id="', shown))
    letters = [plain_letters(word.word[lang])[0] for word in sorted_by_name(lang)]
    assert letters == sorted(letters)


def test_only_the_first_time_that_a_word_stands_in_a_text_it_is_a_link() -> None:
    shown = linked("A threshold <b>: the threshold, PSI", speaker("en"))
    assert re.findall(r'href="([^"]+)"', shown) == [
        glossary_href(word, query={"lang": "en"}) for word in ("threshold", "psi")
    ]
    assert text(shown).split() == ["A", "threshold", "&lt;b&gt;:", "the", "threshold,", "PSI"]
    assert isinstance(shown, Html)


def test_a_word_inside_another_is_not_that_word() -> None:
    assert marked("epsilon, rooted, uprooted", "en") == [("epsilon, rooted, uprooted", "")]
