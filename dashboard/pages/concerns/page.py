"""The page of what concerns whoever looks, which is then no longer new, and whether it comes by e-mail."""

from __future__ import annotations

import streamlit as st

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.dashboard.alerts.personal import reach
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import Say
from boussole.dashboard.pages.concerns.view import DONE, ConcernsPage, letters_form, letters_words, split
from boussole.dashboard.server.access.database import now, remember, seen, wish_of
from boussole.dashboard.server.access.sessions import here
from boussole.dashboard.views import store
from boussole.dashboard.views.concerns import Whose, whose
from boussole.dashboard.views.parts import context, notices


def looked_at(somebody: Whose, say: Say) -> ConcernsPage:
    """The page, and from then on all that it shows is seen."""
    workspace, moment = Workspace.find(), now()
    concerns = store.concerns(workspace, somebody, say, context.kept_query())
    known = seen(workspace, somebody.name)
    new, before = split(concerns, known, now=moment)
    wish = wish_of(workspace, somebody.name)
    shown = ConcernsPage(
        new=new,
        before=before,
        letters=letters_words(reach(workspace, somebody, context.chambers()), workspace, say),
        form=letters_form(wish, say, main=workspace.settings.language),
    )
    remember(workspace, somebody.name, [each.key for each in new if each.key not in known], now=moment)
    return shown


say = context.speaks()
try:
    somebody = whose(here(), context.chambers())
    shown = looked_at(somebody, say) if somebody else None
except BoussoleError as error:
    st.html(notices.problem(error.what, error.next_step, say))
else:
    done, made = st.query_params.get("kept", "") == DONE, Template("pages/concerns/concerns.html", say)
    st.html(made("page", shown, context.kept_query(), context.problem(), done) if shown else made("nobody"))
