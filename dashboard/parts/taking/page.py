"""What the script of a page asks to put a fold under each of its figures."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from boussole.audits.errors import BoussoleError
from boussole.audits.languages import LANGUAGES
from boussole.audits.workspace import Workspace
from boussole.dashboard.access.visitor import here
from boussole.dashboard.markup.elements import Html, details, el
from boussole.dashboard.parts.taking.figure import Figure, Figures, Wanted
from boussole.dashboard.parts.taking.fold_html import Along, fold
from boussole.dashboard.parts.taking.routes import KINDS, file_href
from boussole.dashboard.words.say import Say, speaker


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
