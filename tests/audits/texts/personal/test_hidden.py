"""Nothing that hides in a text hides a number: widthless characters, look-alikes, entities, tags, directions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boussole.audits.texts.personal.detector import clean, find
from boussole.audits.texts.personal.findings import PersonalFinding

NIR = "1 85 05 78 006 084 91"
IBAN = "FR76 3000 6000 0112 3456 7890 189"
EMAIL = "jean.dupont@exemple.fr"
PHONE = "06 12 34 56 78"
HELD = {"NIR": NIR, "IBAN": IBAN, "EMAIL": EMAIL, "PHONE": PHONE}
WAYS = {
    "zero-width": "\u200b".join,
    "zero-width no-break": lambda text: text.replace(" ", " \ufeff").replace("5", "5\ufeff"),
    "soft hyphens": lambda text: text.replace("0", "0\u00ad"),
    "no-break blanks": lambda text: text.replace(" ", "\u00a0"),
    "narrow no-break blanks": lambda text: text.replace(" ", "\u202f"),
    "entities": lambda text: text.replace(" ", "&nbsp;").replace("@", "&#64;"),
    "entities of hexadecimals": lambda text: text.replace("1", "&#x31;").replace("n", "&#x6E;"),
    "entities of letters": lambda text: text.replace("7", "&#55;").replace("@", "&commat;"),
    "wide digits": lambda text: text.translate({ord("0") + n: 0xFF10 + n for n in range(10)}),
    "Arabic digits": lambda text: text.translate({ord("0") + n: 0x660 + n for n in range(10)}),
    "mathematical digits": lambda text: text.translate({ord("0") + n: 0x1D7CE + n for n in range(10)}),
    "right to left": lambda text: f"\u202e{text}\u202c",
    "marks of direction": lambda text: text.replace("0", "\u200f0\u200e"),
    "NUL": lambda text: text.replace("0", "0\x00"),
    "bold": lambda text: f"{text[:5]}<b>{text[5:7]}</b>{text[7:]}",
    "comment": lambda text: f"{text[:6]}<!-- x -->{text[6:]}",
}


@pytest.mark.costly
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("entity", HELD)
def test_nothing_hides(entity: str, way: str) -> None:
    hidden = WAYS[way](HELD[entity])
    text = f"Voilà : {hidden} ; merci."
    (found,) = find(text, entities={entity})
    assert found.entity == entity
    assert clean(text[found.start : found.end]).text.strip() == clean(HELD[entity]).text
    left = text[: found.start] + text[found.end :]
    assert not any(letter.isdigit() for letter in clean(left).text)


LOOK_ALIKES = {"EMAIL": "јеan.dupont@exеmple.fr", "NIR": "295042А00400506", "IBAN": "ΒЕ68 5390 0754 7034"}


def test_look_alikes_of_other_alphabets_are_seen_and_words_of_them_stay() -> None:
    for entity, text in LOOK_ALIKES.items():
        assert find(f"x {text} !", entities={entity}) == [PersonalFinding(2, 2 + len(text), entity)]
    assert clean("Привет, Сергей").text == "Привет, Сергей"
    assert clean("Сarrefour").text == "Carrefour"


@given(st.text(max_size=60))
def test_any_text_has_a_way_back(text: str) -> None:
    """Whatever it is, each character leads to one or more of the text as it was, in order, and none is told twice."""
    cleaned = clean(text)
    last = 0
    for at in range(len(cleaned.text)):
        start, end = cleaned.original((at, at + 1))
        assert last <= start < end <= len(text) or (start, end) == (last, last)
        last = start
    assert cleaned.original((0, len(cleaned.text)))[1] <= len(text) if cleaned.text else True


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    for each in find(text, entities={"NIR", "IBAN", "EMAIL", "PHONE", "FT_ID", "DATE_OF_BIRTH", "ADDRESS"}):
        assert 0 <= each.start < each.end <= len(text)
