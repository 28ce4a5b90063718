"""What stands under a figure, one fold with its files and how to cite it, and how a page asks for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

import streamlit as st

from boussole.audits.errors import BoussoleError
from boussole.audits.languages import LANGUAGES
from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.elements import Html, details, el, facts, link
from boussole.dashboard.markup.words.say import Say, speaker
from boussole.dashboard.server.access.visitor import here
from boussole.dashboard.views.parts.taking import Figure, Figures, Wanted, citation, file_name
from boussole.dashboard.views.parts.taking_files import KINDS, file_href

# What stands under a figure: one fold with its files, its address, and how to cite it.


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


# What the script of a page asks to put a fold under each of its figures.


def along(page: str, figures: Figures, say: Say) -> Along:
    """The folds of the page at the address that is looked at."""
    workspace, query = Workspace.find(), st.query_params.to_dict()
    spoken: dict[str, Say] = {
        lang: say if lang == say.lang else speaker(lang, say.zone, say.main) for lang in LANGUAGES
    }
    try:
        found: dict[str, Mapping[str, Figure]] = {
            lang: figures(Wanted(workspace=workspace, query={**query, "lang": lang}, say=each, person=here()))
            for lang, each in spoken.items()
        }
    except BoussoleError as error:
        told = details(say("Take it along"), el("p", error.what), el("p", error.next_step), class_="along")
        return lambda _name: told

    def under(name: str) -> Html:
        figure = found[say.lang].get(name)
        if figure is None:
            return Html("")
        others = {lang: (found[lang][name], each) for lang, each in spoken.items() if name in found[lang]}
        files = {kind: file_href(page, name, kind, figure, say.lang) for kind in KINDS}
        site, today = workspace.settings.access.address, workspace.today()
        return fold(figure, say, others=others, files=files, site=site, on=today)

    return under
