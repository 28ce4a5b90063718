"""The charter page: the text in force, its versions, and what another version would change before it is adopted."""

from __future__ import annotations

import streamlit as st

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.pages.charter.view import charter, charter_page
from boussole.dashboard.views.parts import context, notices

say = context.speaks()
try:
    seen = charter(Workspace.find(), st.query_params.get("against", ""), context.today())
except BoussoleError as error:
    st.html(notices.problem(error.what, error.next_step, say))
else:
    page = charter_page(seen, say, query=context.kept_query())
    template = Template("pages/charter/charter.html", say)
    st.html(template("head", page))
    if page.other:
        st.html(template("amendment", page.other))
    st.html(template("text", page))
    st.html(template("rules", page))
    st.html(template("versions", page))
