"""What stands under a figure: one fold with its files, its address, and how to cite it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from boussole.dashboard.markup.elements import Html, details, el, facts, link
from boussole.dashboard.parts.taking.citing import citation
from boussole.dashboard.parts.taking.figure import Figure, file_name
from boussole.dashboard.words.say import Say

Along = Callable[[str], Html]
"""The fold under a figure, by its name; nothing where the page has no such figure."""
LANGUAGE_NAMES = {"fr": "Français", "en": "English"}


def nothing(_name: str) -> Html:
    """No fold: for a page that is drawn where nobody takes anything."""
    return Html("")


def fold(
    figure: Figure,
    say: Say,
    *,
    others: Mapping[str, tuple[Figure, Say]],
    files: Mapping[str, str],
    site: str,
    on: dt.date,
) -> Html:
    """`others`: the figure in the other languages; `files`: where each kind is; `site`: where people open the app."""
    named = [("png", say("Image (PNG)")), ("svg", say("Image (SVG)")), ("csv", say("Table (CSV)"))]
    of = el("span", f" ({figure.title})", class_="unseen")
    takes = [
        el("li", el("a", name, of, href=files[kind], target="_self", download=file_name(figure, kind), class_="take"))
        for kind, name in named
    ]
    address = site.rstrip("/") + figure.href
    cited = [
        el(
            "blockquote",
            el("span", f"{LANGUAGE_NAMES[lang]} · ", class_="told"),
            citation(each, spoken, on=on),
            lang=lang,
        )
        for lang, (each, spoken) in {say.lang: (figure, say), **others}.items()
    ]
    return details(
        say("Take it along"),
        el("ul", *takes, class_="takes"),
        el("p", say("Its address:"), " ", link(address, address), class_="own-address"),
        el("p", say("To cite it:")),
        *cited,
        facts([(name, el("code", text)) for name, text in figure.prints if text]),
        class_="along",
    )
