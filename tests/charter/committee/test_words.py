"""What papers and refusals say exists in French, once, typeset; and nothing else is in the catalogue."""

from __future__ import annotations

import ast
import re

import pytest
from babel.messages.pofile import read_po

from boussole.audits.languages import french
from boussole.charter.committee import refusals
from boussole.charter.committee.papers import words
from boussole.charter.committee.papers.words import MESSAGES, PaperWords
from boussole.charter.committee.refusals import REASONS

FOLDER = words.LOCALE.parent


def constants(*, without):
    """Every text written in the modules of the package but some."""
    return {
        node.value
        for path in FOLDER.rglob("*.py")
        if path.name not in without
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_the_catalogue_holds_what_is_said_and_nothing_else():
    with (words.LOCALE / "fr" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        known = [message for message in read_po(file, locale="fr") if message.id]
    said = {*MESSAGES.values(), *(text for pair in REASONS.values() for text in pair)}
    assert {message.id for message in known} == said
    for message in known:
        assert message.string == french(message.string)
        assert set(re.findall(r"\{(\w+)\}", message.string)) == set(re.findall(r"\{(\w+)\}", message.id))


def test_every_reason_is_given_and_every_message_said_somewhere():
    assert set(REASONS) <= constants(without=["refusals.py"])
    used = constants(without=["words.py"])
    composed = {"by_open_vote", "by_secret_vote"}
    started = tuple(word for word in ("presence_", "voted_", "noted_", "sense_"))
    assert {key for key in MESSAGES if key not in used | composed and not key.startswith(started)} == set()
    assert refusals.LOCALE == words.LOCALE


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_no_message_needs_what_another_language_does_not(lang):
    for key, message in MESSAGES.items():
        values = dict.fromkeys(re.findall(r"\{(\w+)\}", message), "…")
        assert PaperWords(lang)(key, **values)
