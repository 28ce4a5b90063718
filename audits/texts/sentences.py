"""Sentences of a text in normal form: what a rule takes for the surroundings of what it finds."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
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
_OPENS = re.compile(rb"[-*.o>]\s|\d+[.)]\s|\n")


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

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """Where each sentence begins and ends."""
        return iter(pairwise((*self.starts, len(self.text))))

    def around(self, place: int) -> tuple[int, int]:
        """Where the sentence of a place begins and ends."""
        number = bisect_right(self.starts, place)
        return self.starts[number - 1], self.starts[number] if number < len(self.starts) else len(self.text)

    def _wrapped(self, end: re.Match[bytes]) -> bool:
        """Whether a line only went on: it was full, one line end follows, and the next is no item of a list."""
        begun = self.text.rfind(b"\n", 0, end.start()) + 1
        one = end[0].count(b"\n") == 1
        return one and end.start() - begun >= _WRAPPED and not _OPENS.match(self.text, end.end())
