"""Nothing hides a term, and every place of the normal form leads back to the text as it was written."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boussole.audits.texts.normal import normalise

HIDDEN = {
    "accents": "HÔMME",
    "combined accents": "ho\u0302mme",
    "zero width": "ho\u200bm\u200dm\ufeffe",
    "soft hyphen": "hom\u00adme",
    "Cyrillic letters": "h\u043emm\u0435",
    "Greek letters": "h\u03bfmme",
    "wide letters": "\uff48\uff4f\uff4d\uff4d\uff45",
    "mathematical letters": "\U0001d421\U0001d428\U0001d426\U0001d426\U0001d41e",
    "spaced out": "h o m m e",
    "stops between": "h.o.m.m.e",
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
    "open tags": "<a ",
    "entities": "&amp;",
    "half entities": "&a",
    "overrides": "\u202e",
    "letters by themselves": "h o ",
    "accents": "é",
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
