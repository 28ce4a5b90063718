"""Sentences of a text in normal form, and their clauses: what a rule takes for the surroundings of what it finds."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise

_SHORT = "".join(rf"(?<!\b{each}\.)" for each in ("art", "min", "max", "env", "mme", "ex", "celib", "nat")).encode()
_ENDS = re.compile(rb"[.!?;\n](?:(?<!\n)[.!?;]*(?<![ .(\n'][a-z]\.)" + _SHORT + rb"[\s\"')]+|(?<=\n)\s*)")
_REFUSED = re.compile(
    rb"\?\s+(?:alors |desolee?s?,? )?(?:ce (?:poste|n'est)|ne (?:candidat|postul|perd|venez|repond)|passez|inutile|"
    rb"abstenez|cherchez|allez voir|pas pour|non\b|nous ne|on ne|vous n|tant pis|merci de ne)"
)
"""A question about the person, which what follows refuses: one sentence with it."""
_LINE_END, _ASKS = b"\n?"
_WRAPPED = 60
"""Letters of a line from which on it may have been broken because it was full."""
_TURNS = (
    rb"[\s,(](?:mais(?!\s{1,3}(?:aussi|encore|egalement|pas\sseulement))|(?:(?:et|ou)\s)?(?:cependant|"
    rb"toutefois|neanmoins|pourtant|en\s(?:revanche|pratique|realite)|par\scontre|au\scontraire|ce(?:la|ci)\sdit|sauf(?:\sque|\saux?|\spour)|dans\sles\sfaits))(?=[\s,:])"
)
_STATEMENTS = re.compile(_TURNS)
"""Where a sentence turns against what it said before."""
_CLAUSES = re.compile(rb",(?!\d)|\s[-*>]\s|" + _TURNS)
LONGEST = 2_000
"""Letters of the longest sentence that is read whole."""
_OPENS = re.compile(rb"[-*.o>]\s|\d+[.)]\s|\n")


class Parts:
    """Where a text is cut, to look at what stands around a place."""

    def __init__(self, cut: re.Pattern[bytes], text: bytes) -> None:
        self._starts, self._ends = list[int](), list[int]()
        for each in cut.finditer(text):
            self._starts.append(each.start())
            self._ends.append(each.end())

    def around(self, span: tuple[int, int], sentence: tuple[int, int]) -> tuple[int, int]:
        """The part of a sentence that holds a span: from the last cut before it to the first one after it."""
        before, after = bisect_right(self._starts, span[0]), bisect_left(self._starts, span[1])
        first = min(self._ends[before - 1], span[0]) if before else 0
        last = self._starts[after] if after < len(self._starts) else sentence[1]
        return max(first, sentence[0]), max(span[1], min(last, sentence[1]))


class Sentences:
    """Where the sentences of a text begin."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.starts = [0]
        for end in _ENDS.finditer(text):
            first = text[end.start()]
            if (first == _LINE_END and self._wrapped(end)) or (first == _ASKS and _REFUSED.match(text, end.start())):
                continue
            self.starts.append(end.end())

    @cached_property
    def whole(self) -> list[tuple[int, int]]:
        """Where each sentence begins and ends; one that no advert has is read in pieces, so that none takes long."""
        return [each for first, last in pairwise((*self.starts, len(self.text))) for each in self._pieces(first, last)]

    @cached_property
    def _begins(self) -> list[int]:
        return [first for first, _ in self.whole]

    def number(self, place: int) -> int:
        """Which sentence a place lies in."""
        return bisect_right(self._begins, place) - 1

    def _pieces(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        while last - first > LONGEST:
            cut = self.text.rfind(b" ", first, first + LONGEST) + 1 or first + LONGEST
            yield first, cut
            first = cut
        yield first, last

    def around(self, place: int) -> tuple[int, int]:
        """Where the sentence of a place begins and ends."""
        number = bisect_right(self.starts, place)
        return self.starts[number - 1], self.starts[number] if number < len(self.starts) else len(self.text)

    def clause(self, span: tuple[int, int], sentence: tuple[int, int]) -> tuple[int, int]:
        """Where the clause of a span begins and ends: no comma, dash or turn between."""
        return self._clauses.around(span, sentence)

    def statement(self, span: tuple[int, int], sentence: tuple[int, int]) -> tuple[int, int]:
        """Where the statement of a span begins and ends: its sentence, up to where that turns (“mais”)."""
        return self._statements.around(span, sentence)

    @cached_property
    def _clauses(self) -> Parts:
        return Parts(_CLAUSES, self.text)

    @cached_property
    def _statements(self) -> Parts:
        return Parts(_STATEMENTS, self.text)

    def _wrapped(self, end: re.Match[bytes]) -> bool:
        """Whether a line only went on: it was full, one line end follows, and the next is no item of a list."""
        begun = self.text.rfind(b"\n", 0, end.start()) + 1
        one = end[0].count(b"\n") == 1
        return one and end.start() - begun >= _WRAPPED and not _OPENS.match(self.text, end.end())
