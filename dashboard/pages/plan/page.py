"""The page of a plan: how many decisions it takes until a question can be answered, and how long they take to come."""

from __future__ import annotations

import streamlit as st

from boussole.audits.errors import BoussoleError
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.pages.plan.view import PlanQuery, plan_page
from boussole.dashboard.views.parts import context, notices

say = context.speaks()
asked = PlanQuery(system=st.query_params.get("system", ""), gap=st.query_params.get("gap", ""))
try:
    shown = plan_page(context.scene(), asked, say, query=context.kept_query())
except BoussoleError as error:
    st.html(notices.problem(error.what, error.next_step, say))
else:
    template = Template("pages/plan/plan.html", say)
    st.html(template("page", shown) if shown else template("empty"))
