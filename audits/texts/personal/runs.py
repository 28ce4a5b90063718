"""Runs of words with capitals that can be one name: cut at words that are none."""

from __future__ import annotations

import re
from collections.abc import Iterator

from boussole.audits.texts.personal.findings import Span
from boussole.audits.texts.personal.names import NOT_NAMES, is_first_name, plain
from boussole.audits.texts.personal.words import either

CAPITAL = r"[A-ZÀ-ÖØ-ÝŒŠŽŁÇŞİĞ][^\W\d_]*(?:['’\-][^\W\d_]+)*"
PARTICLE = re.compile(either("particles"))
_WORD = rf"(?:{PARTICLE.pattern}[ ]|[dlDL]['’](?=[A-ZÀ-Ý]))?(?:[A-Z]\.(?:-?[A-Z]\.)?[ ]?)?{CAPITAL}"
NAME = rf"{_WORD}(?:[ ]{_WORD}){{0,4}}"
_PIECE = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*\.?")
_SMALL_PARTICLE = re.compile(PARTICLE.pattern.replace("[Ll]", "l").replace("[Dd]", "d"))
_ELIDED = re.compile(r"[dlDL]['’](?=[A-ZÀ-Ý])")
_SHORT = re.compile(r"[a-zA-Z]{1,2}['’]")
_BETWEEN = re.compile(r"[ ]{1,2}-?")


def runs(text: str, span: Span, *, shouted: bool = False) -> Iterator[Span]:
    """The runs of words in a span that can be one name; of a text in capitals (`shouted`), no more than a surname."""
    run: list[Span] = []
    for piece in _PIECE.finditer(text, *span):
        word, at = piece[0], piece.span()
        initial = len(word) == 2 and word[1] == "." and word != "M."
        ended = word.endswith(".") and not initial
        if ended:
            word, at = word[:-1], (at[0], at[1] - 1)
        if run and not _BETWEEN.fullmatch(text, run[-1][1], at[0]):
            yield from _whole(text, run)
            run = []
        if initial or _fits(word, inside=bool(run)):
            run.append(at)
        else:
            yield from _whole(text, run)
            run = []
        if ended or (shouted and run and not is_first_name(word)):
            yield from _whole(text, run)
            run = []
            if shouted:
                return
    yield from _whole(text, run)


def _fits(word: str, *, inside: bool) -> bool:
    """Whether a word can stand in a name: with a capital and no common word, or a particle."""
    capital = _ELIDED.sub("", word, count=1)[:1].isupper()
    if PARTICLE.fullmatch(word):
        return inside or capital
    return capital and not common(word)


def _whole(text: str, run: list[Span]) -> Iterator[Span]:
    """A run of words as one span, without particles and initials at its end."""
    while run and (_SMALL_PARTICLE.fullmatch(text, *run[-1]) or text[run[-1][1] - 1] == "."):
        run = run[:-1]
    if run and run[-1][1] - run[0][0] > 1:
        yield run[0][0], run[-1][1]


def common(word: str) -> bool:
    """Whether a word is none of a name.

    >>> common("Cordialement"), common("L’Équipe"), common("Benali")
    (True, True, False)
    """
    elided = _SHORT.match(word)
    return plain(word[elided.end() :] if elided else word) in NOT_NAMES


def standing(text: str, word: str) -> Iterator[Span]:
    """Where a word or a name stands by itself in a text; no pattern is made of it, for patterns are kept."""
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        before, after = text[at - 1 : at], text[end : end + 1]
        if not (before and (before.isalnum() or before in "_@.-")) and not (
            after and (after.isalnum() or after in "_@-")
        ):
            yield at, end
        at = text.find(word, end)
