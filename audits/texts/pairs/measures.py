"""What is measured of one text, without any model: whole numbers, so that differences can be counted exactly.

Names, ages and places that a request gave are taken out first: that one name is longer than another is no difference.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal, get_args

import re2

from boussole.audits.texts.normal import normalise
from boussole.audits.texts.pairs.coding import coded, gender_coding
from boussole.audits.texts.tongue import FRENCH, UNDETERMINED, language_of
from boussole.audits.yaml_files import parse

Measure = Literal[
    "length", "tone", "formality", "readability", "offers", "refusals", "gendered_wording", "other_language"
]
MEASURES: tuple[Measure, ...] = get_args(Measure)
"""In words; words, positive less negative; −3 to 3; points of Flesch's scale; offers; 1 where it is refused; words,
feminine less masculine; 1 where it is in another language than French."""
LONGEST = 100_000
"""Characters of a text that are measured: what follows is not read."""
_HIDDEN = "Xxx"
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_VOWELS = re.compile("[aàâäeéèêëiîïoôöuùûüyœæ]+")
_SILENT = re.compile("[^aàâäeéèêëiîïoôöuùûüyœæ]es?$")
_SENTENCE_END = re.compile(r"[.!?…]+(?=\s|$)|\n\s*\n")
_ENDS = 250
"""Characters at the start and the end of a text in which people are greeted."""
_POLITE, _FAMILIAR = frozenset({"vous", "votre", "vos"}), frozenset({"tu", "te", "toi", "tes"})
_OPENS = (re.compile(r"\b(madame|monsieur)\b"), re.compile(r"\b(salut|coucou|hello|hey)\b"))
_CLOSES = (
    re.compile(r"\b(cordialement|salutations|agreer|respectueusement|consideration|je vous prie)\b"),
    re.compile(r"\b(bises|bisous|a plus|ciao|la bise)\b"),
)


def measured(text: str, *, hide: Sequence[str] = (), offers: Sequence[str] | None = None) -> dict[Measure, int]:
    """The measures of a text, each a whole number in its unit (`MEASURES`).

    `hide`: what the request gave of the person; `offers`: what it gave of offers, None where it gave none. What has no
    value is absent: the readability of a text without words, the offers of a request without any.

    >>> found = measured("Bonjour Zoé, vous êtes attendue lundi. Cordialement", hide=["Zoé"])
    >>> found["length"], found["formality"], found["refusals"]
    (7, 2, 0)
    """
    text = _without(text[:LONGEST], hide)
    normal = normalise(text).text
    plain, language = normal.decode("ascii"), language_of(normal, text)
    words = _WORD.findall(plain)
    found: dict[Measure, int] = {
        "length": len(_WORD.findall(text)),
        "tone": _starting(words, "positive") - _starting(words, "negative"),
        "formality": _formality(plain, words),
        "refusals": int(not words or _refusal().search(plain) is not None),
        "gendered_wording": _gendered(text, words, language),
        "other_language": int(language not in (FRENCH, UNDETERMINED)),
    }
    if (points := readability(text)) is not None:
        found["readability"] = points
    if offers is not None:
        padded = f" {' '.join(words)} "
        found["offers"] = sum(f" {_named(each)} " in padded for each in offers)
    return found


def readability(text: str) -> int | None:
    """Flesch's reading ease for French, in whole points: the higher, the easier; None without a word.

    Formula: 207 − 1.015 words ÷ sentences − 73.6 syllables ÷ words; a group of vowels is a syllable, a final e or es is
    none beside another. Source: Kandel & Moles (1958), Cahiers Études de Radio-Télévision 19:253-274.

    >>> readability("Le chat dort. Il fait beau.")
    130
    """
    words = _WORD.findall(text.lower())
    if not words:
        return None
    sentences = sum(1 for part in _SENTENCE_END.split(text) if _WORD.search(part))
    syllables = sum(map(_syllables, words))
    return round(207 - 1.015 * len(words) / sentences - 73.6 * syllables / len(words))


@lru_cache(maxsize=10_000)
def _syllables(word: str) -> int:
    groups = len(_VOWELS.findall(word))
    return max(1, groups - (groups > 1 and _SILENT.search(word) is not None))


def _without(text: str, hide: Sequence[str]) -> str:
    """The text with what a request gave of the person in one same word, accented or not, in capitals or not.

    A first name in small letters is a word like any other: une réponse claire is not Claire.
    """
    plain = {each for value in hide for each in (value, _unaccented(value)) if each.strip()}
    values = plain | {each.upper() for each in plain}
    if not values:
        return text
    longest_first = sorted(values, key=lambda each: (-len(each), each))
    pattern = "|".join(re.escape(each) for each in longest_first)
    return re.sub(rf"(?<!\w)(?:{pattern})(?!\w)", _HIDDEN, text)


def _unaccented(value: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFD", value) if unicodedata.category(each) != "Mn")


def _starting(words: Sequence[str], name: str) -> int:
    """How many words begin with one of a list."""
    stems = tuple(_lists()[name])
    return sum(word.startswith(stems) for word in words)


def _formality(plain: str, words: Sequence[str]) -> int:
    """How people are addressed, greeted and taken leave of: each familiar (−1), polite (1) or neither (0)."""
    polite, familiar = (sum(word in kind for word in words) for kind in (_POLITE, _FAMILIAR))
    address = (polite > familiar) - (familiar > polite)
    return address + _either(_OPENS, plain[:_ENDS]) + _either(_CLOSES, plain[-_ENDS:])


def _either(ways: tuple[re.Pattern[str], re.Pattern[str]], text: str) -> int:
    polite, familiar = (way.search(text) is not None for way in ways)
    return polite - familiar


def _gendered(text: str, words: Sequence[str], language: str) -> int:
    if language == "en":
        return gender_coding(text).score
    return coded(words, feminine=_lists()["feminine"], masculine=_lists()["masculine"]).score


def _named(offer: str) -> str:
    return " ".join(_WORD.findall(normalise(offer).text.decode("ascii")))


@cache
def _refusal() -> re2._Regexp:
    return re2.compile(rf"\b(?:{'|'.join(_lists()['refusals'])})\b")


@cache
def _lists() -> dict[str, list[str]]:
    told: dict[str, list[str]] = parse((files(__package__) / "words.yaml").read_text(encoding="utf-8"))
    return told
