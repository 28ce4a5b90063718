"""What was found in texts, in words: what went out, what stood in all of them, and how much of it is missed."""

from __future__ import annotations

from typing import NamedTuple

from boussole.audits.languages import Catalogue, number, whole
from boussole.audits.measure_params import DetectedTexts
from boussole.audits.metrics.texts import PERSONAL_OUTSIDE, UNLAWFUL_ADVERTS
from boussole.charter.document import VerdictReasons
from boussole.charter.document.answers.verdicts import LoggedCases
from boussole.charter.document.base import given
from boussole.charter.judging.wording.logged_sentences import REFUTED, TO_CONFIRM


class TextWords(NamedTuple):
    """How what was found in texts is told, by how many there were, could be read and need a human."""

    none: tuple[str, str]
    cases: tuple[str, str]
    hidden: str
    all: tuple[str, str]
    nowhere: str
    missed: str
    bound: str
    rate: str
    wide: str
    unread: tuple[str, str]


WORDS = {
    UNLAWFUL_ADVERTS: TextWords(
        none=(
            "In the one advert that went out and was read, the rules find no prohibited criterion.",
            "In none of the {n} adverts that went out and were read do the rules find a prohibited criterion.",
        ),
        cases=(
            "Of {n} adverts that went out and were read, the rules find a prohibited criterion in one.",
            "Of {n} adverts that went out and were read, the rules find a prohibited criterion in {cases}.",
        ),
        hidden="The rules find a prohibited criterion in an advert that went out. So few were read that no number is "
        "told. A human must look at it and report it as a case: one that is confirmed breaks the promise.",
        all=(
            "Before the agents’ edit, they find one in {flagged} draft of {texts}.",
            "Before the agents’ edit, they find one in {flagged} drafts of {texts}.",
        ),
        nowhere="Before the agents’ edit, they find none in {texts} drafts.",
        missed="On annotated adverts, the rules find {found} in 100 of what a human finds, and of 100 that they report "
        "{right} are right.",
        bound="If adverts do not depend on one another, that leaves, with what they miss, up to {bound} in 1,000 of "
        "those to come that hold one.",
        rate="With those that they miss, that is {share} drafts in 1,000: to be watched over {level}.",
        wide="With those that they miss, up to {most} drafts in 1,000 may hold one: too few were read to tell whether "
        "it is {level} at most.",
        unread=(
            "One advert could not be read, or nothing tells whether it went out: that is too many to say that there is "
            "none.",
            "{unlabelled} adverts could not be read, or nothing tells whether they went out: that is too many to say "
            "that there is none.",
        ),
    ),
    PERSONAL_OUTSIDE: TextWords(
        none=(
            "In the one text that went outside and was read, there is no social security number and no IBAN.",
            "In none of the {n} texts that went outside and were read is there a social security number or an IBAN.",
        ),
        cases=(
            "Of {n} texts that went outside and were read, one holds a social security number or an IBAN.",
            "Of {n} texts that went outside and were read, {cases} hold a social security number or an IBAN.",
        ),
        hidden="A social security number or an IBAN stands in a text that went outside. So few were read that no "
        "number is told. A human must look at it and report it as a case: one that is confirmed breaks the promise.",
        all=(
            "Of all {texts} texts that were read, {flagged} holds personal data that have no place there.",
            "Of all {texts} texts that were read, {flagged} hold personal data that have no place there.",
        ),
        nowhere="Of all {texts} texts that were read, none holds personal data that have no place there.",
        missed="On annotated texts, the detector finds {found} in 100 of what a human finds, and of 100 that it "
        "reports {right} are right.",
        bound="If texts do not depend on one another, that leaves, with what it misses, up to {bound} in 1,000 of "
        "those to come that hold one.",
        rate="With those that it misses, up to {most} texts in 1,000 hold some: to be watched over {level}.",
        wide="With those that it misses, up to {most} texts in 1,000 may hold some: too few were read to tell whether "
        "it is {level} at most.",
        unread=(
            "One text could not be read, or nothing tells where it went: that is too many to say that there is none.",
            "{unlabelled} texts could not be read, or nothing tells where they went: that is too many to say that "
            "there is none.",
        ),
    ),
}
REASONS = (
    "logged_none", "logged_case", "logged_refuted", "logged_hidden", "logged_rate", "logged_wide", "logged_unread",
)  # fmt: skip
"""The reasons of verdicts that are told here."""


def text_sentence(document: VerdictReasons, answer: str, catalogue: Catalogue) -> str:
    """What was found in texts. `answer`: the answer in one word, already said."""
    words = WORDS[given(document.metric)]
    if document.reason == "logged_hidden":
        return f"{answer} {catalogue.gettext(words.hidden)}"
    found = given(document.logged)
    detected, named = found.detected, _named(document, found, catalogue.lang)
    told = [went_out(document, catalogue)] if found.n else []
    if document.reason in ("logged_case", "logged_refuted"):
        to_do, n = (TO_CONFIRM, found.cases) if document.reason == "logged_case" else (REFUTED, found.refuted or 0)
        told.append(catalogue.ngettext(*to_do, n))
    if document.reason == "logged_unread":
        told.append(catalogue.ngettext(*words.unread, found.unlabelled or 0).format(**named))
    after = {"logged_rate": words.rate, "logged_wide": words.wide}.get(document.reason or "")
    if detected is not None:
        flagged = detected.flagged
        held = catalogue.ngettext(*words.all, flagged) if flagged else catalogue.gettext(words.nowhere)
        told.append(held.format(**named))
        if after is not None:
            told.append(catalogue.gettext(after).format(**named))
        told.append(catalogue.gettext(words.missed).format(**named))
    if document.reason == "logged_none" and found.bound is not None:
        told.append(catalogue.gettext(words.bound).format(**named))
    return " ".join([answer, *told])


def went_out(document: VerdictReasons, catalogue: Catalogue) -> str:
    """What was found in the texts that went out."""
    words, found = WORDS[given(document.metric)], given(document.logged)
    told = catalogue.ngettext(*words.cases, found.cases) if found.cases else catalogue.ngettext(*words.none, found.n)
    return told.format(**_named(document, found, catalogue.lang))


def _named(document: VerdictReasons, found: LoggedCases, lang: str) -> dict[str, str]:
    counts = {"n": found.n, "cases": found.cases, "unlabelled": found.unlabelled or 0}
    named = {name: whole(count, lang) for name, count in counts.items()}
    level = given(document.threshold).watch
    shares = {"bound": found.bound, "level": level}
    if found.detected is not None:
        named |= _detected(found.detected, lang)
        shares |= {"share": found.detected.share, "most": found.detected.most}
    return named | {name: _in_thousand(share, lang) for name, share in shares.items() if share is not None}


def _detected(found: DetectedTexts, lang: str) -> dict[str, str]:
    right = 100 * found.right / found.reported if found.reported else 0.0
    counts = {"texts": found.texts, "flagged": found.flagged, "found": 100 * found.found / found.annotated}
    return {name: whole(count, lang) for name, count in {**counts, "right": right}.items()}


def _in_thousand(share: float, lang: str) -> str:
    value = 1000 * share
    return number(value, lang, 0 if value >= 10 or value == round(value) else 1 if value >= 1 else 2)
