"""The law page: which questions answer to which provision, and what they say today."""

from __future__ import annotations

import streamlit as st

from boussole.audits.errors import BoussoleError
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.views.law import law_page
from boussole.dashboard.views.parts import context, notices

say = context.speaks()
try:
    seen = context.scene()
except BoussoleError as error:
    st.html(notices.problem(error.what, error.next_step, say))
else:
    page = law_page(seen, say, on=context.today(), query=context.kept_query())
    law = Template("pages/law/law.html", say)
    context.put(law("head", page), law("summary", page), law("provisions", page))
