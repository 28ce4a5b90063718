"""The page on which one decision is explained to the person concerned: a steward asks, a case handler agrees."""

from __future__ import annotations

import streamlit as st

from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.elements import Html
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import Say
from boussole.dashboard.pages.explain.view import confirming, explained, issuing, opening, request_facts
from boussole.dashboard.server.access.log import sheet_requests, shown_sheet
from boussole.dashboard.server.access.permissions import Action, Role, allowed, role_title
from boussole.dashboard.server.access.sessions import here
from boussole.dashboard.views.explanation_sheet import sheet
from boussole.dashboard.views.parts import context


def show(say: Say) -> None:
    """One sheet, where the address names it; else what waits and what is open."""
    if asked := st.query_params.get("sheet", ""):
        _sheet(asked, say)
        return
    workspace, me, query = Workspace.find(), here(), context.kept_query()
    found = sheet_requests(workspace, me)
    waiting = [
        (request_facts(each, workspace, say), confirming(each, me, say)) for each in found if each.confirmed_by is None
    ]
    opened = [(each, request_facts(each, workspace, say)[0][1]) for each in found if each.confirmed_by is not None]
    asking = opening(workspace, say) if allowed(me.role, Action.OPEN_SHEET) else None
    made = Template("pages/explain/explain.html", say)
    context.put(
        made("head", role_title(Role.AGENT, say), not me.authenticated),
        made("done", st.query_params.get("done", "")),
        made("requests", waiting, opened, asking, query, context.problem()),
    )


def _sheet(id_: str, say: Say) -> None:
    workspace, me, query = Workspace.find(), here(), context.kept_query()
    found = shown_sheet(workspace, me, id_)
    known, request = explained(workspace, found)
    answer = request.decision if request else None
    on, number = (answer[1].on if answer else context.today()), (found.number if request else "")
    (title, subtitle), blocks = sheet(known, request, say, on=on, number=number)
    may = request is not None and answer is None and allowed(me.role, Action.ENTER_APPEAL)
    made = Template("pages/explain/explain.html", say)
    context.put(
        made("sheet_head", title, subtitle, found.expires_at, query),
        made("answered", found, answer, query) if answer else Html(""),
        made("issue", issuing(found, say), query, context.problem()) if may else Html(""),
        made("blocks", blocks),
    )


context.draw(show)
