"""The fairness explorer: one released figure at a time, by group."""

from __future__ import annotations

import streamlit as st

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.dashboard.pages.fairness.along import figures
from boussole.dashboard.pages.fairness.cache import explorer
from boussole.dashboard.pages.fairness.fairness_html import empty, page
from boussole.dashboard.parts import context, notices
from boussole.dashboard.parts.taking.page import along
from boussole.dashboard.views.fairness_choice import FairnessQuery

say = context.speaks()
try:
    shown = explorer(Workspace.find(), FairnessQuery.of(st.query_params.to_dict()), say.lang)
except BoussoleError as error:
    st.html(notices.problem(error.what, error.next_step, say))
else:
    st.html(page(shown, say, along=along("fairness", figures, say)) if shown else empty(say))
    context.put(context.ask_about(shown.chosen.system if shown else "", say))
