"""The page of one draft of an opinion: to write in, with what others wrote at the same time."""

from __future__ import annotations

import streamlit as st

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.charter.committee.margin import on_draft
from boussole.charter.committee.papers.drafts import SavedDraft, Saving, draft, savings
from boussole.dashboard.markup.elements import Html
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import drafts_href, number_of
from boussole.dashboard.server.access.sessions import here
from boussole.dashboard.server.forms import folded_form, form_html
from boussole.dashboard.views.chamber import Chamber, reads_drafts
from boussole.dashboard.views.parts import context, notices
from boussole.dashboard.views.parts.drafts import author, draft_page, throwing, writing
from boussole.dashboard.views.parts.margin import MarginReader, draft_margin
from boussole.dashboard.views.parts.margin_routes import acts_of


def show(say: Say) -> None:
    """The draft of the address, or that there is none."""
    workspace, query, number = Workspace.find(), context.kept_query(), number_of(_asked("number"))
    shown, chambers = Template("pages/draft/draft.html", say), context.chambers()
    now = draft(workspace, number) if number is not None and _known(workspace, number) else None
    if now is None or now.kind != "opinion" or not _reads(chambers.get(now.committee)):
        st.html(shown("no_draft", _asked("number"), drafts_href("", query=query)))
        return
    every = savings(workspace, now.id)
    page = draft_page(chambers[now.committee], now, every, say, query=query)
    st.html(shown("head", page, drafts_href(now.committee, query=query), bool(_asked("saved"))))
    margin = _margin(chambers[now.committee], now, every, say)
    if page.sealed:
        context.put(shown("sealed", page), margin)
        return
    taken = next((each for each in every if str(each.id) == _asked("take")), None)
    problem = context.problem()
    context.put(
        margin,
        shown("to_write"),
        form_html(writing(now, taken.body if taken else now.body, say), say, query=query, problem=problem),
        shown("asides", page),
        shown("history", page),
        folded_form(say("Throw this draft away"), throwing(now, say), say, query=query, problem=problem),
    )


def _margin(chamber: Chamber, now: SavedDraft, every: list[Saving], say: Say) -> Html:
    """The text with its margin: read, and written in until the draft is sealed."""
    me, query, notes = here(), context.kept_query(), on_draft(Workspace.find(), now.id)
    acts = acts_of(chamber, me, notes, say, texts=context.voted(chamber.id), query=query)
    reader = MarginReader(chamber=chamber, say=say, author=author(me), writes=now.sealed_as is None, acts=acts)
    bodies = {each.version: each.body for each in every if each.version is not None}
    found = draft_margin(reader, now, bodies, notes)
    return Template("views/parts/margin.html", say)("of_draft", found, query, context.problem())


def _reads(chamber: Chamber | None) -> bool:
    return chamber is not None and reads_drafts(here(), chamber)


def _asked(name: str) -> str:
    return st.query_params.get(name, "")


def _known(workspace: Workspace, number: int) -> bool:
    return bool(savings(workspace, number))


speaks = context.speaks()
try:
    show(speaks)
except BoussoleError as error:
    st.html(notices.problem(error.what, error.next_step, speaks))
