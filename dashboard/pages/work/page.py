"""The page of effects on work."""

from __future__ import annotations

import streamlit as st

from boussole.audits.errors import BoussoleError
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.pages.work import work_html
from boussole.dashboard.pages.work.work_html import figures
from boussole.dashboard.server.access.visitor import here
from boussole.dashboard.server.forms.forms_html import PageForms
from boussole.dashboard.views.parts import context, notices
from boussole.dashboard.views.parts.taking_html import along
from boussole.dashboard.views.records.entering import offered
from boussole.dashboard.views.records.setting import Setting
from boussole.dashboard.views.work import work_page


def show(say: Say) -> None:
    """The page, with the forms that the reader's role may fill in."""
    seen, query = context.scene(), context.kept_query()
    page = work_page(seen, say, query=query)
    forms = offered("work", Setting(person=here(), say=say, scene=seen))
    taken = along("work", figures, say)
    context.put(
        work_html.head(page, say),
        context.just_done(context.stated_entries(), say),
        work_html.surveys(page, say, along=taken),
        work_html.training(page, say, along=taken),
        work_html.time(page, say, along=taken),
        work_html.consultations(page, say, along=taken),
        work_html.acting(forms, say, PageForms(query=query, problem=context.problem())),
    )


speaks = context.speaks()
try:
    show(speaks)
except BoussoleError as error:
    st.html(notices.problem(error.what, error.next_step, speaks))
