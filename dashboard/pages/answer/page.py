"""The page of one answer of one system to one question of the charter."""

from __future__ import annotations

import streamlit as st

from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import (
    compass_href,
    drift_href,
    evidence_href,
    incidents_href,
)
from boussole.dashboard.pages.answer.around import ReadingRights
from boussole.dashboard.pages.answer.view import kept_answer, recording
from boussole.dashboard.server.access.permissions import Action, allowed
from boussole.dashboard.server.access.sessions import here
from boussole.dashboard.server.forms import PageForms
from boussole.dashboard.views.answers.small_print import recompute
from boussole.dashboard.views.parts import context, notices


def show(system: str, key: str, say: Say) -> None:
    """An answer, or the list of the systems whose answers there are."""
    query = context.kept_query()
    role = here().role
    reader = ReadingRights(committee=allowed(role, Action.SEE_COMMITTEE), incidents=allowed(role, Action.SEE_INCIDENTS))
    page = kept_answer(Workspace.find(), system, key, say.lang, reader=reader)
    if page is None:
        scene = context.scene()
        told, question = notices.systems(scene, say, query=query), key if system in scene.latest else ""
        asked = scene.title(system, say) if question else system
        st.html(notices.systems_html(told, say, asked=asked, query=query, question=question))
        return
    made, ask = Template("pages/answer/answer.html", say), context.asking()
    document = context.scene().latest.get(page["system"])
    forms = recording(context.scene(), page["system"], page["key"], here(), say)
    contest = incidents_href(query=query, anchor="appeals") if reader.incidents else ""
    context.put(
        made("head", page, compass_href(query=query)),
        context.just_done(context.stated_entries(), say),
        made("pictures", page),
        made("promise", page),
        made("actions", page, contest, ask(page["system"], page["key"]) if ask else ""),
        PageForms(query=query, problem=context.problem()).recording(forms, say, kind="behind"),
        made(
            "behind",
            page,
            recompute=recompute(document) if document else "",
            report=context.drift_report(page["system"]),
            over_time=drift_href(page["system"], query=query),
            seal=evidence_href(query=query, entry=str(document.entry)) if document else None,
        ),
    )


context.draw(lambda say: show(st.query_params.get("system", ""), st.query_params.get("question", ""), say))
