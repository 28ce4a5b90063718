"""The search page: everything that pages show, as far as somebody's role opens it."""

from __future__ import annotations

import streamlit as st

from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import Say
from boussole.dashboard.pages.search.view import SearchPage, index, search_page
from boussole.dashboard.server.access.permissions import Action, allowed
from boussole.dashboard.server.access.sessions import here
from boussole.dashboard.views import store
from boussole.dashboard.views.parts import context


def found(asked: str, say: Say, *, kind: str) -> SearchPage:
    """What the reader of the current rerun finds: their role opens it, and nothing else is looked at."""
    workspace, role = Workspace.find(), here().role
    actions = [action for action in Action if allowed(role, action)]
    known, entries = index(workspace, say.lang), store.entries(workspace)
    return search_page(known, asked, say, kind=kind, actions=actions, entries=entries, query=context.kept_query())


def show(say: Say) -> None:
    """What is found of what the address asks for."""
    shown = found(st.query_params.get("q", ""), say, kind=st.query_params.get("kind", ""))
    st.html(Template("pages/search/search.html", say)("page", shown))


context.draw(show)
