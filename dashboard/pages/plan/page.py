"""The page of a plan: how many decisions it takes until a question can be answered, and how long they take to come."""

from __future__ import annotations

import streamlit as st

from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import Say
from boussole.dashboard.pages.plan.view import PlanQuery, plan_page
from boussole.dashboard.views.parts import context


def show(say: Say) -> None:
    """The plan that the address asks for."""
    asked = PlanQuery(system=st.query_params.get("system", ""), gap=st.query_params.get("gap", ""))
    shown, template = (
        plan_page(context.scene(), asked, say, query=context.kept_query()),
        Template("pages/plan/plan.html", say),
    )
    st.html(template("page", shown) if shown else template("empty"))


context.draw(show)
