"""The data page: whether each source is up to date, and what became of its rows."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from boussole.audits.errors import BoussoleError
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.pages.data.view import data_page
from boussole.dashboard.views.parts import context, notices

say = context.speaks()
try:
    seen, facts = context.scene(), context.facts()
except BoussoleError as error:
    st.html(notices.problem(error.what, error.next_step, say))
else:
    page = data_page(seen, facts, say, now=dt.datetime.now(dt.UTC), query=context.kept_query())
    template = Template("pages/data/data.html", say)
    st.html(template("head", page))
    if page["rows"]:
        st.html(template("sources", page))
        st.html(template("systems", page))
    elif not page["trouble"]:
        st.html(template("empty", page))
