"""The committee page: what is due, what became of its opinions, its sessions, matters and members."""

from __future__ import annotations

import streamlit as st

from audits.errors import BoussoleError
from dashboard import compass_html, frame
from dashboard.access.permissions import allowed
from dashboard.access.person import here
from dashboard.access.places import ROUTES
from dashboard.addresses import committee_href
from dashboard.committee import overview_html
from dashboard.committee.acts.convening import PATH as CALL
from dashboard.committee.acts.convening import convening_form
from dashboard.committee.chamber import Chamber
from dashboard.committee.overview_view import overview_page
from dashboard.forms.html import folded_form
from dashboard.forms.inbox import problem_of
from dashboard.html import Html
from dashboard.words import Say, speaker


def show(asked: str, say: Say) -> None:
    """A committee, the first one where none is asked for, or which ones there are."""
    known, query = frame.chambers(), frame.kept_query()
    chamber = known.get(asked) if asked else next(iter(known.values()), None)
    if chamber is None:
        links = [(each.title(say), committee_href(name, query=query)) for name, each in known.items()]
        st.html(overview_html.unknown(asked, say, known=links))
        return
    page = overview_page(chamber, known, frame.drafts(chamber.id), say, query=query)
    frame.put(
        overview_html.head(page, say),
        overview_html.due(page, say, calling(chamber, say, query=query)),
        overview_html.opinions(page, say),
        overview_html.matters(page, say),
        overview_html.members(page, say),
    )


def calling(chamber: Chamber, say: Say, *, query: dict[str, str]) -> Html:
    """The form that calls a session, for whoever may."""
    if not allowed(here().role, ROUTES[CALL]):
        return Html("")
    problem = problem_of(st.query_params.get("sent", ""))
    return folded_form(say("Call a session"), convening_form(chamber, say), say, query=query, problem=problem)


speaks = speaker(frame.language())
try:
    show(st.query_params.get("committee", ""), speaks)
except BoussoleError as error:
    st.html(compass_html.problem(error.what, error.next_step, speaks))
