"""The page of generated texts: what came in, what is examined of it, and what nobody has looked at."""

from __future__ import annotations

import streamlit as st

from boussole.audits.decisions.kept_texts import Holding, holding
from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.elements import Html
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import Say
from boussole.dashboard.pages.generations.examples import SystemExamples, system_examples
from boussole.dashboard.pages.generations.forms import draft_of
from boussole.dashboard.pages.generations.view import generations_page
from boussole.dashboard.server.access.log import look
from boussole.dashboard.server.access.permissions import Action, allowed
from boussole.dashboard.server.access.sessions import here
from boussole.dashboard.server.forms import FormDesk
from boussole.dashboard.views.parts import context, notices
from boussole.dashboard.views.scene import Scene


def show(say: Say) -> None:
    """Every system that writes, and what is said of each."""
    template = Template("pages/generations/generations.html", say)
    seen = context.scene()
    facts = context.facts_of_late()
    page = generations_page(seen, facts, say, query=context.kept_query())
    if not page.writers:
        st.html(template("empty"))
        return
    st.html(template("head", page))
    if facts.trouble:
        told = say("How many texts came in cannot be said: the data cannot be looked at.")
        st.html(notices.unread(told, facts.trouble))
    context.put(context.just_done(context.stated_entries(), say))
    examples = Template("pages/generations/examples.html", say)
    for writer in page.writers:
        shown = _examples(seen, writer.id, say)
        context.put(
            template("writer", writer),
            context.ask_about(writer.id, say),
            examples("examples", shown, context.kept_query(), context.problem()) if shown else Html(""),
        )


def _examples(seen: Scene, name: str, say: Say) -> SystemExamples | None:
    """The redacted examples of a system, for whoever may see them, and the one that a steward reads."""
    workspace, me, query = Workspace.find(), here(), context.kept_query()
    held, draft, over, reference = Holding(), None, False, st.query_params.get("example", "")
    if allowed(me.role, Action.RELEASE_EXAMPLES):
        held = holding(workspace, seen.systems[name], today=seen.facts.as_of)
        if reference and held.months:
            look(workspace, me, Action.RELEASE_EXAMPLES, place="/generations example")
            draft = draft_of(FormDesk(workspace=workspace, person=me, say=say, query=query), reference)
            over = draft is None
    return system_examples(
        seen, seen.systems[name], me, workspace, say, query=query, holding=held, draft=draft, over=over
    )


context.draw(show)
