"""The first page: what waits for whoever looks, what changed, and where the charter is kept, where not."""

from __future__ import annotations

import streamlit as st

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.elements import Html
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.pages.compass import compass_html
from boussole.dashboard.pages.compass.compass_html import figures
from boussole.dashboard.server.access.permissions import Action, allowed
from boussole.dashboard.server.access.visitor import here
from boussole.dashboard.views import store
from boussole.dashboard.views.chamber import Chamber
from boussole.dashboard.views.compass import compass
from boussole.dashboard.views.home import Changes, own_chambers, since_audit, since_session, waiting
from boussole.dashboard.views.incidents import owed as incidents_owed
from boussole.dashboard.views.parts import context, notices
from boussole.dashboard.views.parts.taking_html import along
from boussole.dashboard.views.scene import Scene
from boussole.dashboard.views.since import met_last


def changed(seen: Scene, seated: list[Chamber], say: Say, *, incidents: bool) -> Changes | Html:
    """What changed since the committee of whoever looks met last; where that cannot be read, why."""
    query, every = context.kept_query(), st.query_params.get("changes") == "all"
    met = met_last(seated)
    if met is None:
        return since_audit(seen, say, query=query, every=every)
    try:
        then = store.before_session(Workspace.find(), met)
    except BoussoleError as error:
        return notices.problem(error.what, error.next_step, say)
    return since_session(seen, met, then, say, query=query, incidents=incidents, every=every)


say = context.speaks()
try:
    seen, seated = context.scene(), list(own_chambers(context.chambers(), here()))
except BoussoleError as error:
    st.html(notices.problem(error.what, error.next_step, say))
else:
    if seen.latest:
        query, incidents = context.kept_query(), allowed(here().role, Action.SEE_INCIDENTS)
        owed = incidents_owed(seen, say, query=query) if incidents else []
        view = compass(seen, say, query=query)
        due = waiting(here(), seated, context.duties(), say, query=query, owed=owed)
        st.html(compass_html.tour(say))
        st.html(compass_html.head(view, say))
        st.html(compass_html.home(due, changed(seen, seated, say, incidents=incidents), say))
        st.html(compass_html.overview(view, say, along=along("compass", figures, say)))
        st.html(compass_html.again(say))
    else:
        st.html(compass_html.empty(say))
