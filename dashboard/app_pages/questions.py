"""The page of written questions and their answers."""

from __future__ import annotations

import streamlit as st

from audits.errors import BoussoleError
from dashboard import compass_html, frame
from dashboard.access.permissions import Action, allowed
from dashboard.access.person import here
from dashboard.addresses import evidence_href
from dashboard.forms.html import Acting, done_html
from dashboard.html import Html
from dashboard.questions import html
from dashboard.questions.forms import answers_of
from dashboard.questions.view import questions_page
from dashboard.words import Say, speaker


def show(say: Say) -> None:
    """The page, with the forms that the reader's role may fill in."""
    role, query = here().role, frame.kept_query()
    page = questions_page(frame.scene(), frame.chambers(), say, query=query)
    forms = answers_of(page, say) if allowed(role, Action.ANSWER) else lambda _: ()
    acting = Acting(query=query, problem=frame.problem(), forms=forms)
    done = frame.sealed_entry(st.query_params.get("done", ""))
    told = say("It is recorded and sealed.")
    frame.put(
        html.head(page, say, may_ask=allowed(role, Action.TAKE_PART)),
        done_html(done, told, say, href=evidence_href(query=query, entry=str(done))) if done is not None else Html(""),
        html.listed(page, say, acting),
    )


speaks = speaker(frame.language())
try:
    show(speaks)
except BoussoleError as error:
    st.html(compass_html.problem(error.what, error.next_step, speaks))
