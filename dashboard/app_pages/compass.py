"""The first page: where the charter is kept, where not, where nobody knows."""

from __future__ import annotations

import streamlit as st

from audits.errors import BoussoleError
from dashboard import compass_html, frame, register_html
from dashboard.register_due import agenda
from dashboard.views import compass
from dashboard.words import speaker

say = speaker(frame.language())
try:
    seen = frame.scene()
except BoussoleError as error:
    st.html(compass_html.problem(error.what, error.next_step, say))
else:
    if seen.latest:
        view = compass(seen, say, query=frame.kept_query(), all_changes=st.query_params.get("changes") == "all")
        due = agenda(frame.duties(), say, query=frame.kept_query())
        st.html(compass_html.head(view, say))
        st.html(compass_html.overview(view, say))
        if due:
            st.html(register_html.agenda(due))
        st.html(compass_html.below(view, say))
    else:
        st.html(compass_html.empty(say))
