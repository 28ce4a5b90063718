"""The dashboard: `boussole dashboard` runs this script for every look at a page."""

from __future__ import annotations

import streamlit as st

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.dashboard.app import frame
from boussole.dashboard.app.frame import HERE, footer, outside, prepare, script, shown, sidebar
from boussole.dashboard.markup.words.addresses import FIRST, pages
from boussole.dashboard.server.access.account import sign_in
from boussole.dashboard.server.access.log import look
from boussole.dashboard.server.access.permissions import allowed
from boussole.dashboard.server.access.places import page_actions
from boussole.dashboard.server.access.sessions import SignedOutError, here, looking, refusal_of
from boussole.dashboard.views.parts.context import speaks
from boussole.dashboard.views.parts.notices import problem, refused

say = speaks()
known = pages(say)
scripts = [
    st.Page(script(page), title=page.title, url_path=page.path.strip("/"), default=page.name == FIRST) for page in known
]
chosen = st.navigation(scripts, position="hidden")
st.set_page_config(
    page_title=f"{chosen.title} · Boussole",
    page_icon=str(HERE / "static" / "icon.png"),
    layout="wide",
    initial_sidebar_state=244,
)
name = chosen.url_path or FIRST
with frame.guarded(f"the frame of {name}", say):
    prepare()
    address = frame.here(name)
    try:
        me = here()
    except SignedOutError as error:
        outside(say)
        st.html(sign_in(refusal_of(st.query_params.get("refused", ""), error.reason), say, to=address))
        footer(say, name=name, local=False)
    except BoussoleError as error:
        outside(say)
        st.html(problem(error.what, error.next_step, say))
        footer(say, name=name, local=False)
    else:
        sidebar(say, me, [page for page in known if allowed(me.role, page_actions()[page.name])], name=name)
        look(Workspace.find(), me, page_actions()[name], place=f"/{name}")
        if allowed(me.role, page_actions()[name]):
            with looking(me):
                shown(chosen, say)
        else:
            st.html(refused(me.role, page_actions()[name], say, local=not me.authenticated))
        footer(say, name=name, local=not me.authenticated, told=frame.checked_outside(say))
