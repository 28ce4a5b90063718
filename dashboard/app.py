"""The dashboard: `boussole dashboard` runs this script for every look at a page."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from audits.errors import BoussoleError
from dashboard import frame
from dashboard.access.account_html import sign_in
from dashboard.access.permissions import allowed
from dashboard.access.person import here
from dashboard.access.places import PAGES
from dashboard.access.sessions import SignedOutError, refusal_of
from dashboard.access.words import refused
from dashboard.compass_html import problem
from dashboard.frame import footer, language, outside, prepare, sidebar
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
    "committee": say("The committee"),
    "session": say("One session"),
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
prepare()
address = frame.here(chosen.url_path)
try:
    me = here()
except SignedOutError as error:
    outside(say)
    st.html(sign_in(refusal_of(st.query_params.get("refused", ""), error.reason), say, to=address))
    footer(say, local=False)
except BoussoleError as error:
    outside(say)
    st.html(problem(error.what, error.next_step, say))
    footer(say, local=False)
else:
    about = {each: st.query_params.get(each, "") if name == each else "" for each in ("article", "system")}
    sidebar(say, me, page=chosen.url_path, **about)
    if allowed(me.role, PAGES[name]):
        chosen.run()
    else:
        st.html(refused(me.role, PAGES[name], say, local=not me.authenticated))
    footer(say, local=not me.authenticated)
