"""The page of written questions and their answers."""

from __future__ import annotations

import streamlit as st

from boussole.audits.errors import BoussoleError
from boussole.dashboard import compass_html, frame
from boussole.dashboard.access.permissions import Action, allowed
from boussole.dashboard.access.visitor import here
from boussole.dashboard.forms.forms_html import Acting
from boussole.dashboard.questions import questions_html
from boussole.dashboard.questions.forms import answers_of
from boussole.dashboard.questions.view import questions_page
from boussole.dashboard.words import Say, speaker


def show(say: Say) -> None:
    """The page, with the forms that the reader's role may fill in."""
    role, query = here().role, frame.kept_query()
    page = questions_page(frame.scene(), frame.chambers(), say, query=query)
    forms = answers_of(page, here(), say)
    acting = Acting(query=query, problem=frame.problem(), forms=forms)
    frame.put(
        questions_html.head(page, say, may_ask=allowed(role, Action.TAKE_PART)),
        frame.just_done(frame.committee_entries(), say),
        questions_html.listed(page, say, acting),
    )


speaks = speaker(frame.language())
try:
    show(speaks)
except BoussoleError as error:
    st.html(compass_html.problem(error.what, error.next_step, speaks))
