"""Words coded as masculine or feminine: the English lists of Gender Decoder, and French ones of the project."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

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
    lists = _lists()
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
def _lists() -> dict[str, list[str]]:
    told: dict[str, list[str]] = parse((files(__package__) / "gender_decoder.yaml").read_text(encoding="utf-8"))
    return told
