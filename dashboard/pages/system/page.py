"""The page of one system: every question of the charter, its answer and its evidence."""

from __future__ import annotations

import streamlit as st

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.elements import Html, details
from boussole.dashboard.markup.words.addresses import compass_href, data_href, register_href
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.pages.system import matrix_html
from boussole.dashboard.pages.system.along import figures, system_page
from boussole.dashboard.pages.system.matrix_html import declared_section, declared_tables
from boussole.dashboard.pages.system.written_html import written
from boussole.dashboard.views.answers.small_print import caps
from boussole.dashboard.views.matrix import matrix
from boussole.dashboard.views.parts import context, lists, notices, system_html
from boussole.dashboard.views.parts.taking_html import along
from boussole.dashboard.views.register import entry, unaudited
from boussole.dashboard.views.scene import Scene


def show(seen: Scene, system: str, say: Say) -> None:
    """The page of an audited system, of one that nobody has audited, or the list of those there are."""
    query = context.kept_query()
    home = compass_href(query=query)
    use = next((use for use in context.duties().uses if use.system.id == system), None)
    if use is not None and use.audit is None:
        beside = context.open_incidents(say, system=system)
        shown = unaudited(use, say, today=context.today())
        held = caps(seen, say, query=query, system=system)
        context.put(
            matrix_html.page(shown, say, home=home, register=register_href(query=query), caps=held),
            folded(say("Open incidents"), beside),
            matrix_html.questions(matrix(seen, system, say, query=query), say, along=along("system", figures, say))
            if system in seen.standing
            else Html(""),
            folded(say("What does the register say?"), matrix_html.register_entry(shown.entry, say)),
            folded(say("What the committee said"), context.opinions(say, system=system)),
        )
        show_declared(seen, system, say)
        return
    if system not in seen.latest:
        st.html(lists.systems_html(lists.systems(seen, say, query=query), say, asked=system, query=query))
        show_declared(seen, system, say)
        return
    screen = system_page(Workspace.find(), system, say.lang)
    data = data_href(query=query, anchor=system)
    context.put(
        system_html.head(screen.head, say, home=home, data=data),
        what_it_writes(seen, system, say),
        folded(say("Open incidents"), context.open_incidents(say, system=system)),
        matrix_html.questions(screen.matrix, say, along=along("system", figures, say)),
        folded(say("What the committee said"), context.opinions(say, system=system)),
    )
    if use is not None:
        given = matrix_html.register_entry(entry(use.system, say, today=context.today()), say)
        st.html(folded(say("What does the register say?"), given))
    show_declared(seen, system, say)


def what_it_writes(seen: Scene, system: str, say: Say) -> Html:
    """What a system wrote in the last month that its log holds; nothing of one that writes nothing, or where the lake
    cannot be looked at."""
    facts = context.facts_of_late()
    state, declared = facts.lake.systems.get(system), seen.systems.get(system)
    if state is None or state.written is None or declared is None or not declared.only_writes:
        return Html("")
    return written(state.written, declared, seen.standing.get(system), say)


def folded(name: str, part: Html) -> Html:
    """A part of the page that opens on request; nothing where it has nothing to say."""
    return details(name, part, class_="further") if part else part


def show_declared(seen: Scene, system: str, say: Say) -> None:
    """What the team of a system declares, audited or not."""
    facts = context.facts_of_late()
    if facts.trouble:
        told = say("What its team declares cannot be looked at.")
        st.html(notices.unread(told, facts.trouble))
    elif found := declared_tables(facts.declared.get(system, ()), seen.systems.get(system), say):
        st.html(folded(say("What does the team itself declare?"), declared_section(found, say)))


speaks = context.speaks()
try:
    scene = context.scene()
except BoussoleError as error:
    st.html(notices.problem(error.what, error.next_step, speaks))
else:
    show(scene, st.query_params.get("system", ""), speaks)
