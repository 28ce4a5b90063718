"""The data page: whether each source is up to date, and what became of its rows."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from boussole.audits.errors import BoussoleError
from boussole.dashboard.pages.data import data_html
from boussole.dashboard.pages.data.data_html import figures
from boussole.dashboard.pages.data.view import data_page
from boussole.dashboard.views.parts import context, notices
from boussole.dashboard.views.parts.taking_html import along

say = context.speaks()
try:
    seen, facts = context.scene(), context.facts()
except BoussoleError as error:
    st.html(notices.problem(error.what, error.next_step, say))
else:
    page = data_page(seen, facts, say, now=dt.datetime.now(dt.UTC), query=context.kept_query())
    st.html(data_html.head(page, say))
    if page.rows:
        st.html(data_html.sources(page, say, along=along("data", figures, say)))
        st.html(data_html.systems(page, say))
    elif not page.trouble:
        st.html(data_html.empty(page, say))
