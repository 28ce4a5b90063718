"""Counts how many computed numbers agree with a document, and keeps those that do not."""

from __future__ import annotations

import math

TOLERANCE = 1e-7
"""Relative. Two ways of computing in floating point agree to about 1e-11; counts and words must be the same."""


class Tally:
    """Counts what was compared, and keeps what differs."""

    def __init__(self) -> None:
        self.same = 0
        self.problems: list[str] = []

    def compare(self, what: str, said: object, must: object) -> None:
        """Compares one value with what the document says."""
        if same(said, must):
            self.same += 1
        else:
            self.problems.append(f"{what}: it says {_short(said)}, computed here {_short(must)}")

    def check(self, what: str, holds: bool) -> None:
        """Counts one check, which holds or does not."""
        if holds:
            self.same += 1
        else:
            self.problems.append(what)

    def claims(self, what: str, document: object, claims: dict[str, object]) -> None:
        """Compares what a measure or verdict must say with the document, by the path to each value."""
        for path, must in claims.items():
            self.compare(f"{what} {path}", at(document, path), must)


def at(document: object, path: str) -> object:
    """What stands at a path, as in `params.counts`; None where nothing does."""
    for name in path.split("."):
        document = document.get(name) if isinstance(document, dict) else None
    return document


def same(said: object, must: object) -> bool:
    """Whether two values are equal; numbers of which one is no whole number, within the tolerance."""
    if isinstance(must, dict):
        return isinstance(said, dict) and set(said) == set(must) and all(same(said[key], must[key]) for key in must)
    if isinstance(must, (list, tuple)):
        return isinstance(said, list) and len(said) == len(must) and all(map(same, said, must))
    if isinstance(must, bool) or isinstance(said, bool) or not _number(must) or not _number(said):
        return said == must and type(said) is type(must)
    if isinstance(must, int) and isinstance(said, int):
        return said == must
    return math.isclose(float(str(said)), float(str(must)), rel_tol=TOLERANCE, abs_tol=1e-12)


def plain(text: str) -> str:
    r"""A text of a pack as it can be printed: what is no letter or sign (escapes to a terminal, other directions of
    writing, halves of characters) by its number.

    >>> plain("a\x1b[2J")
    'a\\x1b[2J'
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text)


def _number(value: object) -> bool:
    return isinstance(value, (int, float))


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:59] + "…"
