"""The evidence page: what is sealed, one entry and its proof, checkpoints to keep, files to check."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.dashboard.pages.evidence import evidence_html
from boussole.dashboard.pages.evidence.head import head
from boussole.dashboard.pages.evidence.routes import answer_of
from boussole.dashboard.pages.evidence.view import asked_of, entry_page, search_of
from boussole.dashboard.parts import context, notices, outside_html
from boussole.dashboard.views import store
from boussole.dashboard.views.evidence.facts import proved, results, short
from boussole.dashboard.words.addresses import evidence_href, number_of
from boussole.dashboard.words.say import Say, speaker


def show_entry(text: str, say: Say) -> None:
    """One entry, and its proof to take away."""
    query, number = context.kept_query(), number_of(text)
    found = None if number is None else proved(Workspace.find(), number)
    if found is None:
        st.html(evidence_html.no_entry(text, say, back=evidence_href(query=query)))
    else:
        st.html(evidence_html.entry(entry_page(found, context.scene(), say, query=query), say))


def show_all(say: Say) -> None:
    """What is sealed, and what can be done with it."""
    here, query = Workspace.find(), context.kept_query()
    span, found = short(here), store.verified(here)
    st.html(evidence_html.head(head(span, found, say), say))
    if not span.size:
        return
    st.html(evidence_html.acts(say, whole=found is None or found.ledger.ok, lang=query))
    if answered := answer_of(st.query_params.get("checked", "")):
        st.html(evidence_html.answer(*answered))
    st.html(outside_html.section(store.outside(here), say, now=dt.datetime.now(dt.UTC)))
    asked = asked_of(st.query_params.to_dict())
    listed = results(here, asked, page=number_of(st.query_params.get("page", "")) or 1)
    st.html(evidence_html.search(search_of(span, asked, listed, context.scene(), say, query=query), say))
    st.html(evidence_html.words(say))


speaks = speaker(context.language(), context.clock())
try:
    if wanted := st.query_params.get("entry", ""):
        show_entry(wanted, speaks)
    else:
        show_all(speaks)
except BoussoleError as error:
    st.html(notices.problem(error.what, error.next_step, speaks))
