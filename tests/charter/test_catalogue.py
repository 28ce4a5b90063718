"""Every message of a verdict, of committees and refusals exists in French, once, typeset; none claims too much."""

import ast
import re
from itertools import chain
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from boussole.audits.languages import french
from boussole.charter.amending import diff_words
from boussole.charter.auditing import references
from boussole.charter.committee.papers import words as committee_words
from boussole.charter.committee.refusals import REASONS as OF_COMMITTEES
from boussole.charter.document.answers.verdict import Verdict
from boussole.charter.incidents import refusals
from boussole.charter.judging.wording import (
    findings,
    logged_sentences,
    naming,
    paired_sentences,
    ranged_sentences,
    reasons,
    record_sentences,
    sentences,
    stated_sentences,
    text_sentences,
)
from boussole.charter.oscal import words as oscal_words
from boussole.charter.text.judged import JUDGED


def test_no_sentence_claims_too_much():
    english = (sentences.LOCALE / "fr" / "LC_MESSAGES" / "messages.po").read_text(encoding="utf-8").lower()
    for word in ("conforme", "légal", "compliant", "prouve", "proves", "certain"):
        assert word not in english


def messages_of(locale):
    with (locale / "fr" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return [message for message in read_po(file, locale="fr") if message.id]


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        (committee_words.LOCALE, [*committee_words.MESSAGES.values(), *chain(*OF_COMMITTEES.values())]),
        (refusals.LOCALE, chain(*refusals.REASONS.values(), *refusals.UNEXPLAINED.values())),
    ],
    ids=["committees", "incidents and appeals"],
)
def test_the_catalogue_holds_what_is_said_and_nothing_else(locale, said):
    known = messages_of(locale)
    assert {message.id for message in known} == {*said}
    for message in known:
        assert message.string == french(message.string)
        assert names(message.string) == names(message.id)


def test_a_refusal_is_said_in_french():
    told = refusals.EntryRefusedError("withdrawn", entry=4).said("fr")
    assert told.startswith("L’écriture n°\u00a04 a été retirée.")


def constants(module):
    """Every text written in a module."""
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def test_catalogue_holds_every_message_once_translated_and_typeset():
    messages = messages_of(sentences.LOCALE)
    spoken = (
        sentences,
        findings,
        logged_sentences,
        naming,
        ranged_sentences,
        paired_sentences,
        reasons,
        references,
        record_sentences,
        stated_sentences,
        text_sentences,
        diff_words,
        oscal_words,
    )
    written = {text for module in spoken for text in constants(module)}
    known = set()
    for message in messages:
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        assert set(ids) <= written, f"nobody says {ids}"
        known |= set(ids)
        for text in strings:
            assert text == french(text)
            assert text
        assert names(strings[-1]) == names(ids[-1])
    said = {text for module in spoken if module is not naming for text in said_by(module)}
    assert said - KEYS <= known


KEYS = {
    *(*diff_words.FELT, *diff_words.WORDED, sentences.REASON, *logged_sentences.REASONS, *record_sentences.SPANNED),
    *(*ranged_sentences.LIES, *ranged_sentences.OF_BUDGET, *(m for m, each in JUDGED.items() if each.scale == "range")),
    *(sentences.NEVER_RATIO, sentences.STOPS, *logged_sentences.WORDS, *text_sentences.WORDS),
    *(ranged_sentences.FOR_NOTHING, ranged_sentences.OF_YEAR, ranged_sentences.PER_TEXT, ranged_sentences.SPREAD),
    *(*text_sentences.REASONS, sentences.EFFECT, sentences.PUT_IN_RESULTS, sentences.GAP_BY_CORRECTIONS),
    *(*paired_sentences.SHARES, *paired_sentences.CONFIRMED_BREAKS, record_sentences.TEXTS, *Verdict),
}
"""Names of changes, fields, reasons, measures, records, needs and verdicts, which are looked up and never said."""


def names(text):
    return set(re.findall(r"\{(\w+)\}", text))


def said_by(module):
    """The messages among a module's constants in capitals."""
    values = [value for name, value in vars(module).items() if name.isupper() and name not in ("LANGUAGES", "LOCALE")]
    return {text for value in values for text in flat(value)}


def flat(value):
    if isinstance(value, str):
        yield value
    else:
        for inner in value.values() if isinstance(value, dict) else value:
            yield from flat(inner)
