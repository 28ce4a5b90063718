"""The glossary page, and the links that lead to it from where a word stands."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from boussole.dashboard.addresses import glossary_href
from boussole.dashboard.glossary.book import Theme, Word, marked, plain_letters, sorted_by_name, themes, words
from boussole.dashboard.markup import Child, Html, details, el, facts, join
from boussole.dashboard.reading import Kind, reading
from boussole.dashboard.words import Say


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


def linked(text: str, say: Say) -> Html:
    """A text whose technical words lead to what they mean."""
    pieces: list[Child] = [
        el("a", piece, href=glossary_href(owner, query={"lang": say.lang}), target="_self", class_="word")
        if owner
        else piece
        for piece, owner in marked(text, say.lang)
    ]
    return join(pieces)


def explained(pairs: Sequence[tuple[str, Child]], say: Say) -> Html:
    """The small print, where each name that is a technical word leads to what it means."""
    return facts([(linked(name, say), value) for name, value in pairs])


def how_to_read(kind: Kind, say: Say, *, links: bool = True) -> Html:
    """Beside a figure, on request: what its marks mean. Without `links` where the glossary is out of reach."""
    told = [el("p", linked(sentence, say) if links else sentence) for sentence in reading(kind, say)]
    return details(say("How to read this"), *told, class_="how")
