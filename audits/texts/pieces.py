"""Which pieces of words a pattern needs: read from the pattern itself, the rarest first.

Of a pattern, sets of pieces are taken, of each of which one must stand in some word wherever the pattern matches. A tab
in a piece is where a word begins or ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

_ORDINARY = tuple((files("boussole.audits.texts") / "rules" / "ordinary.txt").read_text(encoding="utf-8").split())
"""Words of ordinary adverts, in normal form: a piece that stands in many of them says little."""
_EVERYWHERE = re.compile(
    r"au?|aux|avec|ce|dans|de|des|du|en|est|et|etes|la|les?|leur|nos|notre|ou|par|pas|pour|qu[ei]|s[ae]|ses|son|sont|sur|"
    r"une?|vos|votre|vous"
)
"""Words that stand in nearly every advert: a piece that one of them holds says next to nothing."""
_AS_MUCH_AS = 25
"""Ordinary words that one of these counts as."""
_MOST_SETS = 3
EDGE = "\t"
"""Where a word begins or ends: no word holds it."""
_NO_WORD = re.compile(r"[^a-z0-9_]")
_MOST_NEXT = 20
"""Characters that may stand next to a piece, from which on they are not told apart."""
_PREFIX = 2
"""Letters that several words may share, such as the one of `d(?:epartement|ept)`: they are told apart with it."""
_MOST_MADE = 60
"""Pieces that are made of one by what stands beside it."""
_SAYS_LITTLE = 40
"""Ordinary words from which on a set of pieces is not worth asking for."""
_SHORT = 1000
"""What a piece without letters counts as: punctuation stands everywhere."""


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
    run, start, begun, edge = "", 0, before, before
    for place, (kind, value) in enumerate([*parts, (None, None)]):
        if kind is sre.LITERAL and not chr(value).isspace():
            begun, start = (begun, start) if run else (edge, place)
            run, edge = run + chr(value), False
            continue
        ended = _opens(parts[place + 1 :], after)
        if 0 < len(run) <= _PREFIX and (choices := _choices(kind, value)):
            letters = [(sre.LITERAL, ord(letter)) for letter in run]
            found += _of_choices([[*letters, *each] for each in choices], before=begun, after=ended)
        else:
            if run:
                ends = [f"{run}{each}" for each in (_suffixes(kind, value) if ended else ())]
                found.append(_beside(run, ends, (parts[:start], before, begun), (parts[place:], after)))
            found += _inside(kind, value, before=edge, after=ended)
        run, edge = "", _closes(kind, value, edge)
    return found


def _beside(
    run: str, ends: list[str], left: tuple[list[Any], bool, bool], right: tuple[list[Any], bool]
) -> frozenset[str]:
    """A run of letters with what is sure to stand beside it: the end of a word, or one of a few characters.

    `ends`: the run with each of its endings, where one is sure; `left`: the parts before it, whether a word begins
    before them, and whether one begins with it; `right`: the parts after it, and whether a word has ended beyond them.
    """
    before, beyond, begun = left
    made = frozenset(_marked(each, begun, True) for each in ends)
    if not made and run[-1].isalnum() and not _opens(*right):
        made = frozenset(_marked(f"{run}{each}", begun, False, always=True) for each in _first(*right, 0) or ())
    made = made or frozenset({_marked(run, begun, _opens(*right))})
    if not begun and run[0].isalnum() and (first := _first(before, beyond, -1)):
        wider = frozenset(f"{each}{_NO_WORD.sub(EDGE, piece)}" for each in first for piece in made)
        made = wider if len(wider) <= _MOST_MADE else made
    return made


def _choices(kind: Any, value: Any) -> list[list[Any]]:
    """What may stand here, where that is a choice."""
    if kind is sre.SUBPATTERN and len(value[3]) == 1:
        return _choices(*value[3][0])
    return [list(each) for each in value[1]] if kind is sre.BRANCH else []


def _of_choices(choices: list[list[Any]], *, before: bool, after: bool) -> list[frozenset[str]]:
    """The pieces of which a choice needs one: of each way, those that say most."""
    parts = [_needed(each, before=before, after=after) for each in choices]
    return [frozenset[str]().union(*(min(each, key=_commonness) for each in parts))] if all(parts) else []


def _inside(kind: Any, value: Any, *, before: bool, after: bool) -> list[frozenset[str]]:
    """The pieces that a group, a choice or a repetition needs."""
    if kind is sre.SUBPATTERN:
        return _needed(list(value[3]), before=before, after=after)
    if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT):
        once = value[1] == 1
        return _needed(list(value[2]), before=before and once, after=after and once) if value[0] else []
    if kind is sre.BRANCH:
        return _of_choices([list(each) for each in value[1]], before=before, after=after)
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


def _first(parts: list[Any], beyond: bool, side: int) -> frozenset[str] | None:
    """The characters with which some parts may begin (`side` 0) or end (-1); None where they are too many to say.

    A mark stands for all that is no letter. `beyond`: whether a word begins or ends beyond them.
    """
    if not parts:
        return frozenset({EDGE}) if beyond else None
    (kind, value), rest = parts[side], parts[1:] if side == 0 else parts[:-1]
    match kind:
        case sre.LITERAL | sre.IN:
            found = _of_class(value if kind is sre.IN else [(kind, value)])
        case sre.AT:
            found = frozenset({EDGE}) if value is sre.AT_BOUNDARY else None
        case sre.SUBPATTERN:
            found = _first(_in_order(value[3], rest, side), beyond, side)
        case sre.BRANCH:
            found = _union(_first(_in_order(each, rest, side), beyond, side) for each in value[1])
        case sre.MAX_REPEAT | sre.MIN_REPEAT:
            once = _first(_in_order(value[2], rest, side), beyond, side)
            found = once if value[0] else _union((once, _first(rest, beyond, side)))
        case _:
            found = None
    return found


def _in_order(part: Iterable[Any], rest: list[Any], side: int) -> list[Any]:
    return [*part, *rest] if side == 0 else [*rest, *part]


def _union(sets: Iterable[frozenset[str] | None]) -> frozenset[str] | None:
    made = frozenset[str]()
    for each in sets:
        if each is None or len(made | each) > _MOST_NEXT:
            return None
        made |= each
    return made


def _of_class(value: Any) -> frozenset[str] | None:
    """The characters of a class, such as `[.-]` or a digit."""
    made = set[str]()
    for kind, part in value:
        if kind is sre.LITERAL:
            made.add(EDGE if _NO_WORD.match(chr(part)) else chr(part))
        elif kind is sre.RANGE and part[1] - part[0] < _MOST_NEXT:
            made |= {EDGE if _NO_WORD.match(chr(each)) else chr(each) for each in range(part[0], part[1] + 1)}
        elif kind is sre.CATEGORY and part is sre.CATEGORY_DIGIT:
            made |= set("0123456789")
        elif kind is sre.CATEGORY and part is sre.CATEGORY_SPACE:
            made.add(EDGE)
        else:
            return None
    return frozenset(made)


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


def _marked(run: str, before: bool, after: bool, *, always: bool = False) -> str:
    """A piece, with a mark where a word begins or ends, if it is one by itself; `always`: it holds marks already."""
    before, after = before and run[0].isalnum(), after and run[-1].isalnum()
    if not (before or after or always):
        return run
    return f"{EDGE if before else ''}{_NO_WORD.sub(EDGE, run)}{EDGE if after else ''}"


def with_edges(word: str) -> str:
    """A word as pieces are looked for in it: as it is, then with marks for all that is no letter and for its ends."""
    return f"{word}{EDGE}{EDGE}{_NO_WORD.sub(EDGE, word)}{EDGE}"


@cache
def _ordinary() -> tuple[str, ...]:
    return tuple(map(with_edges, _ORDINARY))


@cache
def _commonness(pieces: frozenset[str]) -> tuple[int, int]:
    """How many ordinary words hold one of some pieces, then how many pieces there are: the fewer the better."""
    short = sum(_SHORT for piece in pieces if not any(each.isalnum() for each in piece))
    holding = 0
    for piece in pieces:
        holding |= _holding(piece)
    everywhere = (holding & _everywhere()).bit_count()
    return short + holding.bit_count() + _AS_MUCH_AS * everywhere, len(pieces)


@cache
def _everywhere() -> int:
    """The bits of the words that stand everywhere."""
    return sum(1 << place for place, word in enumerate(_ORDINARY) if _EVERYWHERE.fullmatch(word))


@cache
def _holding(piece: str) -> int:
    """The ordinary words that hold a piece, each a bit."""
    return sum(1 << place for place, word in enumerate(_ordinary()) if piece in word)
