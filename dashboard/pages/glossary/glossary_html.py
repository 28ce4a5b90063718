"""The glossary page as HTML."""

from __future__ import annotations

from itertools import groupby

from boussole.dashboard.markup.elements import Html, details, el, join
from boussole.dashboard.markup.glossary import Theme, Word, plain_letters, sorted_by_name, themes, words
from boussole.dashboard.markup.words.say import Say


def page(say: Say) -> Html:
    """Every word under its theme, with a way in by theme and one by letter."""
    shown = themes()
    ways = [el("li", el("a", say.text(theme.title), href=f"#theme-{theme.theme}", target="_self")) for theme in shown]
    return join(
        [
            el("h1", say("What the words mean")),
            el(
                "p",
                say("The technical words of these pages, each in one or two sentences. A word has its own address."),
                class_="subtitle",
            ),
            el("nav", el("ul", *ways), class_="ways", aria_label=say("Themes")),
            details(say("All words, from A to Z"), _alphabet(say), class_="folded"),
            *[_theme(theme, say) for theme in shown],
        ]
    )


def _alphabet(say: Say) -> Html:
    """Every word by its first letter."""
    by_letter = groupby(sorted_by_name(say.lang), key=lambda word: plain_letters(word.word[say.lang])[0].upper())
    rows = [
        el(
            "div",
            el("dt", letter if letter.isalpha() else "0–9"),
            el("dd", *[el("a", say.text(word.word), href=f"#word-{word.id}", target="_self") for word in found]),
        )
        for letter, found in by_letter
    ]
    return el("dl", *rows, class_="alphabet")


def _theme(theme: Theme, say: Say) -> Html:
    entries = [_entry(word, say) for word in theme.words]
    return el(
        "section",
        el("h2", say.text(theme.title), id=f"theme-{theme.theme}"),
        el("dl", *entries, class_="glossary"),
    )


def _entry(word: Word, say: Say) -> Html:
    known = words()
    others = [el("a", say.text(known[each].word), href=f"#word-{each}", target="_self") for each in word.see]
    return el(
        "div",
        el("dt", say.text(word.word), id=f"word-{word.id}"),
        el("dd", say.text(word.text)),
        el("dd", say("See also:"), " ", join(others, ", "), class_="told") if others else None,
    )
