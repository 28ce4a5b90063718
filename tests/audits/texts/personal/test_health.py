"""Statements of health: found where they are said of one person, silent of offers, rules and questions."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from boussole.audits.texts.personal.detector import find
from boussole.audits.texts.personal.health import find_health

SET = Path(__file__).parents[3] / "data" / "texts" / "health_dev.jsonl"
SAID = {
    "RQTH": "Mme Arnal a une RQTH depuis 2021.",
    "en arrêt maladie": "Il est en arrêt maladie depuis lundi.",
    "grossesse": "Sa grossesse se passe bien.",
}
SILENT = [
    "Offre ouverte aux travailleurs handicapés, RQTH bienvenue.",
    "En cas d’arrêt maladie, prévenez l’agence.",
    "Êtes-vous reconnu travailleur handicapé ?",
    "Il n’est pas malade.",
    "Il reste sourd à nos relances.",
]


def test_what_is_said_of_a_person_is_found_and_what_is_said_of_nobody_is_not() -> None:
    for words, text in SAID.items():
        (found,) = find(text, entities={"HEALTH"})
        assert text[found.start : found.end] == words
    for text in SILENT:
        assert find(text, entities={"HEALTH"}) == [], text


@pytest.mark.attack(
    "texts", "a word of health hidden by characters without width, by letters that look the same, by HTML"
)
@pytest.mark.parametrize(
    "text",
    ["Elle est enc\u200beinte.", "Il a un c\u0430ncer.", "Il a un <b>can</b>cer.", "Elle est d&eacute;pressive."],
)
def test_a_hidden_word_is_found(text: str, tries) -> None:
    tries.add()
    assert [each.entity for each in find(text, entities={"HEALTH"})] == ["HEALTH"]


def test_the_development_half_is_agreed_with() -> None:
    """The rules were written against it: this holds against a step back, and measures nothing."""
    wrong = missed = 0
    for line in SET.read_text(encoding="utf-8").splitlines():
        text = json.loads(line)
        found = find(text["text"], entities={"HEALTH"})
        spans = [(each["start"], each["end"]) for each in text["findings"]]
        missed += sum(not any(one.start < end and start < one.end for one in found) for start, end in spans)
        wrong += sum(not any(one.start < end and start < one.end for start, end in spans) for one in found)
    assert (missed, wrong) <= (1, 0)


@pytest.mark.attack("texts", "texts made to be slow for what finds health")
@pytest.mark.parametrize(
    "piece", ["il est ", "a une ", "sa ", "Mme A est en ", "problèmes de ", "je " * 40 + "suis malade. "]
)
def test_no_text_is_slow(piece: str, tries) -> None:
    tries.add()
    started = time.process_time()
    find(piece * (100_000 // len(piece)), entities={"HEALTH"})
    assert time.process_time() - started < 8


def test_a_long_text_that_says_nothing_of_health_takes_no_time() -> None:
    """What is not around a word of health is passed over: ten megabytes of short words had taken half a minute."""
    began = time.process_time()
    for text in ("a " * 1_000_000, "est " * 500_000, "suis en " * 250_000):
        assert list(find_health(text)) == []
    assert time.process_time() - began < 1
    far = "a " * 100_000 + "Mme Arnal a une RQTH." + " a" * 100_000
    assert [far[start:end] for start, end in find_health(far)] == ["RQTH"]
