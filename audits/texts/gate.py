"""Which patterns are worth trying on a text: those of which every necessary part stands in one of its words.

Of each pattern, sets of pieces of words are taken; of each set one piece must be there if the pattern matches. What a
word holds is looked up once, by a multi-pattern search, and remembered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import reduce
from operator import or_

import re2

from boussole.audits.texts.pieces import needed_pieces, with_edges

_MOST_REMEMBERED = 200_000


class Gate:
    """Patterns by the pieces of words that they need."""

    def __init__(self, patterns: Iterable[str]) -> None:
        sets, self._needs, self._first = dict[frozenset[str], int](), list[int](), dict[frozenset[str], int]()
        self._always = 0
        for number, pattern in enumerate(patterns):
            first, *more = needed_pieces(pattern) or [frozenset[str]()]
            self._needs.append(sum(1 << sets.setdefault(each, len(sets)) for each in more))
            self._first[first] = self._first.get(first, 0) | 1 << number
        self._always = self._first.pop(frozenset(), 0)
        begun, held = _by_piece(self._first), _by_piece({pieces: 1 << place for pieces, place in sets.items()})
        pieces = list(begun | held)
        self._masks, self._pieces = [(begun.get(each, 0), held.get(each, 0)) for each in pieces], _set_of(pieces)
        self._decoded = dict[int, tuple[tuple[int, int], ...]]()
        self._forget()

    def worth_trying(self, text: bytes, *, but: int = 0) -> list[int]:
        """The numbers of the patterns that may match in a text in normal form; `but`: the bits of some to leave."""
        words = self._words_of(text)
        begun = map(self._begun.__getitem__, self._begins.intersection(words))
        numbers = reduce(or_, begun, self._always) & ~but
        if not numbers:
            return []
        held = reduce(or_, map(self._held.__getitem__, self._holds.intersection(words)), 0)
        return [number for number, need in self._with_needs(numbers) if held & need == need]

    def _words_of(self, text: bytes) -> list[bytes]:
        """The words of a text, each of them looked up once."""
        words = text.split()
        if not self._known.issuperset(words):
            if len(self._known) + len(words) > _MOST_REMEMBERED:
                self._forget()
            for word in set(words) - self._known:
                self._look_up(word)
        return words

    def _with_needs(self, numbers: int) -> tuple[tuple[int, int], ...]:
        """The patterns of a mask, each with all that it needs; remembered, since many texts are much alike."""
        found = self._decoded.get(numbers)
        if found is None:
            if len(self._decoded) >= _MOST_REMEMBERED:
                self._decoded.clear()
            found = self._decoded[numbers] = tuple((number, self._needs[number]) for number in _bits(numbers))
        return found

    def _look_up(self, word: bytes) -> None:
        """Remembers which pieces a word holds, and which patterns may begin with them."""
        held = numbers = 0
        for place in (self._pieces.Match(with_edges(word.decode()).encode()) if self._pieces else None) or ():
            numbers |= self._masks[place][0]
            held |= self._masks[place][1]
        self._known.add(word)
        if held:
            self._held[word] = held
            self._holds.add(word)
        if numbers:
            self._begun[word] = numbers
            self._begins.add(word)

    def _forget(self) -> None:
        self._known, self._holds, self._begins = set[bytes](), set[bytes](), set[bytes]()
        self._held, self._begun = dict[bytes, int](), dict[bytes, int]()


def _bits(mask: int) -> Iterator[int]:
    """The places of the bits that are set."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def _by_piece(masks: Mapping[frozenset[str], int]) -> dict[str, int]:
    """The bits of each piece, of the bits of sets of pieces."""
    made = dict[str, int]()
    for pieces, bits in masks.items():
        for piece in pieces:
            made[piece] = made.get(piece, 0) | bits
    return made


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
