"""The page of one draft of an opinion: its text, to its writer the form, and what members wrote about it."""

from __future__ import annotations

import streamlit as st

from boussole.audits.workspace import Workspace
from boussole.charter.committee.papers.drafts import draft, savings
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import drafts_href, number_of
from boussole.dashboard.server.access.sessions import here
from boussole.dashboard.server.forms import folded_form, form_html
from boussole.dashboard.views.chamber import Chamber, reads_drafts
from boussole.dashboard.views.parts import context
from boussole.dashboard.views.parts.drafts import commenting, draft_page, taking, throwing, writing


def show(say: Say) -> None:
    """The draft of the address, or that there is none."""
    workspace, query, number = Workspace.find(), context.kept_query(), number_of(_asked("number"))
    shown, chambers = Template("pages/draft/draft.html", say), context.chambers()
    now = draft(workspace, number) if number is not None and savings(workspace, number) else None
    if now is None or not _reads(chambers.get(now.committee)):
        st.html(shown("no_draft", _asked("number"), drafts_href("", query=query)))
        return
    page = draft_page(workspace, chambers[now.committee], now, here(), say, query=query)
    st.html(shown("head", page, drafts_href(now.committee, query=query), bool(_asked("saved"))))
    if page["sealed"]:
        context.put(shown("sealed", page), shown("remarks", page, query, None))
        return
    problem, form = context.problem(), writing(now, say)
    if page["writes"] or (problem and problem.of([form])):
        text = [shown("to_write"), form_html(form, say, query=query, problem=problem)]
    else:
        begin = [] if page["writer"] else [form_html(taking(now, say), say, query=query, problem=problem)]
        text = [shown("text", page), *begin]
    context.put(
        *text,
        shown("remarks", page, query, problem),
        form_html(commenting(now, say), say, query=query, problem=problem),
        shown("history", page),
        folded_form(say("Throw this draft away"), throwing(now, say), say, query=query, problem=problem),
    )


def _reads(chamber: Chamber | None) -> bool:
    return chamber is not None and reads_drafts(here(), chamber)


def _asked(name: str) -> str:
    return st.query_params.get(name, "")


context.draw(show)
