"""The first page: where the charter is kept, where not, where nobody knows."""

from __future__ import annotations

import streamlit as st

from boussole.audits.errors import BoussoleError
from boussole.dashboard.access.people.permissions import Action, allowed
from boussole.dashboard.access.visitor import here
from boussole.dashboard.pages.compass import compass_html
from boussole.dashboard.parts import context, lines_html, notices
from boussole.dashboard.views.committee.duty_words import owed
from boussole.dashboard.views.compass import compass
from boussole.dashboard.views.incidents.beside import owed as incidents_owed
from boussole.dashboard.views.register.due import agenda
from boussole.dashboard.words.say import speaker

say = speaker(context.language())
try:
    seen, chambers = context.scene(), context.chambers()
except BoussoleError as error:
    st.html(notices.problem(error.what, error.next_step, say))
else:
    if seen.latest:
        view = compass(seen, say, query=context.kept_query(), all_changes=st.query_params.get("changes") == "all")
        seated = chambers.values() if allowed(here().role, Action.SEE_COMMITTEE) else ()
        owing = [each for chamber in seated for each in owed(chamber, say, query=context.kept_query())]
        owing += (
            incidents_owed(seen, say, query=context.kept_query()) if allowed(here().role, Action.SEE_INCIDENTS) else []
        )
        due = agenda(context.duties(), say, query=context.kept_query(), owed=owing)
        st.html(compass_html.head(view, say))
        st.html(compass_html.overview(view, say))
        if due:
            st.html(lines_html.agenda(due))
        st.html(compass_html.below(view, say))
    else:
        st.html(compass_html.empty(say))
