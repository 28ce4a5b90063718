"""The register page: every use of AI, how far each is examined, what is due next."""

from __future__ import annotations

import streamlit as st

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.pages.register.forms import taking_stock
from boussole.dashboard.server.access.sessions import here
from boussole.dashboard.server.forms import PageForms
from boussole.dashboard.views.parts import context, notices
from boussole.dashboard.views.parts.context import choose
from boussole.dashboard.views.register import register_page
from boussole.dashboard.views.register_words import RegisterQuery

say = context.speaks()
template = Template("pages/register/register.html", say)
try:
    register = context.register()
except BoussoleError as error:
    st.html(notices.problem(error.what, error.next_step, say))
else:
    if register.uses:
        page = register_page(register, RegisterQuery.of(st.query_params.to_dict()), say, query=context.kept_query())
        st.html(template("head", page))
        context.put(context.just_done(context.stated_entries(), say))
        if register.trouble:
            told = say("Which decisions are to be erased cannot be said: the data cannot be looked at.")
            st.html(notices.unread(told, register.trouble))
        st.html(template("overview", page))
        st.html(template("uses_title"))
        choose(page["fields"], page="register", settle=lambda asked: vars(RegisterQuery.of(asked)))
        st.html(template("uses", page))
        acting = PageForms(query=context.kept_query(), problem=context.problem())
        context.put(acting.recording(taking_stock(Workspace.find(), here(), say), say))
    else:
        st.html(template("empty"))
