"""The page of incidents and appeals: what is open, what is late, what it rests on, and the forms to enter them."""

from __future__ import annotations

import streamlit as st

from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import number_of
from boussole.dashboard.pages.incidents.view import forms_for, incidents_page
from boussole.dashboard.server.access.log import look
from boussole.dashboard.server.access.permissions import Action, allowed
from boussole.dashboard.server.access.sessions import here
from boussole.dashboard.server.forms import PageForms
from boussole.dashboard.views.parts import context


def show(say: Say) -> None:
    """The page, with the forms that the reader's role may fill in."""
    seen, me, query = context.scene(), here(), context.kept_query()
    role, single = me.role, allowed(me.role, Action.SEE_APPEALS)
    if single:
        look(Workspace.find(), me, Action.SEE_APPEALS, place="/incidents")
    page = incidents_page(seen, say, query=query, single=single)
    forms = forms_for(seen, role, say)
    acting = PageForms(query=query, problem=context.problem(), forms=forms.of_incident)
    made, just_done = Template("pages/incidents/incidents.html", say), number_of(st.query_params.get("done", ""))
    context.put(
        made("head", page),
        context.just_done(context.stated_entries(), say, forms.appeal_number(just_done)),
        made("incidents", page, acting, forms.opening),
        made("appeals", page, acting, [*forms.deciding, *forms.entering]),
    )


context.draw(show)
