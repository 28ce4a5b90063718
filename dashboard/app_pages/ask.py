"""The page on which a written question is asked, about a figure or about none."""

from __future__ import annotations

import streamlit as st

from boussole.audits.errors import BoussoleError
from boussole.dashboard import compass_html, frame
from boussole.dashboard.access.visitor import here
from boussole.dashboard.addresses import questions_href
from boussole.dashboard.forms.forms_html import form_html
from boussole.dashboard.questions import forms, questions_html
from boussole.dashboard.questions.figure import figure_at
from boussole.dashboard.words import Say, speaker


def show(say: Say) -> None:
    """The figure as it is seen now, and the form."""
    asked, query = st.query_params.to_dict(), frame.kept_query()
    system, key = asked.get("system", ""), asked.get("question", "")
    figure = figure_at(frame.scene(), system, key, say)
    form = forms.asking(figure, frame.chambers(), here(), say)
    frame.put(
        questions_html.asking(figure, say, back=questions_href(query=query), lost=bool(system) and figure is None),
        form_html(form, say, query=query, problem=frame.problem()),
    )


speaks = speaker(frame.language())
try:
    show(speaks)
except BoussoleError as error:
    st.html(compass_html.problem(error.what, error.next_step, speaks))
