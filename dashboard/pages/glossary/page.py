"""The glossary page: what the words of the other pages mean."""

from __future__ import annotations

import streamlit as st

from boussole.dashboard.markup.glossary import glossary_page
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.views.parts import context

say = context.speaks()
st.html(Template("pages/glossary/glossary.html", say)("page", glossary_page(say)))
