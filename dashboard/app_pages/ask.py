"""The page on which a written question is asked, about a figure or about none."""

from __future__ import annotations

import streamlit as st

from audits.errors import BoussoleError
from dashboard import compass_html, frame
from dashboard.access.person import here
from dashboard.addresses import questions_href
from dashboard.forms.html import form_html
from dashboard.questions import forms, html
from dashboard.questions.figure import figure_at
from dashboard.words import Say, speaker


def show(say: Say) -> None:
    """The figure as it is seen now, and the form."""
    asked, query = st.query_params.to_dict(), frame.kept_query()
    system, key = asked.get("system", ""), asked.get("question", "")
    figure = figure_at(frame.scene(), system, key, say)
    form = forms.asking(figure, frame.chambers(), here(), say)
    frame.put(
        html.asking(figure, say, back=questions_href(query=query), lost=bool(system) and figure is None),
        form_html(form, say, query=query, problem=frame.problem()),
    )


speaks = speaker(frame.language())
try:
    show(speaks)
except BoussoleError as error:
    st.html(compass_html.problem(error.what, error.next_step, speaks))
