"""The settings page: what is set, where it is changed, and what is wrong with it."""

from __future__ import annotations

import streamlit as st

from boussole.audits.workspace import Workspace
from boussole.dashboard.alerts.page import section
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.pages.settings.view import settings_facts, settings_page
from boussole.dashboard.server.access.permissions import Action, allowed
from boussole.dashboard.server.access.sessions import here, own_sessions
from boussole.dashboard.views.parts import context

say, me = context.speaks(), here()
workspace, inside = Workspace.find(), allowed(me.role, Action.SEE_SETTINGS)
sessions = own_sessions(workspace, me)
shown = settings_page(me, settings_facts(workspace), say, inside=inside, query=context.kept_query(), sessions=sessions)
alerts = section(shown.inside.alerts, say) if shown.inside else None
st.html(Template("pages/settings/settings.html", say)("page", shown, alerts))
