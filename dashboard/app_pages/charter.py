"""The charter page: the text in force, its versions, and what another version would change before it is adopted."""

from __future__ import annotations

import streamlit as st

from boussole.audits.errors import BoussoleError
from boussole.dashboard import charter_html, compass_html, frame
from boussole.dashboard.charter_view import charter_page
from boussole.dashboard.words import speaker

say = speaker(frame.language())
try:
    seen = frame.charter(st.query_params.get("against", ""))
except BoussoleError as error:
    st.html(compass_html.problem(error.what, error.next_step, say))
else:
    page = charter_page(seen, say, query=frame.kept_query())
    st.html(charter_html.head(page, say))
    if page.other:
        st.html(charter_html.amendment(page.other, say))
    st.html(charter_html.text(page, say))
    st.html(charter_html.rules(page, say))
    st.html(charter_html.versions(page, say))
