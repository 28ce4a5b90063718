"""The page of reports: those there are, how they are checked, and a new one."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.charter.records import summaries
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import evidence_href
from boussole.dashboard.pages.reports.forms import asked_for, asking
from boussole.dashboard.pages.reports.view import (
    LOOKED_AT_EVERY,
    ReportsQuery,
    chosen_of,
    fields_of,
    jobs,
    listed,
    picked,
    reports,
    under_way,
)
from boussole.dashboard.server.access.permissions import Action, allowed
from boussole.dashboard.server.access.sessions import here
from boussole.dashboard.views.parts import context, notices
from boussole.dashboard.views.parts.context import choose


def show(say: Say) -> None:
    """What is under way, what can be chosen, what there is of it, and the form of those who may make a report."""
    workspace, query, may = Workspace.find(), context.kept_query(), allowed(here().role, Action.MAKE_REPORT)
    found, history, titles = reports(workspace), summaries(workspace), context.scene().titles(say)
    asked = ReportsQuery.of(st.query_params.to_dict())
    fields = fields_of(found, history, asked, say, titles=titles, may_make=may)
    chosen = chosen_of(fields)
    st.html(template("head", [field for field in fields if field.refused]))
    if may:
        progress(say, titles)
    if found or may:
        choose(fields, page="reports", settle=lambda asked: vars(ReportsQuery.of(asked)))
    kept = picked(found, history, chosen)
    context.put(
        template("listed", listed(kept, say, query=query, titles=titles), len(found)),
        template("checking", evidence_href(query=query) + "#check"),
    )
    if may:
        form = asking(history, titles, say)
        st.html(template("asked", form and asked_for(form, chosen, say), query, context.problem()))


def progress(say: Say, titles: Mapping[str, str]) -> None:
    """What is under way, looked at again until it is done; then the list is shown anew."""
    workspace = Workspace.find()
    waiting = any(job.under_way for job in jobs(workspace))

    @st.fragment(run_every=LOOKED_AT_EVERY if waiting else None)
    def look() -> None:
        found = jobs(workspace)
        context.put(template("under_way", *under_way(found, say, titles=titles)))
        if waiting and not any(job.under_way for job in found):
            st.rerun()

    look()


speaks = context.speaks()
template = Template("pages/reports/reports.html", speaks)
try:
    show(speaks)
except BoussoleError as error:
    st.html(notices.problem(error.what, error.next_step, speaks))
