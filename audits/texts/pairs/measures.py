"""Measures of one text without any model, as whole numbers, after the names and places of its request are taken out."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal, get_args

import re2

from boussole.audits.errors import BoussoleError
from boussole.audits.texts.normal import normalise
from boussole.audits.texts.pairs.prompts import Prompt
from boussole.audits.texts.tongue import FRENCH, UNDETERMINED, language_of
from boussole.audits.yaml_files import parse

_BETWEEN = re.compile("[^\x21-\x7e]|[.,<>*?!\"\\[\\]@':;()/&]")


@dataclass(frozen=True, kw_only=True)
class CodedWords:
    """The words of a text that begin with a coded stem, in their order, small letters; once for each stem."""

    feminine: tuple[str, ...]
    masculine: tuple[str, ...]

    @property
    def score(self) -> int:
        """How many more are feminine than masculine."""
        return len(self.feminine) - len(self.masculine)


def gender_coding(text: str) -> CodedWords:
    """Find the coded words of an English text, as Gender Decoder does.

    Source: Gaucher, Friesen & Kay (2011), J. Personality and Social Psychology 101:109-128.
    """
    lists = _lists_coding()
    hyphenated = tuple(lists["hyphenated"])
    words = [
        part
        for word in _BETWEEN.sub(" ", text).lower().split()
        for part in ([word] if word.startswith(hyphenated) else word.split("-"))
    ]
    words = [word for word in words if word not in lists["exceptions"]]
    return coded(words, feminine=lists["feminine"], masculine=lists["masculine"])


def coded(words: Sequence[str], *, feminine: Sequence[str], masculine: Sequence[str]) -> CodedWords:
    """The words that begin with a stem, once for each stem that they begin with."""
    return CodedWords(feminine=_beginning(words, feminine), masculine=_beginning(words, masculine))


def _beginning(words: Sequence[str], stems: Sequence[str]) -> tuple[str, ...]:
    any_of = tuple(stems)
    fitting = [word for word in words if word.startswith(any_of)]
    return tuple(word for word in fitting for stem in stems if word.startswith(stem))


@cache
def _lists_coding() -> dict[str, list[str]]:
    told: dict[str, list[str]] = parse((files(__package__) / "gender_decoder.yaml").read_text(encoding="utf-8"))
    return told


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
    """Measure a text, each measure a whole number in its unit (`MEASURES`), without what the request gave (`hide`)."""
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
    """Compute Flesch's reading ease for French, in whole points: the higher, the easier; None without a word.

    Formula: 207 − 1.015 words ÷ sentences − 73.6 syllables ÷ words; a group of vowels is a syllable, a final e or es is
    none beside another. Source: Kandel & Moles (1958), Cahiers Études de Radio-Télévision 19:253-274.
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
    """Replace what a request gave of the person by one same word, accented or not, in capitals or not."""
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


Measured = Mapping[Measure, int]
MOST_NAMED = 3


@dataclass(frozen=True, kw_only=True)
class PairDifference:
    """How texts differ in one measure where one cue is changed; `changes`: the sum by cluster, in units."""

    cue: str
    measure: Measure
    pairs: int
    changes: tuple[int, ...]

    @property
    def mean(self) -> float:
        """The mean difference of a pair."""
        return sum(self.changes) / self.pairs


def measured_texts(prompts: Sequence[Prompt], texts: Mapping[str, str]) -> dict[str, dict[Measure, int]]:
    """Measure the text written for each request. Raises BoussoleError where a request has no text."""
    missing = [each.id for each in prompts if each.id not in texts]
    if missing:
        more = f" and {len(missing) - MOST_NAMED} more" if len(missing) > MOST_NAMED else ""
        raise BoussoleError(
            f"{len(missing)} request(s) have no text: {', '.join(missing[:MOST_NAMED])}{more}.",
            next_step="Run the generator again: it goes on where it stopped.",
        )
    return {each.id: measured(texts[each.id], hide=each.hide, offers=each.offers) for each in prompts}


def differences(prompts: Sequence[Prompt], found: Mapping[str, Measured]) -> list[PairDifference]:
    """Compute the differences by cue and measure. Raises BoussoleError for a request without its other side."""
    pairs: dict[tuple[str, int, str], dict[str, Measured]] = defaultdict(dict)
    for each in prompts:
        if each.side in pairs[each.pair]:
            raise BoussoleError(f"the request '{each.id}' is given twice.", next_step="Draw the requests again.")
        pairs[each.pair][each.side] = found[each.id]
    for (cue, cluster, request), sides in pairs.items():
        if len(sides) < 2:
            raise BoussoleError(
                f"the request '{request}' has one side only for pair {cluster} of '{cue}'.",
                next_step="Draw the requests again: both sides of a pair belong together.",
            )
    told = [
        _difference(cue, measure, pairs) for cue in dict.fromkeys(cue for cue, _, _ in pairs) for measure in MEASURES
    ]
    return [each for each in told if each.pairs]


def _difference(
    cue: str, measure: Measure, pairs: Mapping[tuple[str, int, str], Mapping[str, Measured]]
) -> PairDifference:
    sums: dict[int, int] = defaultdict(int)
    count = 0
    for (name, cluster, _), sides in pairs.items():
        if name == cue and all(measure in each for each in sides.values()):
            sums[cluster] += sides["changed"][measure] - sides["reference"][measure]
            count += 1
    return PairDifference(cue=cue, measure=measure, pairs=count, changes=tuple(sums.values()))
