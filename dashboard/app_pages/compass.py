"""The first page: where the charter is kept, where not, where nobody knows."""

from __future__ import annotations

import streamlit as st

from boussole.audits.errors import BoussoleError
from boussole.dashboard import compass_html, frame, register_html
from boussole.dashboard.access.permissions import Action, allowed
from boussole.dashboard.access.visitor import here
from boussole.dashboard.committee.duty_words import owed
from boussole.dashboard.incidents.beside import owed as incidents_owed
from boussole.dashboard.register_due import agenda
from boussole.dashboard.views import compass
from boussole.dashboard.words import speaker

say = speaker(frame.language())
try:
    seen, chambers = frame.scene(), frame.chambers()
except BoussoleError as error:
    st.html(compass_html.problem(error.what, error.next_step, say))
else:
    if seen.latest:
        view = compass(seen, say, query=frame.kept_query(), all_changes=st.query_params.get("changes") == "all")
        seated = chambers.values() if allowed(here().role, Action.SEE_COMMITTEE) else ()
        owing = [each for chamber in seated for each in owed(chamber, say, query=frame.kept_query())]
        owing += (
            incidents_owed(seen, say, query=frame.kept_query()) if allowed(here().role, Action.SEE_INCIDENTS) else []
        )
        due = agenda(frame.duties(), say, query=frame.kept_query(), owed=owing)
        st.html(compass_html.head(view, say))
        st.html(compass_html.overview(view, say))
        if due:
            st.html(register_html.agenda(due))
        st.html(compass_html.below(view, say))
    else:
        st.html(compass_html.empty(say))
