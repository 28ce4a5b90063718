"""The page on which a written question is asked, about a figure or about none."""

from __future__ import annotations

import streamlit as st

from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import questions_href
from boussole.dashboard.pages.ask.forms import asking
from boussole.dashboard.server.access.sessions import here
from boussole.dashboard.server.forms import form_html
from boussole.dashboard.views.parts import context
from boussole.dashboard.views.records.setting import figure_at


def show(say: Say) -> None:
    """The figure as it is seen now, and the form."""
    asked, query = st.query_params.to_dict(), context.kept_query()
    system, key = asked.get("system", ""), asked.get("question", "")
    figure = figure_at(context.scene(), system, key, say)
    made, form = Template("pages/ask/ask.html", say), asking(figure, context.chambers(), here(), say)
    context.put(
        made("head", figure, questions_href(query=query), bool(system) and figure is None),
        form_html(form, say, query=query, problem=context.problem()),
    )


context.draw(show)
