"""The page of one session: what, when, where, the agenda, the evidence, who is there, what is decided, the minutes."""

from __future__ import annotations

import streamlit as st

from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.elements import Html
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import committee_href, number_of
from boussole.dashboard.pages.session.forms import PARTS, paper_offers, paper_view, reads_paper
from boussole.dashboard.pages.session.view import pack_view, session_page
from boussole.dashboard.server.access.sessions import here
from boussole.dashboard.views.chamber import Chamber, chamber_of, reads_drafts
from boussole.dashboard.views.parts import context
from boussole.dashboard.views.records.offering import HEAD, FormOffer, SessionActions, just_done, offered
from boussole.dashboard.views.records.setting import FormPlace, place_of


def show(asked: str, say: Say) -> None:
    """A session, or that there is none of this number."""
    made, query, number = Template("pages/session/session.html", say), context.kept_query(), number_of(asked)
    chamber = None if number is None else chamber_of(context.chambers(), number)
    if chamber is None or number is None:
        st.html(made("unknown", asked, committee_href("", query=query)))
        return
    found = context.evidence(chamber.id, number)
    pack = pack_view(found, context.scene(), say, query=query) if found else None
    texts = context.voted(chamber.id) if reads_drafts(here(), chamber) else None
    charter = context.scene().charter
    page = session_page(chamber, number, pack, say, query=query, texts=texts, charter=charter)
    problem = context.problem()
    place = place_of(Workspace.find(), str(number))
    at = st.query_params.get("at", "")
    done = at if at in page.parts else HEAD, _just_done(chamber, say)
    forms = _forms(place, say) if place else {}
    acting = SessionActions(forms, say, query=query, problem=problem, done=done)
    papers = {
        each: paper_view(Workspace.find(), chamber, number, each, say, query=query)
        for each in PARTS
        if reads_paper(here(), chamber, each)
    }
    context.put(
        acting.lost(),
        made("head", page, acting),
        made("agenda", page, acting),
        made("pack", page.pack, acting, papers.get("file")),
        made("presence", page, acting),
        made("questions", page, acting),
        made("minutes", page, acting, papers.get("minutes")),
    )


def _just_done(chamber: Chamber, say: Say) -> Html:
    asked = st.query_params
    twice = asked.get("twice", "") == "1"
    return just_done(chamber, asked.get("done", ""), say, query=context.kept_query(), twice=twice)


def _forms(place: FormPlace, say: Say) -> dict[str, list[FormOffer]]:
    papers = paper_offers(place.chamber, place.found.entry, here(), say)
    acts = offered(place, here(), say)
    return {part: [*acts.get(part, ()), *papers.get(part, ())] for part in {**acts, **papers}}


context.draw(lambda say: show(st.query_params.get("session", ""), say))
