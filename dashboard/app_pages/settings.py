"""The settings page: what is set, where it is changed, and what is wrong with it."""

from __future__ import annotations

import streamlit as st

from audits.workspace import Workspace
from dashboard import frame
from dashboard.access.own_sessions import own_sessions
from dashboard.access.permissions import Action, allowed
from dashboard.access.person import here
from dashboard.settings.facts import settings_facts
from dashboard.settings.html import page
from dashboard.settings.view import settings_page
from dashboard.words import speaker

say, me = speaker(frame.language()), here()
workspace, inside = Workspace.find(), allowed(me.role, Action.SEE_SETTINGS)
sessions = own_sessions(workspace, me)
shown = settings_page(me, settings_facts(workspace), say, inside=inside, query=frame.kept_query(), sessions=sessions)
st.html(page(shown, say))
