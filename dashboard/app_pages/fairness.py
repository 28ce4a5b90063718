"""The fairness explorer: one released figure at a time, by group."""

from __future__ import annotations

import streamlit as st

from boussole.audits.errors import BoussoleError
from boussole.dashboard import compass_html, frame
from boussole.dashboard.fairness.asking import Chosen
from boussole.dashboard.fairness.fairness_html import empty, page
from boussole.dashboard.words import speaker

say = speaker(frame.language())
try:
    shown = frame.explorer(Chosen.of(st.query_params.to_dict()), say)
except BoussoleError as error:
    st.html(compass_html.problem(error.what, error.next_step, say))
else:
    st.html(page(shown, say) if shown else empty(say))
    frame.put(frame.ask_about(shown.chosen.system if shown else "", say))
