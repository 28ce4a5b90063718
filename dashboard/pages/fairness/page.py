"""The fairness explorer: one figure of stored audits at a time, by group, of one period or of two beside each other."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.pages.fairness.view import kept_explorer
from boussole.dashboard.views.fields import FairnessQuery
from boussole.dashboard.views.parts import context, notices
from boussole.dashboard.views.parts.context import choose

say = context.speaks()


def settle(asked: Mapping[str, str]) -> Mapping[str, str]:
    """What an address comes to: what a system or question does not have is left out of it."""
    found = kept_explorer(Workspace.find(), FairnessQuery.of(asked), say.lang)
    return vars(found["chosen"]) if found else {}


try:
    shown = kept_explorer(Workspace.find(), FairnessQuery.of(st.query_params.to_dict()), say.lang)
except BoussoleError as error:
    st.html(notices.problem(error.what, error.next_step, say))
else:
    made = Template("pages/fairness/fairness.html", say)
    if shown is None:
        st.html(made("empty"))
    else:
        st.html(made("head", [field for field in shown["fields"] if field.refused]))
        choose(shown["fields"], page="fairness", settle=settle)
        st.html(made("page", shown))
    context.put(context.ask_about(shown["chosen"].system if shown else "", say))
