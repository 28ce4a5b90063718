"""The page of one session: what, when, where, the agenda, the evidence, who is there, what is decided, the minutes."""

from __future__ import annotations

import streamlit as st

from audits.errors import BoussoleError
from audits.workspace import Workspace
from dashboard import compass_html, frame
from dashboard.access.person import here
from dashboard.addresses import committee_href, evidence_href
from dashboard.committee import pack_html, session_html
from dashboard.committee.acting_html import Acting
from dashboard.committee.acts.offering import HEAD, done_words, offered
from dashboard.committee.acts.place import place_of
from dashboard.committee.chamber import Chamber, chamber_of
from dashboard.committee.pack_view import pack_view
from dashboard.committee.session_view import SessionPage, session_page
from dashboard.evidence_view import number_of
from dashboard.forms.html import done_html
from dashboard.forms.inbox import problem_of
from dashboard.html import Html
from dashboard.words import Say, speaker


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
    problem = problem_of(st.query_params.get("sent", ""))
    place = place_of(Workspace.find(), str(number))
    done = just_done(chamber, page, st.query_params.to_dict(), say, query=query)
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


def just_done(
    chamber: Chamber, page: SessionPage, asked: dict[str, str], say: Say, *, query: dict[str, str]
) -> tuple[str, Html]:
    """What the reader has just done, where the address says so and it is so; and the part of the page that says it."""
    entry, part = frame.sealed_entry(asked.get("done", "")), asked.get("at", "")
    act = chamber.act(entry)
    if entry is None or act is None:
        return "", Html("")
    done = done_html(entry, done_words(act, say), say, href=evidence_href(query=query, entry=str(entry)))
    return part if part in page.parts else HEAD, done


speaks = speaker(frame.language())
try:
    show(st.query_params.get("session", ""), speaks)
except BoussoleError as error:
    st.html(compass_html.problem(error.what, error.next_step, speaks))
