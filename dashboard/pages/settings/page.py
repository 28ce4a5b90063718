"""The settings page: who somebody is here, where they are signed in, and how pages speak and look."""

from __future__ import annotations

import streamlit as st

from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.pages.settings.view import settings_page
from boussole.dashboard.server.access.sessions import here, own_sessions
from boussole.dashboard.views.parts import context

say, me, workspace = context.speaks(), here(), Workspace.find()
shown = settings_page(me, workspace, say, sessions=own_sessions(workspace, me))
st.html(Template("pages/settings/settings.html", say)("page", shown))
