"""The page of what committees and authorities said, and what became of it: recommendations, opinions, answers."""

from __future__ import annotations

import streamlit as st

from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import Say
from boussole.dashboard.pages.recommendations.view import (
    FollowedForms,
    RecommendationsQuery,
    open_findings,
    recommendations_page,
)
from boussole.dashboard.server.access.sessions import here
from boussole.dashboard.server.forms import PageForms
from boussole.dashboard.views.committee_words import opinions_about
from boussole.dashboard.views.parts import context


def show(say: Say) -> None:
    """The page, with the forms that the reader's role may fill in."""
    seen, chambers, query = context.scene(), context.chambers(), context.kept_query()
    asked = FollowedForms(scene=seen, chambers=chambers, me=here(), say=say)
    chosen, names = RecommendationsQuery.of(st.query_params.to_dict()), {k: v.title(say) for k, v in chambers.items()}
    page = recommendations_page(seen, chosen, say, query=query, committees=names)
    acting = PageForms(query=query, problem=context.problem(), forms=asked.of_entry)
    opinions = opinions_about(chambers.values(), say, query=query, inside=True)
    found = open_findings(seen, say, query=query)
    made = Template("pages/recommendations/recommendations.html", say)
    context.put(
        made("head", page, bool(found or asked.finding)),
        context.just_done(context.committee_entries() | context.stated_entries(), say),
        made("recommendations", page, acting, asked.recommending),
        made("findings", found, acting, asked.finding),
        made("opinions", opinions, acting),
    )


context.draw(show)
