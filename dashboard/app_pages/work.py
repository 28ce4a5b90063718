"""The page of effects on work."""

from __future__ import annotations

import streamlit as st

from boussole.audits.errors import BoussoleError
from boussole.dashboard import compass_html, frame
from boussole.dashboard.access.visitor import here
from boussole.dashboard.forms.forms_html import Acting
from boussole.dashboard.records.routes import offered
from boussole.dashboard.records.setting import Setting
from boussole.dashboard.words import Say, speaker
from boussole.dashboard.work import work_html
from boussole.dashboard.work.view import work_page


def show(say: Say) -> None:
    """The page, with the forms that the reader's role may fill in."""
    seen, query = frame.scene(), frame.kept_query()
    page = work_page(seen, say, query=query)
    forms = offered("work", Setting(person=here(), say=say, scene=seen))
    frame.put(
        work_html.head(page, say),
        frame.just_done(frame.stated_entries(), say),
        work_html.surveys(page, say),
        work_html.training(page, say),
        work_html.time(page, say),
        work_html.consultations(page, say),
        work_html.acting(forms, say, Acting(query=query, problem=frame.problem())),
    )


speaks = speaker(frame.language())
try:
    show(speaks)
except BoussoleError as error:
    st.html(compass_html.problem(error.what, error.next_step, speaks))
