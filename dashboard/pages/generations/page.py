"""The page of generated texts: what came in, what is examined of it, and what nobody has looked at."""

from __future__ import annotations

import streamlit as st

from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import Say
from boussole.dashboard.pages.generations.view import generations_page
from boussole.dashboard.views.parts import context, notices


def show(say: Say) -> None:
    """Every system that writes, and what is said of each."""
    template = Template("pages/generations/generations.html", say)
    seen = context.scene()
    facts = context.facts_of_late()
    page = generations_page(seen, facts, say, query=context.kept_query())
    if not page["writers"]:
        st.html(template("empty"))
        return
    st.html(template("head", page))
    if facts.trouble:
        told = say("How many texts came in cannot be said: the data cannot be looked at.")
        st.html(notices.unread(told, facts.trouble))
    for writer in page["writers"]:
        context.put(
            template("writer", writer),
            context.ask_about(writer.id, say),
        )


context.draw(show)
