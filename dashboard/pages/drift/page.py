"""The page of drift: is a system still the one that was examined, and what moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import drift_href
from boussole.dashboard.pages.drift.view import (
    YEARS,
    detail_view,
    drift_page,
    themes,
    uncompared,
)
from boussole.dashboard.server.access.permissions import Action, allowed
from boussole.dashboard.server.access.sessions import here
from boussole.dashboard.views.drift.view import DriftQuery
from boussole.dashboard.views.parts import context
from boussole.dashboard.views.parts.context import choose


def show(say: Say) -> None:
    """The page of the system that the address names, of the only one there is, or those to choose from."""
    seen, role, query = context.scene(), here().role, context.kept_query()
    made = Template("pages/drift/drift.html", say)
    systems, fine = context.with_decisions(), allowed(role, Action.SEE_DRIFT_REPORT)
    asked = DriftQuery.of(st.query_params.to_dict(), fine=fine)
    if not asked.system and systems:
        asked = replace(asked, system=systems[0])
    if asked.system not in systems:
        known = [(seen.title(name, say), drift_href(name, query=query)) for name in systems]
        context.put(made("which", known, asked.system))
        return

    def settle(found: Mapping[str, str]) -> Mapping[str, str]:
        return vars(DriftQuery.of(found, fine=fine))

    page = drift_page(Workspace.find(), asked, say.lang, fine=fine, with_incidents=allowed(role, Action.SEE_INCIDENTS))
    context.put(made("head", page))
    choose(page.fields, page="drift", settle=settle)
    detail = detail_view(Workspace.find(), asked, page.pair, say) if fine else None
    context.put(
        context.ask_about(asked.system, say),
        made("notes", page),
        made("timeline", page, uncompared(page.columns, say)),
        made("sections", themes(page)),
        made("meaning", page.meaning),
        made("performance", page.performance),
        made("for_whom", page.for_whom),
        made("gaps", page),
        made("detail", detail),
        made("closing", page, f"boussole drift --system {asked.system}", YEARS),
    )


context.draw(show)
