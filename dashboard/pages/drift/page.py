"""The page of drift: is a system still the one that was examined, and what moved."""

from __future__ import annotations

import streamlit as st

from boussole.audits.errors import BoussoleError
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.elements import Html
from boussole.dashboard.markup.words.addresses import drift_href
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.pages.drift import detail_html, drift_html, sides_html
from boussole.dashboard.pages.drift.along import drift_page, figures
from boussole.dashboard.server.access.permissions import Action, allowed
from boussole.dashboard.server.access.visitor import here
from boussole.dashboard.views.drift.view import DriftQuery
from boussole.dashboard.views.parts import context, notices
from boussole.dashboard.views.parts.context import choose
from boussole.dashboard.views.parts.taking_html import along


def show(say: Say) -> None:
    """The page of the system that the address names, of the only one there is, or those to choose from."""
    seen, role, query = context.scene(), here().role, context.kept_query()
    systems, fine = context.with_decisions(), allowed(role, Action.SEE_DRIFT_REPORT)
    asked = DriftQuery.of(st.query_params.to_dict(), fine=fine)
    if not asked.system and systems:
        asked = DriftQuery(system=systems[0], against=asked.against, by=asked.by)
    if asked.system not in systems:
        known = [(seen.title(name, say), drift_href(name, query=query)) for name in systems]
        context.put(drift_html.which(known, asked.system, say))
        return
    page = drift_page(Workspace.find(), asked, say.lang, fine=fine, with_incidents=allowed(role, Action.SEE_INCIDENTS))
    taken = along("drift", figures, say)
    context.put(drift_html.head(page, say))
    choose(page.fields, page="drift", settle=lambda found: vars(DriftQuery.of(found, fine=fine)))
    context.put(
        context.ask_about(asked.system, say),
        drift_html.notes(page, say),
        drift_html.timeline(page, say, along=taken),
        drift_html.sections(page, say, along=taken),
        sides_html.performance(page.performing, say, along=taken),
        sides_html.for_whom(page.for_whom, say, along=taken),
        sides_html.versions(page.beside, say),
        drift_html.gaps(page, say),
        detail(asked, page.pair, say) if fine else Html(""),
        drift_html.closing(
            page,
            say,
            recompute=f"boussole drift --system {asked.system}",
        ),
    )


def detail(asked: DriftQuery, pair: tuple[Window, Window] | None, say: Say) -> Html:
    """Evidently's report on the two periods that the page compares."""
    may_make = allowed(here().role, Action.AUDIT)
    return detail_html.section(
        Workspace.find(), asked, pair, say, may_make=may_make, query=context.kept_query(), problem=context.problem()
    )


speaks = context.speaks()
try:
    show(speaks)
except BoussoleError as error:
    st.html(notices.problem(error.what, error.next_step, speaks))
