"""The page on which one decision is explained to the person concerned: a steward asks, a case handler agrees."""

from __future__ import annotations

import streamlit as st

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import Say
from boussole.dashboard.pages.explain.view import explained, requests_page, sheet_page
from boussole.dashboard.server.access.log import sheet_requests, shown_sheet
from boussole.dashboard.server.access.sessions import here
from boussole.dashboard.views.explanation import known_request, refusal
from boussole.dashboard.views.explanation_sheet import Issue, sheet
from boussole.dashboard.views.parts import context, notices


def show(say: Say) -> None:
    """One sheet, where the address names it; else what waits and what is open."""
    if asked := st.query_params.get("sheet", ""):
        _sheet(asked, say)
        return
    workspace, me, query = Workspace.find(), here(), context.kept_query()
    page = requests_page(sheet_requests(workspace, me), me, workspace, st.query_params.to_dict(), say, query=query)
    made = Template("pages/explain/explain.html", say)
    context.put(made("head", page), made("done", page), made("requests", page, query, context.problem()))


def _sheet(asked: str, say: Say) -> None:
    workspace, me = Workspace.find(), here()
    found = shown_sheet(workspace, me, asked)
    received = known_request(workspace, found.request).appeal.received_on if found.request else None
    issue = Issue(
        on=found.issued_on or context.today(),
        request=found.request or None,
        received_on=received,
        number=found.number,
    )
    made, query = sheet(explained(workspace, found), issue, say), context.kept_query()
    page = sheet_page(found, made, me, say, query=query)
    context.put(Template("pages/explain/explain.html", say)("sheet", page, query, context.problem()))


speaks = context.speaks()
try:
    show(speaks)
except BoussoleError as error:
    st.html(notices.problem(*refusal(error, speaks), speaks))
