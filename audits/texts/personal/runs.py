"""Runs of words with capitals that can be one name: cut at words that are none."""

from __future__ import annotations

import re
from collections.abc import Iterator

from boussole.audits.texts.personal.findings import Span
from boussole.audits.texts.personal.names import NOT_NAMES, SURNAMES, is_first_name, plain
from boussole.audits.texts.personal.words import either

_CAPITALS = "".join(letter for letter in map(chr, (*range(0x41, 0x250), *range(0x1E00, 0x1F00))) if letter.isupper())
CAPITAL = rf"[{_CAPITALS}][^\W\d_]*(?:['’\-][^\W\d_]+)*"
PARTICLE = re.compile(either("particles"), re.IGNORECASE)
_WORD = rf"(?:{PARTICLE.pattern}[ ]|[dlDL]['’](?=[A-ZÀ-Ý]))?(?:[A-Z]\.(?:-?[A-Z]\.)?[ ]?)?{CAPITAL}"
NAME = rf"{_WORD}(?:[ ]{_WORD}){{0,4}}"
_PIECE = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*\.?")
_SMALL_PARTICLE = re.compile(PARTICLE.pattern.replace("[Ll]", "l").replace("[Dd]", "d"))
_ELISION = re.compile(r"[dlDL]['’](?=[a-zà-ÿ])")
_ELIDED = re.compile(r"[dlDL]['’](?=[A-ZÀ-Ý])")
_SHORT = re.compile(r"[a-zA-Z]{1,2}['’]")
_BETWEEN = re.compile(r"[ ]{1,2}-?")


def runs(text: str, span: Span, *, titled: bool = False, shouted: bool = False) -> Iterator[Span]:
    """Yield the runs of words that can be one name, after a title (`titled`) or in capitals (`shouted`)."""
    run: list[Span] = []
    for piece in _PIECE.finditer(text, *span):
        word, at = piece[0], piece.span()
        if len(word) == 1 and text[at[1] : at[1] + 1] == ".":
            word, at = f"{word}.", (at[0], at[1] + 1)
        initial = len(word) == 2 and word[1] == "." and word[0].isupper() and word != "M."
        ended = word.endswith(".") and not initial
        if ended:
            word, at = word[:-1], (at[0], at[1] - 1)
        if run and not _BETWEEN.fullmatch(text, run[-1][1], at[0]):
            yield from _whole(text, run)
            run = []
        first = titled and at[0] == span[0]
        if initial or _fits(word, inside=bool(run) or first, named=_named(text, run) or first):
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


def _named(text: str, run: list[Span]) -> bool:
    """Whether a run has begun with something that a surname follows: a first name, or a particle."""
    return bool(run) and (is_first_name(text[slice(*run[-1])]) or PARTICLE.fullmatch(text, *run[-1]) is not None)


def _fits(word: str, *, inside: bool, named: bool) -> bool:
    """Whether a word can stand in a name: with a capital and no common word, or a particle."""
    capital = _ELIDED.sub("", word, count=1)[:1].isupper() and not _ELISION.match(word)
    if PARTICLE.fullmatch(word):
        return inside or capital
    return capital and len(word) > 1 and (not common(word) or (named and plain(word) in SURNAMES))


def _whole(text: str, run: list[Span]) -> Iterator[Span]:
    """Yield a run of words as one span, without particles at its end, nor an initial that follows no first name."""
    while run and (
        _SMALL_PARTICLE.fullmatch(text, *run[-1])
        or (text[run[-1][1] - 1] == "." and not (len(run) > 1 and is_first_name(text[slice(*run[-2])])))
    ):
        run = run[:-1]
    while len(run) > 1 and text[run[0][0]].islower() and is_first_name(text[slice(*run[1])]):
        run = run[1:]
    if len(run) > 2 and text[run[0][0] : run[-1][1]].isupper():
        run = _beside_first_name(text, run)
    if run and run[-1][1] - run[0][0] > 1:
        yield run[0][0], run[-1][1]


def _beside_first_name(text: str, run: list[Span]) -> list[Span]:
    """Return, of words in capitals, the surname before the first name with its particle, or the one after it."""
    words = [text[slice(*each)] for each in run]
    at = next((place for place, word in enumerate(words) if is_first_name(word)), None)
    if at is None:
        return run
    if at == 0:
        end = 2 + sum(1 for word in words[1:3] if PARTICLE.fullmatch(word))
        return run[:end]
    start = at - 1
    while start > 0 and PARTICLE.fullmatch(words[start - 1]):
        start -= 1
    return run[start : at + 1]


def common(word: str) -> bool:
    """Whether a word is part of no name."""
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
