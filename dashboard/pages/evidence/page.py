"""The evidence page: what is sealed, one entry and its proof, checkpoints to keep, files to check."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import streamlit as st

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.charter.records import withdrawal_of
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import evidence_href, number_of
from boussole.dashboard.pages.evidence.forms import answer_of
from boussole.dashboard.pages.evidence.view import (
    Contents,
    acts,
    asked_of,
    contents_of,
    entries_named,
    entry_page,
    head,
    search_of,
)
from boussole.dashboard.pages.evidence.withdrawing import withdrawing
from boussole.dashboard.server.access.log import look
from boussole.dashboard.server.access.permissions import RESTRICTED, Person
from boussole.dashboard.server.access.sessions import here
from boussole.dashboard.server.forms import PageForms
from boussole.dashboard.views import store
from boussole.dashboard.views.evidence import proved, results, short
from boussole.dashboard.views.parts import context, notices
from boussole.dashboard.views.records.entering import actions_of


def show_entry(text: str, say: Say) -> None:
    """One entry, and its proof to take away."""
    query, number = context.kept_query(), number_of(text)
    found = None if number is None else proved(Workspace.find(), number)
    if found is None:
        st.html(evidence("no_entry", text[:20], evidence_href(query=query)))
    else:
        workspace, me = Workspace.find(), here()
        forms = withdrawing(workspace, found.entry.index, me, say)
        acting = PageForms(query=query, problem=context.problem())
        shown = entry_page(found, context.scene(), say, query=query, told=told_to(me, say, place=text))
        done = context.just_done(context.stated_entries(), say)
        told = [done, evidence("withdrawn", _withdrawn(found.entry.index, say))]
        st.html(evidence("entry", shown, acting.shown(forms, say), told))


def _withdrawn(entry: int, say: Say) -> tuple[str, str] | None:
    known = withdrawal_of(Workspace.find(), entry)
    if known is None:
        return None
    by = str(known.entry)
    href = evidence_href(query=context.kept_query(), entry=by)
    return say("This record was withdrawn in entry {n}: it no longer counts.", n=by), href


def told_to(me: Person, say: Say, *, place: str = "") -> Callable[[int], Contents | None]:
    """What somebody may be told of a record, by its entry. A look at a single one that is restricted is noted."""
    workspace = Workspace.find()
    records, chambers = store.records(workspace), store.chambers(workspace)

    def told(entry: int) -> Contents | None:
        found = records.at(entry)
        if found is None:
            return None
        chamber = chambers.get(getattr(found.sealed.statement, "committee", ""))
        shown = contents_of(found, me.role, say, member=lambda name: chamber.name(name, say) if chamber else name)
        if place and not shown.kept_from:
            for action in RESTRICTED & actions_of(found):
                look(workspace, me, action, place=f"/evidence?entry={entry}")
        return shown

    return told


def show_all(say: Say) -> None:
    """What is sealed, and what can be done with it."""
    workspace, query = Workspace.find(), context.kept_query()
    span, found = short(workspace), store.verified(workspace)
    st.html(evidence("head", head(span, found, say)))
    if not span.size:
        return
    st.html(evidence("acts", acts(say, whole=found is None or found.ledger.ok, query=query)))
    if answered := answer_of(st.query_params.get("checked", "")):
        st.html(evidence("answer", *answered))
    st.html(notices.section(store.outside(workspace), say, now=dt.datetime.now(dt.UTC)))
    asked = asked_of(st.query_params.to_dict())
    named = entries_named(store.records(workspace), asked.text, here().role)
    listed = results(workspace, asked, page=number_of(st.query_params.get("page", "")) or 1, named=named)
    search = search_of(span, asked, listed, context.scene(), say, query=query, told=told_to(here(), say))
    st.html(evidence("search", search))
    st.html(evidence("words"))


speaks = context.speaks()
evidence = Template("pages/evidence/evidence.html", speaks)
try:
    if wanted := st.query_params.get("entry", ""):
        show_entry(wanted, speaks)
    else:
        show_all(speaks)
except BoussoleError as error:
    st.html(notices.problem(error.what, error.next_step, speaks))
