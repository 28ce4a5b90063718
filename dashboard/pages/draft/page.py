"""One draft of an opinion: to write in, with what others wrote at the same time."""

from __future__ import annotations

import streamlit as st

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.charter.committee.papers.drafts import draft, savings
from boussole.dashboard.access.visitor import here
from boussole.dashboard.forms.forms_html import folded_form, form_html
from boussole.dashboard.parts import context, notices
from boussole.dashboard.parts.drafts import drafts_html
from boussole.dashboard.parts.drafts.forms import throwing, writing
from boussole.dashboard.parts.drafts.view import draft_page
from boussole.dashboard.views.committee.chamber import Chamber
from boussole.dashboard.views.committee.seats import reads_drafts
from boussole.dashboard.words.addresses import drafts_href, number_of
from boussole.dashboard.words.say import Say


def show(say: Say) -> None:
    """The draft of the address, or that there is none."""
    workspace, query, number = Workspace.find(), context.kept_query(), number_of(_asked("number"))
    chambers = context.chambers()
    now = draft(workspace, number) if number is not None and _known(workspace, number) else None
    if now is None or now.kind != "opinion" or not _reads(chambers.get(now.committee)):
        st.html(drafts_html.no_draft(_asked("number"), say, back=drafts_href("", query=query)))
        return
    every = savings(workspace, now.id)
    page = draft_page(chambers[now.committee], now, every, say, query=query)
    st.html(
        drafts_html.draft_head(page, say, back=drafts_href(now.committee, query=query), saved=bool(_asked("saved")))
    )
    if page.sealed:
        st.html(drafts_html.sealed(page, say))
        return
    taken = next((each for each in every if str(each.id) == _asked("take")), None)
    problem = context.problem()
    context.put(
        form_html(writing(now, taken.body if taken else now.body, say), say, query=query, problem=problem),
        drafts_html.asides(page, say),
        drafts_html.history(page, say),
        folded_form(say("Throw this draft away"), throwing(now, say), say, query=query, problem=problem),
    )


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
