"""The search page: everything that pages show, as far as somebody's role opens it."""

from __future__ import annotations

import streamlit as st

from boussole.audits.errors import BoussoleError
from boussole.dashboard import compass_html, frame
from boussole.dashboard.search.search_html import page
from boussole.dashboard.words import speaker

say = speaker(frame.language())
try:
    shown = frame.search(st.query_params.get("q", ""), say, kind=st.query_params.get("kind", ""))
except BoussoleError as error:
    st.html(compass_html.problem(error.what, error.next_step, say))
else:
    st.html(page(shown, say))
