"""Which patterns are worth trying on a sentence: those of which every necessary part stands in one of its words.

Of each pattern, sets of pieces of words are taken; of each set one piece must be there if the pattern matches. What a
word holds is looked up once, by a multi-pattern search, and remembered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

import re2

_ORDINARY = tuple((files("boussole.audits.texts") / "rules" / "ordinary.txt").read_text(encoding="utf-8").split())
"""Words of ordinary adverts, in normal form: a piece that stands in many of them says little."""
_MOST_REMEMBERED = 200_000
_MOST_SETS = 3
_UNKNOWN = (0, 0)
_SAYS_LITTLE = 25
"""Ordinary words from which on a set of pieces is not worth asking for."""
_SHORT = 1000
"""What a piece without letters counts as: punctuation stands everywhere."""


class Gate:
    """Patterns by the pieces of words that they need."""

    def __init__(self, patterns: Iterable[str]) -> None:
        sets, self._needs, self._first = dict[frozenset[str], int](), list[int](), dict[int, int]()
        for number, pattern in enumerate(patterns):
            needed = needed_pieces(pattern)
            places = [sets.setdefault(each, len(sets)) for each in needed]
            self._needs.append(sum(1 << place for place in places))
            first = places[0] if places else -1
            self._first[first] = self._first.get(first, 0) | 1 << number
        of_piece = dict[str, int]()
        for pieces, place in sets.items():
            for piece in pieces:
                of_piece[piece] = of_piece.get(piece, 0) | 1 << place
        self._always = self._first.get(-1, 0)
        self._masks, self._words = list(of_piece.values()), dict[bytes, tuple[int, int] | None]()
        self._decoded = dict[int, tuple[tuple[int, int], ...]]()
        self._pieces = _set_of(of_piece)

    def worth_trying(self, sentence: bytes, *, but: int = 0) -> list[int]:
        """The numbers of the patterns that may match in a sentence in normal form; `but`: the bits of some to leave."""
        held, numbers, known = 0, self._always, self._words
        for word in sentence.split():
            if (found := known.get(word, _UNKNOWN)) is _UNKNOWN:
                found = self._look_up(word)
            if found is not None:
                held |= found[0]
                numbers |= found[1]
        return [number for number, need in self._with_needs(numbers & ~but) if held & need == need]

    def _with_needs(self, numbers: int) -> tuple[tuple[int, int], ...]:
        """The patterns of a mask, each with all that it needs; remembered, since most sentences are much alike."""
        found = self._decoded.get(numbers)
        if found is None:
            if len(self._decoded) >= _MOST_REMEMBERED:
                self._decoded.clear()
            found = self._decoded[numbers] = tuple((number, self._needs[number]) for number in _bits(numbers))
        return found

    def _look_up(self, word: bytes) -> tuple[int, int] | None:
        held = numbers = 0
        for place in (self._pieces.Match(word) if self._pieces else None) or ():
            held |= self._masks[place]
        for place in _bits(held):
            numbers |= self._first.get(place, 0)
        if len(self._words) >= _MOST_REMEMBERED:
            self._words.clear()
        found = self._words[word] = (held, numbers) if held else None
        return found


def _bits(mask: int) -> Iterator[int]:
    """The places of the bits that are set."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def _set_of(pieces: Iterable[str]) -> re2.Set | None:
    """A search for all pieces at once; None where there are none."""
    options = re2.Options()
    options.literal, options.max_mem = True, 1 << 27
    made, some = re2.Set.SearchSet(options), False
    for piece in pieces:
        made.Add(piece)
        some = True
    if not some:
        return None
    made.Compile()
    return made


def needed_pieces(pattern: str) -> list[frozenset[str]]:
    """Sets of pieces of words of which one stands wherever a pattern matches; the rarest first, none that says little.

    >>> [sorted(each) for each in needed_pieces(r"refus de (?:voiles?|foulards?)")]
    [['refus'], ['foulard', 'voile']]
    """
    found = sorted({each: _commonness(each) for each in _needed(list(_parser.parse(pattern)))}.items(), key=_by_count)
    return [pieces for rank, (pieces, (count, _)) in enumerate(found) if count < (_SAYS_LITTLE if rank else _SHORT)][
        :_MOST_SETS
    ]


def _by_count(item: tuple[frozenset[str], tuple[int, int]]) -> tuple[tuple[int, int], list[str]]:
    return item[1], sorted(item[0])


def _needed(parts: list[Any]) -> list[frozenset[str]]:
    found: list[frozenset[str]] = []
    run = ""
    for kind, value in [*parts, (None, None)]:
        if kind is sre.LITERAL and not chr(value).isspace():
            run += chr(value)
            continue
        if run:
            found.append(frozenset((run,)))
            run = ""
        found += _inside(kind, value)
    return found


def _inside(kind: Any, value: Any) -> list[frozenset[str]]:
    """The pieces that a group, a choice or a repetition needs."""
    if kind is sre.SUBPATTERN:
        return _needed(list(value[3]))
    if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT):
        return _needed(list(value[2])) if value[0] else []
    if kind is sre.BRANCH:
        parts = [_needed(list(each)) for each in value[1]]
        return [frozenset[str]().union(*(min(each, key=_commonness) for each in parts))] if all(parts) else []
    return []


@cache
def _commonness(pieces: frozenset[str]) -> tuple[int, int]:
    """How many ordinary words hold one of some pieces, then how many pieces there are: the fewer the better."""
    short = sum(_SHORT for piece in pieces if not any(each.isalnum() for each in piece))
    return short + sum(any(piece in word for piece in pieces) for word in _ORDINARY), len(pieces)
