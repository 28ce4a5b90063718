"""The page of written questions and their answers."""

from __future__ import annotations

import streamlit as st

from boussole.audits.errors import BoussoleError
from boussole.dashboard.access.people.permissions import Action, allowed
from boussole.dashboard.access.visitor import here
from boussole.dashboard.forms.forms_html import PageForms
from boussole.dashboard.pages.questions import questions_html
from boussole.dashboard.pages.questions.forms import answers_of
from boussole.dashboard.pages.questions.view import questions_page
from boussole.dashboard.parts import context, notices
from boussole.dashboard.words.say import Say, speaker


def show(say: Say) -> None:
    """The page, with the forms that the reader's role may fill in."""
    role, query = here().role, context.kept_query()
    page = questions_page(context.scene(), context.chambers(), say, query=query)
    forms = answers_of(page, here(), say)
    acting = PageForms(query=query, problem=context.problem(), forms=forms)
    context.put(
        questions_html.head(page, say, may_ask=allowed(role, Action.TAKE_PART)),
        context.just_done(context.committee_entries(), say),
        questions_html.listed(page, say, acting),
    )


speaks = speaker(context.language())
try:
    show(speaks)
except BoussoleError as error:
    st.html(notices.problem(error.what, error.next_step, speaks))
