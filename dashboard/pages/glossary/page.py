"""The glossary page: what the words of the other pages mean."""

from __future__ import annotations

import streamlit as st

from boussole.dashboard.pages.glossary.glossary_html import page
from boussole.dashboard.views.parts import context

st.html(page(context.speaks()))
