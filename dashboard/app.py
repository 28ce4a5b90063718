"""The dashboard: `boussole dashboard` runs this script for every look at a page."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard.frame import footer, language, prepare, sidebar
from dashboard.words import speaker

HERE = Path(__file__).parent

st.set_page_config(
    page_title="Boussole", page_icon=str(HERE / "static" / "icon.png"), layout="wide", initial_sidebar_state=244
)
say = speaker(language())
compass = st.Page("app_pages/compass.py", title=say("The compass"), default=True)
system = st.Page("app_pages/system.py", title=say("One system"), url_path="system")
article = st.Page("app_pages/article.py", title=say("One article"), url_path="article")
register = st.Page("app_pages/register.py", title=say("The register"), url_path="register")
charter = st.Page("app_pages/charter.py", title=say("The charter"), url_path="charter")
data = st.Page("app_pages/data.py", title=say("The data"), url_path="data")
law = st.Page("app_pages/law.py", title=say("The law"), url_path="law")
evidence = st.Page("app_pages/evidence.py", title=say("The evidence"), url_path="evidence")
chosen = st.navigation([compass, article, register, system, charter, data, law, evidence], position="hidden")
prepare()
about = {"article": article, "system": system}
sidebar(
    say,
    page=chosen.url_path,
    **{name: st.query_params.get(name, "") if chosen is page else "" for name, page in about.items()},
)
chosen.run()
footer(say)
