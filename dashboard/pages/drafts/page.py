"""The page of the drafts of a committee."""

from __future__ import annotations

import streamlit as st

from boussole.audits.workspace import Workspace
from boussole.charter.committee.papers.drafts import drafts
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import drafts_href
from boussole.dashboard.server.access.sessions import here
from boussole.dashboard.server.forms import folded_form
from boussole.dashboard.views.chamber import reads_drafts
from boussole.dashboard.views.parts import context
from boussole.dashboard.views.parts.drafts import beginning, draft_line


def show(say: Say) -> None:
    """What is being written, and the form to begin."""
    shown = Template("pages/drafts/drafts.html", say)
    query, asked = context.kept_query(), st.query_params.get("committee", "")
    chambers = {name: each for name, each in context.chambers().items() if reads_drafts(here(), each)}
    if not chambers:
        st.html(shown("nobodys"))
        return
    name = asked if asked in chambers else next(iter(chambers))
    chamber = chambers[name]
    others = [(each.title(say), drafts_href(at, query=query), at == name) for at, each in chambers.items()]
    lines = [draft_line(chamber, each, say, query=query) for each in drafts(Workspace.find(), name)]
    problem = context.problem()
    context.put(
        shown("head", chamber.title(say), lines, others),
        folded_form(say("Begin a draft"), beginning(chamber, say), say, query=query, problem=problem),
    )


context.draw(show)
