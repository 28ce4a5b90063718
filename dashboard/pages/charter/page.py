"""The charter page: the text in force, its versions, and what another version would change before it is adopted."""

from __future__ import annotations

import streamlit as st

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.dashboard.pages.charter import charter_html
from boussole.dashboard.pages.charter.amendment import charter
from boussole.dashboard.pages.charter.view import charter_page
from boussole.dashboard.views.parts import context, notices

say = context.speaks()
try:
    seen = charter(Workspace.find(), st.query_params.get("against", ""), context.today())
except BoussoleError as error:
    st.html(notices.problem(error.what, error.next_step, say))
else:
    page = charter_page(seen, say, query=context.kept_query())
    st.html(charter_html.head(page, say))
    if page.other:
        st.html(charter_html.amendment(page.other, say))
    st.html(charter_html.text(page, say))
    st.html(charter_html.rules(page, say))
    st.html(charter_html.versions(page, say))
