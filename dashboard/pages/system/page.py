"""The page of one system: every question of the charter, its answer and its evidence."""

from __future__ import annotations

from functools import partial

import streamlit as st

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.dashboard.pages.system import entry_html
from boussole.dashboard.pages.system.cache import system_page
from boussole.dashboard.pages.system.declared import declared_section, declared_tables
from boussole.dashboard.parts import context, lists, notices, system_html
from boussole.dashboard.views.answers.caps import caps
from boussole.dashboard.views.answers.small_print import recompute
from boussole.dashboard.views.entry import entry, unaudited
from boussole.dashboard.views.scene import Scene
from boussole.dashboard.words.addresses import (
    article_href,
    compass_href,
    data_href,
    drift_href,
    evidence_href,
    register_href,
)
from boussole.dashboard.words.say import Say, speaker


def show(seen: Scene, system: str, say: Say) -> None:
    """The page of an audited system, of one that nobody has audited, or the list of those there are."""
    query = context.kept_query()
    home = compass_href(query=query)
    use = next((use for use in context.duties().uses if use.system.id == system), None)
    if use is not None and use.audit is None:
        beside = context.open_incidents(say, system=system)
        shown = unaudited(use, seen.charter, say, today=context.today(), query=query)
        held = caps(seen, say, query=query, system=system)
        for part in entry_html.page(shown, say, home=home, register=register_href(query=query), caps=held):
            st.html(part)
        context.put(beside, context.opinions(say, system=system))
        show_declared(seen, system, say)
        return
    if system not in seen.latest:
        st.html(lists.systems_html(lists.systems(seen, say, query=query), say, asked=system, query=query))
        show_declared(seen, system, say)
        return
    page, command = system_page(Workspace.find(), system, say.lang), recompute(seen.latest[system])
    data = data_href(query=query, anchor=system)
    st.html(system_html.head(page, say, home=home, data=data, register=use is not None))
    context.put(context.open_incidents(say, system=system))
    report, over_time = context.drift_report(system), drift_href(system, query=query)
    ask = context.asking()
    seal = evidence_href(query=query, entry=str(seen.latest[system].evidence.entry))
    for section in page.sections:
        whole = article_href(section.id, query=query)
        st.html(
            system_html.article(
                section,
                say,
                recompute=command,
                report=report,
                over_time=over_time,
                seal=seal,
                whole=whole,
                ask=partial(ask, system) if ask else None,
            )
        )
    context.put(context.opinions(say, system=system))
    if use is not None:
        st.html(entry_html.register_entry(entry(use.system, say, today=context.today()), say))
    show_declared(seen, system, say)


def show_declared(seen: Scene, system: str, say: Say) -> None:
    """What the team of a system declares, audited or not."""
    facts = context.facts_of_late()
    if facts.trouble:
        told = say("What its team declares cannot be looked at.")
        st.html(notices.unread(told, facts.trouble))
    elif found := declared_tables(facts.declared.get(system, ()), seen.systems.get(system), say):
        st.html(declared_section(found, say))


speaks = speaker(context.language())
try:
    scene = context.scene()
except BoussoleError as error:
    st.html(notices.problem(error.what, error.next_step, speaks))
else:
    show(scene, st.query_params.get("system", ""), speaks)
