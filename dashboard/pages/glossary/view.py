"""The glossary page as data: every word under its theme, and by its first letter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from boussole.dashboard.markup.glossary import Word, plain_letters, sorted_by_name, themes, words
from boussole.dashboard.markup.words.say import Say

Named = tuple[str, str]
"""The id of a word and the word."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A word, what it means, and the words beside which it is understood."""

    id: str
    word: str
    text: str
    see: Sequence[Named]


@dataclass(frozen=True, kw_only=True)
class ThemePart:
    """Words that belong together."""

    id: str
    title: str
    entries: Sequence[Entry]


@dataclass(frozen=True, kw_only=True)
class GlossaryPage:
    """The whole page. `alphabet`: each letter with the words that begin with it."""

    themes: Sequence[ThemePart]
    alphabet: Sequence[tuple[str, Sequence[Named]]]


def glossary_page(say: Say) -> GlossaryPage:
    """Every word, with a way in by theme and one by letter."""
    by_letter = groupby(sorted_by_name(say.lang), key=lambda word: plain_letters(word.word[say.lang])[0].upper())
    return GlossaryPage(
        themes=[
            ThemePart(
                id=theme.theme,
                title=say.text(theme.title),
                entries=[
                    Entry(
                        id=word.id,
                        word=say.text(word.word),
                        text=say.text(word.text),
                        see=[_named(words()[other], say) for other in word.see],
                    )
                    for word in theme.words
                ],
            )
            for theme in themes()
        ],
        alphabet=[
            (letter if letter.isalpha() else "0–9", [_named(word, say) for word in found])
            for letter, found in by_letter
        ],
    )


def _named(word: Word, say: Say) -> Named:
    return word.id, say.text(word.word)
