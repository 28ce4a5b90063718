"""Which patterns are worth trying on a sentence: those of which every necessary part stands in one of its words.

Of each pattern, sets of pieces of words are taken; of each set one piece must be there if the pattern matches. What a
word holds is looked up once, by a multi-pattern search, and remembered.
"""

from __future__ import annotations

import re
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
_EDGE = "\t"
"""Where a word begins or ends: no word holds it."""
_NO_WORD = re.compile(r"[^a-z0-9_]")
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
        for place in (self._pieces.Match(_with_edges(word.decode()).encode()) if self._pieces else None) or ():
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

    A tab in a piece is where a word begins or ends.

    >>> [sorted(each) for each in needed_pieces(r"refus [a-z]+ (?:voile|foulard)s")]
    [['refus\\t'], ['\\tfoulard', '\\tvoile']]
    """
    found = sorted({each: _commonness(each) for each in _needed(list(_parser.parse(pattern)))}.items(), key=_by_count)
    return [pieces for rank, (pieces, (count, _)) in enumerate(found) if count < (_SAYS_LITTLE if rank else _SHORT)][
        :_MOST_SETS
    ]


def _by_count(item: tuple[frozenset[str], tuple[int, int]]) -> tuple[tuple[int, int], list[str]]:
    return item[1], sorted(item[0])


def _needed(parts: list[Any], *, before: bool = False, after: bool = False) -> list[frozenset[str]]:
    """The pieces that a sequence needs; `before`, `after`: whether a word surely begins, or has ended, at its ends."""
    found: list[frozenset[str]] = []
    run, begun, edge = "", before, before
    for place, (kind, value) in enumerate([*parts, (None, None)]):
        if kind is sre.LITERAL and not chr(value).isspace():
            begun, run, edge = (begun if run else edge), run + chr(value), False
            continue
        rest = parts[place + 1 :]
        if run:
            ended = _opens(rest, after)
            suffixes = _suffixes(kind, value) if ended else ()
            marked = {_marked(run + each, begun, True) for each in suffixes}
            found.append(frozenset(marked or {_marked(run, begun, _opens(parts[place:], after))}))
            run = ""
        found += _inside(kind, value, before=edge, after=_opens(rest, after))
        edge = _closes(kind, value, edge)
    return found


def _inside(kind: Any, value: Any, *, before: bool, after: bool) -> list[frozenset[str]]:
    """The pieces that a group, a choice or a repetition needs."""
    if kind is sre.SUBPATTERN:
        return _needed(list(value[3]), before=before, after=after)
    if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT):
        once = value[1] == 1
        return _needed(list(value[2]), before=before and once, after=after and once) if value[0] else []
    if kind is sre.BRANCH:
        parts = [_needed(list(each), before=before, after=after) for each in value[1]]
        return [frozenset[str]().union(*(min(each, key=_commonness) for each in parts))] if all(parts) else []
    return []


def _suffixes(kind: Any, value: Any) -> tuple[str, ...]:
    """What may end a word: nothing, or one letter, as in `ages?`; none where a part is anything else."""
    if kind is sre.MAX_REPEAT and tuple(value[:2]) == (0, 1) and len(value[2]) == 1 and value[2][0][0] is sre.LITERAL:
        return "", chr(value[2][0][1])
    if kind is sre.SUBPATTERN and len(value[3]) == 1:
        return _suffixes(*value[3][0])
    if kind is sre.BRANCH and all(len(each) <= 1 and all(part[0] is sre.LITERAL for part in each) for each in value[1]):
        return tuple("".join(chr(part[1]) for part in each) for each in value[1])
    return ()


def _is_blank(kind: Any, value: Any) -> bool:
    return (kind is sre.LITERAL and chr(value).isspace()) or (
        kind is sre.IN and value == [(sre.CATEGORY, sre.CATEGORY_SPACE)]
    )


def _closes(kind: Any, value: Any, edge: bool) -> bool:
    """Whether, after a part, a word surely begins; `edge`: whether one did before it."""
    if kind is sre.AT and value is sre.AT_BOUNDARY:
        return True
    if kind is None or _is_blank(kind, value):
        return kind is not None
    if kind is sre.SUBPATTERN:
        return _ends(list(value[3]), edge)
    if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT):
        return (edge or value[0] > 0) and _ends(list(value[2]), edge and value[1] == 1)
    return kind is sre.BRANCH and all(_ends(list(each), edge) for each in value[1])


def _ends(parts: list[Any], edge: bool) -> bool:
    for kind, value in parts:
        edge = _closes(kind, value, edge)
    return edge


def _opens(parts: list[Any], after: bool) -> bool:
    """Whether a word has surely ended before some parts."""
    if not parts:
        return after
    kind, value = parts[0]
    if (kind is sre.AT and value is sre.AT_BOUNDARY) or _is_blank(kind, value):
        return True
    if kind is sre.SUBPATTERN:
        return _opens(list(value[3]), _opens(parts[1:], after))
    if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT):
        rest = _opens(parts[1:], after)
        return _opens(list(value[2]), rest and value[1] == 1) and (value[0] > 0 or rest)
    if kind is sre.BRANCH:
        rest = _opens(parts[1:], after)
        return all(_opens(list(each), rest) for each in value[1])
    return False


def _marked(run: str, before: bool, after: bool) -> str:
    """A piece, with a mark where a word begins or ends, if it is one by itself."""
    before, after = before and run[0].isalnum(), after and run[-1].isalnum()
    return f"{_EDGE if before else ''}{_NO_WORD.sub(_EDGE, run)}{_EDGE if after else ''}" if before or after else run


def _with_edges(word: str) -> str:
    """A word as pieces are looked for in it: as it is, then with marks for all that is no letter and for its ends."""
    return f"{word}{_EDGE}{_EDGE}{_NO_WORD.sub(_EDGE, word)}{_EDGE}"


@cache
def _ordinary() -> tuple[str, ...]:
    return tuple(map(_with_edges, _ORDINARY))


@cache
def _commonness(pieces: frozenset[str]) -> tuple[int, int]:
    """How many ordinary words hold one of some pieces, then how many pieces there are: the fewer the better."""
    short = sum(_SHORT for piece in pieces if not any(each.isalnum() for each in piece))
    holding = 0
    for piece in pieces:
        holding |= _holding(piece)
    return short + holding.bit_count(), len(pieces)


@cache
def _holding(piece: str) -> int:
    """The ordinary words that hold a piece, each a bit."""
    return sum(1 << place for place, word in enumerate(_ordinary()) if piece in word)
