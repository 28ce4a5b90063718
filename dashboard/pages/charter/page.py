"""The charter page: the text in force, its versions, and what another version would change before it is adopted."""

from __future__ import annotations

import streamlit as st

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.elements import Html
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.pages.charter.forms import adopting
from boussole.dashboard.pages.charter.view import charter, charter_page
from boussole.dashboard.server.access.sessions import here
from boussole.dashboard.server.forms import PageForms
from boussole.dashboard.views.parts import context, notices

say = context.speaks()
try:
    seen = charter(Workspace.find(), st.query_params.get("against", ""), context.today())
except BoussoleError as error:
    st.html(notices.problem(error.what, error.next_step, say))
else:
    page = charter_page(seen, say, query=context.kept_query())
    template = Template("pages/charter/charter.html", say)
    forms = [] if st.query_params.get("against", "") else adopting(Workspace.find(), here(), say)
    acting = PageForms(query=context.kept_query(), problem=context.problem())
    context.put(
        template("head", page),
        context.just_done((act.entry for each in seen.versions for act in each.acts), say),
        template("amendment", page["other"]) if page["other"] else Html(""),
        *acting.shown(forms, say),
    )
    st.html(template("text", page))
    st.html(template("rules", page))
    st.html(template("versions", page))
