"""The glossary page: what the words of the other pages mean."""

from __future__ import annotations

import streamlit as st

from boussole.dashboard import frame
from boussole.dashboard.glossary.glossary_html import page
from boussole.dashboard.words import speaker

st.html(page(speaker(frame.language())))
