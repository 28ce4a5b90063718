"""The dashboard: `boussole dashboard` runs this script for every look at a page."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard.access.permissions import allowed
from dashboard.access.person import here
from dashboard.access.places import PAGES
from dashboard.access.words import refused
from dashboard.frame import footer, language, prepare, sidebar
from dashboard.words import speaker

HERE = Path(__file__).parent
FIRST = "compass"

st.set_page_config(
    page_title="Boussole", page_icon=str(HERE / "static" / "icon.png"), layout="wide", initial_sidebar_state=244
)
say = speaker(language())
titles = {
    "compass": say("The compass"),
    "article": say("One article"),
    "register": say("The register"),
    "system": say("One system"),
    "charter": say("The charter"),
    "data": say("The data"),
    "law": say("The law"),
    "evidence": say("The evidence"),
}
pages = {
    name: st.Page(f"app_pages/{name}.py", title=titles[name], url_path=name, default=name == FIRST) for name in PAGES
}
chosen = st.navigation(list(pages.values()), position="hidden")
name = next(name for name, page in pages.items() if page is chosen)
me = here()
prepare()
about = {each: st.query_params.get(each, "") if name == each else "" for each in ("article", "system")}
sidebar(say, me, page=chosen.url_path, **about)
if allowed(me.role, PAGES[name]):
    chosen.run()
else:
    st.html(refused(me.role, PAGES[name], say, local=not me.authenticated))
footer(say)
