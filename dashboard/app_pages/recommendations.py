"""The page of recommendations and opinions, and their answers."""

from __future__ import annotations

import streamlit as st

from boussole.audits.errors import BoussoleError
from boussole.dashboard import compass_html, frame
from boussole.dashboard.access.visitor import here
from boussole.dashboard.followed import followed_html
from boussole.dashboard.followed.asking import FollowedForms
from boussole.dashboard.followed.opinions_view import opinions_about
from boussole.dashboard.followed.recommendations_view import Chosen, recommendations_page
from boussole.dashboard.forms.forms_html import Acting
from boussole.dashboard.words import Say, speaker


def show(say: Say) -> None:
    """The page, with the forms that the reader's role may fill in."""
    seen, chambers, query = frame.scene(), frame.chambers(), frame.kept_query()
    asked = FollowedForms(scene=seen, chambers=chambers, me=here(), say=say)
    page = recommendations_page(seen, Chosen.of(st.query_params.to_dict()), say, query=query)
    acting = Acting(query=query, problem=frame.problem(), forms=asked.of_entry)
    frame.put(
        followed_html.head(page, say),
        frame.just_done(frame.committee_entries() | frame.stated_entries(), say),
        followed_html.recommendations(page, say, acting, recommending=asked.recommending),
        followed_html.opinions(opinions_about(chambers.values(), say, query=query, inside=True), say, acting),
    )


speaks = speaker(frame.language())
try:
    show(speaks)
except BoussoleError as error:
    st.html(compass_html.problem(error.what, error.next_step, speaks))
