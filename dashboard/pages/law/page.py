"""The law page: which questions answer to which provision, and what they say today."""

from __future__ import annotations

from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import Say
from boussole.dashboard.views.law import law_page
from boussole.dashboard.views.parts import context


def show(say: Say) -> None:
    """The provisions with their questions."""
    page = law_page(context.scene(), say, on=context.today(), query=context.kept_query())
    law = Template("pages/law/law.html", say)
    context.put(law("head", page), law("summary", page), law("provisions", page))


context.draw(show)
