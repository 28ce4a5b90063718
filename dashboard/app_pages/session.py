"""The page of one session: what, when, where, the agenda, the evidence, who is there, what is decided, the minutes."""

from __future__ import annotations

import streamlit as st

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.dashboard import compass_html, frame
from boussole.dashboard.access.visitor import here
from boussole.dashboard.addresses import committee_href
from boussole.dashboard.committee import pack_html, session_html
from boussole.dashboard.committee.acting_html import Acting, just_done
from boussole.dashboard.committee.acts.offering import HEAD, offered
from boussole.dashboard.committee.acts.place import place_of
from boussole.dashboard.committee.chamber import chamber_of
from boussole.dashboard.committee.pack_view import pack_view
from boussole.dashboard.committee.session_view import session_page
from boussole.dashboard.evidence_view import number_of
from boussole.dashboard.words import Say, speaker


def show(asked: str, say: Say) -> None:
    """A session, or that there is none of this number."""
    query, number = frame.kept_query(), number_of(asked)
    chamber = None if number is None else chamber_of(frame.chambers(), number)
    if chamber is None or number is None:
        st.html(session_html.unknown(asked, say, committee=committee_href("", query=query)))
        return
    found = frame.evidence(chamber.id, number)
    pack = pack_view(found, frame.scene(), say, query=query) if found else None
    page = session_page(chamber, number, pack, say, query=query)
    problem = frame.problem()
    place = place_of(Workspace.find(), str(number))
    at = st.query_params.get("at", "")
    done = at if at in page.parts else HEAD, just_done(chamber, st.query_params.get("done", ""), say, query=query)
    acting = Acting(offered(place, here(), say) if place else {}, say, query=query, problem=problem, done=done)
    frame.put(
        acting.lost(),
        session_html.head(page, say, acting),
        session_html.agenda(page, say, acting),
        pack_html.pack(page.pack, say, acting),
        session_html.presence(page, say, acting),
        session_html.questions(page, say, acting),
        session_html.minutes(page, say, acting),
    )


speaks = speaker(frame.language())
try:
    show(st.query_params.get("session", ""), speaks)
except BoussoleError as error:
    st.html(compass_html.problem(error.what, error.next_step, speaks))
