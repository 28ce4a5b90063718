"""The page of reports: those there are, how they are checked, and a new one."""

from __future__ import annotations

import streamlit as st

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words.addresses import evidence_href
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.pages.reports.forms import asking
from boussole.dashboard.pages.reports.making import LOOKED_AT_EVERY, jobs
from boussole.dashboard.pages.reports.view import listed, reports, under_way
from boussole.dashboard.server.access.permissions import Action, allowed
from boussole.dashboard.server.access.visitor import here
from boussole.dashboard.views.parts import context, notices


def show(say: Say) -> None:
    """What is under way, what there is, and the form of those who may make a report."""
    workspace, query, may = Workspace.find(), context.kept_query(), allowed(here().role, Action.MAKE_REPORT)
    st.html(template("head"))
    if may:
        progress(say)
    context.put(
        template("listed", listed(reports(workspace), say, query=query)),
        template("checking", evidence_href(query=query) + "#check"),
    )
    if may:
        st.html(template("asked", asking(workspace, say), query, context.problem()))


def progress(say: Say) -> None:
    """What is under way, looked at again until it is done; then the list is shown anew."""
    workspace = Workspace.find()
    waiting = any(job.under_way for job in jobs(workspace))

    @st.fragment(run_every=LOOKED_AT_EVERY if waiting else None)
    def look() -> None:
        found = jobs(workspace)
        context.put(template("under_way", *under_way(found, say)))
        if waiting and not any(job.under_way for job in found):
            st.rerun()

    look()


speaks = context.speaks()
template = Template("pages/reports/reports.html", speaks)
try:
    show(speaks)
except BoussoleError as error:
    st.html(notices.problem(error.what, error.next_step, speaks))
