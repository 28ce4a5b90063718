"""The glossary page: what the words of the other pages mean."""

from __future__ import annotations

import streamlit as st

from dashboard import frame
from dashboard.glossary.html import page
from dashboard.words import speaker

st.html(page(speaker(frame.language())))
