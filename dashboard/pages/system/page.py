"""The page of one system: every question of the charter, its answer and its evidence."""

from __future__ import annotations

import streamlit as st

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.charter.judging.coverage import Use
from boussole.dashboard.markup.elements import Html
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import compass_href, data_href, register_href
from boussole.dashboard.pages.system.view import declared_tables, system_page
from boussole.dashboard.views.answers.small_print import caps
from boussole.dashboard.views.parts import context, notices
from boussole.dashboard.views.register import entry, unaudited
from boussole.dashboard.views.scene import Scene
from boussole.dashboard.views.system_tables import matrix, written


def show(seen: Scene, system: str, say: Say) -> None:
    """The page of an audited system, of one that nobody has audited, or the list of those there are."""
    use = next((use for use in context.duties().uses if use.system.id == system), None)
    if use is not None and use.audit is None:
        show_unaudited(seen, use, say)
    elif system in seen.latest:
        show_audited(seen, system, use, say)
    else:
        query = context.kept_query()
        st.html(notices.systems_html(notices.systems(seen, say, query=query), say, asked=system, query=query))
    show_declared(seen, system, say)


def show_unaudited(seen: Scene, use: Use, say: Say) -> None:
    """What the register says of a use that no audit has measured, and what people have stated of it."""
    made, query, system = Template("pages/system/system.html", say), context.kept_query(), use.system.id
    shown = unaudited(use, say, today=context.today())
    context.put(
        made(
            "head",
            shown,
            compass_href(query=query),
            register_href(query=query),
            caps(seen, say, query=query, system=system),
        ),
        made("further", say("Open incidents"), context.open_incidents(say, system=system)),
        made("questions", matrix(seen, system, say, query=query)) if system in seen.standing else Html(""),
        made("further", say("What does the register say?"), made("register_entry", shown["entry"])),
        made("further", say("What the committee said"), context.opinions(say, system=system)),
    )


def show_audited(seen: Scene, system: str, use: Use | None, say: Say) -> None:
    """The questions and answers of an audited system, and what else is known of it."""
    made, query = Template("pages/system/system.html", say), context.kept_query()
    screen = system_page(Workspace.find(), system, say.lang)
    home, data = compass_href(query=query), data_href(query=query, anchor=system)
    context.put(
        Template("views/parts/system.html", say)("head", screen["head"], home, data),
        what_it_writes(seen, system, say),
        made("further", say("Open incidents"), context.open_incidents(say, system=system)),
        made("questions", screen["matrix"]),
        made("further", say("What the committee said"), context.opinions(say, system=system)),
    )
    if use is not None:
        given = made("register_entry", entry(use.system, say, today=context.today()))
        st.html(made("further", say("What does the register say?"), given))


def what_it_writes(seen: Scene, system: str, say: Say) -> Html:
    """What a system wrote in the last month that its log holds, if it writes and the lake can be read."""
    facts = context.facts_of_late()
    state, declared = facts.lake.systems.get(system), seen.systems.get(system)
    if state is None or state.written is None or declared is None or not declared.only_writes:
        return Html("")
    told = written(state.written, declared, seen.standing.get(system), say)
    return Template("pages/system/system.html", say)("written", told)


def show_declared(seen: Scene, system: str, say: Say) -> None:
    """What the team of a system declares, audited or not."""
    facts = context.facts_of_late()
    if facts.trouble:
        st.html(notices.unread(say("What its team declares cannot be looked at."), facts.trouble))
    elif found := declared_tables(facts.declared.get(system, ()), seen.systems.get(system), say):
        made = Template("pages/system/system.html", say)
        st.html(made("further", say("What does the team itself declare?"), made("declared", found)))


speaks = context.speaks()
try:
    scene = context.scene()
except BoussoleError as error:
    st.html(notices.problem(error.what, error.next_step, speaks))
else:
    show(scene, st.query_params.get("system", ""), speaks)
