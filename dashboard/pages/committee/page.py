"""The committee page: what is due, what became of its opinions, its sessions, matters and members."""

from __future__ import annotations

import streamlit as st

from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import committee_href
from boussole.dashboard.pages.committee.view import overview_page
from boussole.dashboard.server.access.sessions import here
from boussole.dashboard.views.chamber import reads_drafts
from boussole.dashboard.views.parts import context
from boussole.dashboard.views.records.offering import SessionActions, house_part, just_done, offered_by


def show(asked: str, say: Say) -> None:
    """A committee, the first one where none is asked for, or which ones there are."""
    made = Template("pages/committee/committee.html", say)
    known, query, given = context.chambers(), context.kept_query(), st.query_params
    chamber = known.get(asked) if asked else next(iter(known.values()), None)
    if chamber is None:
        links = [(each.title(say), committee_href(name, query=query)) for name, each in known.items()]
        st.html(made("unknown", asked, links))
        return
    drafts = context.drafts(chamber.id) if reads_drafts(here(), chamber) else []
    page = overview_page(chamber, known, drafts, say, query=query)
    done = house_part(given.get("at", "")), just_done(chamber, given.get("done", ""), say, query=query)
    problem = context.problem()
    acting = SessionActions(offered_by(chamber, here(), say), say, query=query, problem=problem, done=done)
    context.put(
        acting.lost(),
        made("head", page),
        made("due", page, acting),
        made("opinions", page),
        made("matters", page, acting),
        made("members", page, acting),
    )


context.draw(lambda say: show(st.query_params.get("committee", ""), say))
