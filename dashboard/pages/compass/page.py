"""The first page: what waits for whoever looks, what changed, and where the charter is kept, where not."""

from __future__ import annotations

import streamlit as st

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.elements import Html
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import Say
from boussole.dashboard.pages.compass.view import Changes, since_audit, since_session
from boussole.dashboard.server.access.log import sheet_requests
from boussole.dashboard.server.access.permissions import Action, allowed
from boussole.dashboard.server.access.sessions import here
from boussole.dashboard.views import store
from boussole.dashboard.views.chamber import Chamber, met_last
from boussole.dashboard.views.compass import compass, own_chambers, sheets, waiting
from boussole.dashboard.views.incidents_and_work import owed as incidents_owed
from boussole.dashboard.views.parts import context, notices
from boussole.dashboard.views.scene import Scene


def changed(seen: Scene, seated: list[Chamber], say: Say, *, incidents: bool) -> Html:
    """What changed since the committee of whoever looks met last; where that cannot be read, why."""
    try:
        found = changes(seen, seated, say, incidents=incidents)
    except BoussoleError as error:
        return notices.problem(error.what, error.next_step, say)
    return Template("pages/compass/compass.html", say)("changes", found)


def changes(seen: Scene, seated: list[Chamber], say: Say, *, incidents: bool) -> Changes:
    """The changes since then. Raises BoussoleError where what was known then cannot be read."""
    query, every = context.kept_query(), st.query_params.get("changes") == "all"
    met = met_last(seated)
    if met is None:
        return since_audit(seen, say, query=query, every=every)
    then = store.before_session(Workspace.find(), met)
    return since_session(seen, met, then, say, query=query, incidents=incidents, every=every)


say = context.speaks()
try:
    seen, seated = context.scene(), list(own_chambers(context.chambers(), here()))
except BoussoleError as error:
    st.html(notices.problem(error.what, error.next_step, say))
else:
    made = Template("pages/compass/compass.html", say)
    if seen.latest:
        query, incidents = context.kept_query(), allowed(here().role, Action.SEE_INCIDENTS)
        owed = incidents_owed(seen, say, query=query) if incidents else []
        if allowed(here().role, Action.SEE_SHEET):
            owed += sheets(sheet_requests(Workspace.find(), here()), here(), seen, say, query=query)
        view = compass(seen, say, query=query)
        due = waiting(here(), seated, context.duties(), say, query=query, owed=owed)
        st.html(made("tour"))
        st.html(made("head", view))
        st.html(made("home", made("waiting", due), changed(seen, seated, say, incidents=incidents)))
        st.html(made("overview", view))
        st.html(made("again"))
    else:
        st.html(made("empty"))
