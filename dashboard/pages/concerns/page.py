"""The page of what concerns whoever looks, which is then no longer new."""

from __future__ import annotations

import streamlit as st

from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import Say
from boussole.dashboard.pages.concerns.view import ConcernsPage, split
from boussole.dashboard.server.access.database import now, remember, seen
from boussole.dashboard.server.access.sessions import here
from boussole.dashboard.views import store
from boussole.dashboard.views.concerns import Whose, whose
from boussole.dashboard.views.parts import context


def looked_at(somebody: Whose, say: Say) -> ConcernsPage:
    """The page, and from then on all that it shows is seen."""
    workspace, moment = Workspace.find(), now()
    concerns = store.concerns(workspace, somebody, say, context.kept_query())
    known = seen(workspace, somebody.name)
    new, before = split(concerns, known, now=moment)
    remember(workspace, somebody.name, [each.key for each in new if each.key not in known], now=moment)
    return ConcernsPage(new=new, before=before)


def show(say: Say) -> None:
    """What concerns whoever looks, if they sit on a committee or are its secretary."""
    somebody = whose(here(), context.chambers())
    made = Template("pages/concerns/concerns.html", say)
    st.html(made("page", looked_at(somebody, say)) if somebody else made("nobody"))


context.draw(show)
