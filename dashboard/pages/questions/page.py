"""The page of written questions of committees: late ones, their answers, who must answer, and by when."""

from __future__ import annotations

import streamlit as st

from boussole.charter.record_types.acts import CommitteeQuestion
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import number_of
from boussole.dashboard.pages.questions.view import forms_of, questions_page
from boussole.dashboard.server.access.permissions import Action, allowed
from boussole.dashboard.server.access.sessions import here
from boussole.dashboard.server.forms import PageForms
from boussole.dashboard.views.committee_words import known_words
from boussole.dashboard.views.parts import context


def show(say: Say) -> None:
    """The page, with the forms that the reader's role may fill in."""
    role, query = here().role, context.kept_query()
    chambers = context.chambers()
    page = questions_page(context.scene(), chambers, say, query=query)
    forms = forms_of(page, here(), say)
    acting = PageForms(query=query, problem=context.problem(), forms=forms)
    made = Template("pages/questions/questions.html", say)
    context.put(
        made("head", page, allowed(role, Action.TAKE_PART)),
        context.just_done(context.committee_entries(), say, _twice(say)),
        made("listed", page, acting),
    )


def _twice(say: Say) -> str:
    entry = number_of(st.query_params.get("done", ""))
    acts = [chamber.act(entry) for chamber in context.chambers().values()]
    known = next((act for act in acts if isinstance(act, CommitteeQuestion)), None)
    return known_words(known, say) if known and st.query_params.get("twice", "") == "1" else ""


context.draw(show)
