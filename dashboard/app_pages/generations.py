"""The page of generated texts: what came in, what is examined of it, and what nobody has looked at."""

from __future__ import annotations

import streamlit as st

from boussole.audits.errors import BoussoleError
from boussole.dashboard import compass_html, frame
from boussole.dashboard.generations import generations_html
from boussole.dashboard.generations.view import generations_page
from boussole.dashboard.words import Say, speaker


def show(say: Say) -> None:
    """Every system that writes, and what is said of each."""
    seen = frame.scene()
    facts = frame.facts_of_late()
    page = generations_page(seen, facts, say, query=frame.kept_query())
    if not page.writers:
        st.html(generations_html.empty(say))
        return
    st.html(generations_html.head(page, say))
    if facts.trouble:
        told = say("How many texts came in cannot be said: the data cannot be looked at.")
        st.html(compass_html.unread(told, facts.trouble))
    for writer in page.writers:
        frame.put(generations_html.writer(writer, say), frame.ask_about(writer.id, say))


speaks = speaker(frame.language())
try:
    show(speaks)
except BoussoleError as error:
    st.html(compass_html.problem(error.what, error.next_step, speaks))
