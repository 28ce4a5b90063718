"""The page of effects on work."""

from __future__ import annotations

import streamlit as st

from audits.errors import BoussoleError
from dashboard import compass_html, frame
from dashboard.access.person import here
from dashboard.forms.html import Acting
from dashboard.records.routes import offered
from dashboard.records.setting import Setting
from dashboard.words import Say, speaker
from dashboard.work import html
from dashboard.work.view import work_page


def show(say: Say) -> None:
    """The page, with the forms that the reader's role may fill in."""
    seen, query = frame.scene(), frame.kept_query()
    page = work_page(seen, say, query=query)
    forms = offered("work", Setting(person=here(), say=say, scene=seen))
    frame.put(
        html.head(page, say),
        frame.just_done(frame.stated_entries(), say),
        html.surveys(page, say),
        html.training(page, say),
        html.time(page, say),
        html.consultations(page, say),
        html.acting(forms, say, Acting(query=query, problem=frame.problem())),
    )


speaks = speaker(frame.language())
try:
    show(speaks)
except BoussoleError as error:
    st.html(compass_html.problem(error.what, error.next_step, speaks))
