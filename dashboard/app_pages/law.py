"""The law page: which questions answer to which provision, and what they say today."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from boussole.audits.errors import BoussoleError
from boussole.dashboard import compass_html, frame, law_html
from boussole.dashboard.law_view import law_page
from boussole.dashboard.words import speaker

say = speaker(frame.language())
try:
    seen = frame.scene()
except BoussoleError as error:
    st.html(compass_html.problem(error.what, error.next_step, say))
else:
    page = law_page(seen, say, on=dt.datetime.now(dt.UTC).astimezone().date(), query=frame.kept_query())
    frame.put(law_html.head(page, say), law_html.summary(page, say), law_html.parts(page, say))
