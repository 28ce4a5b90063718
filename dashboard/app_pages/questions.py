"""The page of written questions and their answers."""

from __future__ import annotations

import streamlit as st

from audits.errors import BoussoleError
from dashboard import compass_html, frame
from dashboard.access.permissions import Action, allowed
from dashboard.access.person import here
from dashboard.forms.html import Acting
from dashboard.questions import html
from dashboard.questions.forms import answers_of
from dashboard.questions.view import questions_page
from dashboard.words import Say, speaker


def show(say: Say) -> None:
    """The page, with the forms that the reader's role may fill in."""
    role, query = here().role, frame.kept_query()
    page = questions_page(frame.scene(), frame.chambers(), say, query=query)
    forms = answers_of(page, here(), say)
    acting = Acting(query=query, problem=frame.problem(), forms=forms)
    frame.put(
        html.head(page, say, may_ask=allowed(role, Action.TAKE_PART)),
        frame.just_done(frame.committee_entries(), say),
        html.listed(page, say, acting),
    )


speaks = speaker(frame.language())
try:
    show(speaks)
except BoussoleError as error:
    st.html(compass_html.problem(error.what, error.next_step, speaks))
