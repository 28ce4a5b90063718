"""The page of one system: every question of the charter, its answer and its evidence."""

from __future__ import annotations

from functools import partial

import streamlit as st

from boussole.audits.errors import BoussoleError
from boussole.dashboard import compass_html, entry_html, frame, lists, system_html
from boussole.dashboard.addresses import article_href, compass_href, data_href, drift_href, evidence_href, register_href
from boussole.dashboard.caps import caps
from boussole.dashboard.declared import declared_section, declared_tables
from boussole.dashboard.entry_view import entry, unaudited
from boussole.dashboard.scene import Scene
from boussole.dashboard.small_print import recompute
from boussole.dashboard.words import Say, speaker


def show(seen: Scene, system: str, say: Say) -> None:
    """The page of an audited system, of one that nobody has audited, or the list of those there are."""
    query = frame.kept_query()
    home = compass_href(query=query)
    use = next((use for use in frame.duties().uses if use.system.id == system), None)
    if use is not None and use.audit is None:
        beside = frame.open_incidents(say, system=system)
        shown = unaudited(use, seen.charter, say, today=frame.today(), query=query)
        held = caps(seen, say, query=query, system=system)
        for part in entry_html.page(shown, say, home=home, register=register_href(query=query), caps=held):
            st.html(part)
        frame.put(beside, frame.opinions(say, system=system))
        show_declared(seen, system, say)
        return
    if system not in seen.latest:
        st.html(lists.systems_html(lists.systems(seen, say, query=query), say, asked=system, query=query))
        show_declared(seen, system, say)
        return
    page, command = frame.system_page(system, say), recompute(seen.latest[system])
    data = data_href(query=query, anchor=system)
    st.html(system_html.head(page, say, home=home, data=data, register=use is not None))
    frame.put(frame.open_incidents(say, system=system))
    report, over_time = frame.drift_report(system), drift_href(system, query=query)
    ask = frame.asking()
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
    frame.put(frame.opinions(say, system=system))
    if use is not None:
        st.html(entry_html.register_entry(entry(use.system, say, today=frame.today()), say))
    show_declared(seen, system, say)


def show_declared(seen: Scene, system: str, say: Say) -> None:
    """What the team of a system declares, audited or not."""
    facts = frame.facts_of_late()
    if facts.trouble:
        told = say("What its team declares cannot be looked at.")
        st.html(compass_html.unread(told, facts.trouble))
    elif found := declared_tables(facts.declared.get(system, ()), seen.systems.get(system), say):
        st.html(declared_section(found, say))


speaks = speaker(frame.language())
try:
    scene = frame.scene()
except BoussoleError as error:
    st.html(compass_html.problem(error.what, error.next_step, speaks))
else:
    show(scene, st.query_params.get("system", ""), speaks)
