"""The page of incidents and appeals."""

from __future__ import annotations

import streamlit as st

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.dashboard import compass_html, frame
from boussole.dashboard.access.log import look
from boussole.dashboard.access.permissions import Action, allowed
from boussole.dashboard.access.visitor import here
from boussole.dashboard.evidence_view import number_of
from boussole.dashboard.forms.forms_html import Acting
from boussole.dashboard.incidents import incidents_html
from boussole.dashboard.incidents.asking import forms_for
from boussole.dashboard.incidents.view import incidents_page
from boussole.dashboard.words import Say, speaker


def show(say: Say) -> None:
    """The page, with the forms that the reader's role may fill in."""
    seen, me, query = frame.scene(), here(), frame.kept_query()
    role, single = me.role, allowed(me.role, Action.SEE_APPEALS)
    if single:
        look(Workspace.find(), me, Action.SEE_APPEALS, place="/incidents")
    page = incidents_page(seen, say, query=query, single=single)
    forms = forms_for(seen, role, say)
    acting = Acting(query=query, problem=frame.problem(), forms=forms.of_incident)
    frame.put(
        incidents_html.head(page, say),
        frame.just_done(frame.stated_entries(), say, forms.appeal_number(number_of(st.query_params.get("done", "")))),
        incidents_html.incidents(page, say, acting, opening=forms.opening),
        incidents_html.appeals(page, say, acting, forms=[*forms.deciding, *forms.entering]),
    )


speaks = speaker(frame.language())
try:
    show(speaks)
except BoussoleError as error:
    st.html(compass_html.problem(error.what, error.next_step, speaks))
