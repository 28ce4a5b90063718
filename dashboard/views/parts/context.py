"""What the script of a page asks: language, workspace, what stands beside, what was just done, what is chosen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

import streamlit as st

from boussole.audits.drift import stored
from boussole.audits.errors import BoussoleError
from boussole.audits.languages import LANGUAGES
from boussole.audits.workspace import Workspace
from boussole.charter.committee.papers.drafts import SavedDraft
from boussole.charter.committee.refusals import RefusedError
from boussole.charter.committee.voted import VotedText
from boussole.charter.document import AuditDocument
from boussole.dashboard.markup.elements import Html
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import Say, speaker_in
from boussole.dashboard.markup.words.addresses import ask_href, evidence_href, number_of
from boussole.dashboard.server.access.permissions import Action, allowed
from boussole.dashboard.server.access.sessions import here as person
from boussole.dashboard.server.forms import FormProblem, done_html, problem_of, whose
from boussole.dashboard.views import store
from boussole.dashboard.views.chamber import Chamber, SessionEvidence
from boussole.dashboard.views.committee_words import opinions_about
from boussole.dashboard.views.drift.view import address_of
from boussole.dashboard.views.fields import ChoiceField
from boussole.dashboard.views.incidents_and_work import open_incidents as incidents_beside
from boussole.dashboard.views.parts.notices import problem as problem_html
from boussole.dashboard.views.register_words import Register
from boussole.dashboard.views.scene import Scene
from boussole.dashboard.views.store import StoreFacts

# What the script of a page asks: in which language, of which workspace, what stands beside, what was just done.


def language() -> str:
    """The language of the address, else the browser's, else the workspace's."""
    asked = st.query_params.get("lang", "")
    if asked in LANGUAGES:
        return asked
    browser = (st.context.locale or "").partition("-")[0].lower()
    if browser in LANGUAGES:
        return browser
    return main_language()


def main_language() -> str:
    """The language in which the organisation works; the usual one where its settings cannot be read."""
    try:
        return Workspace.find().settings.language
    except BoussoleError:
        return LANGUAGES[0]


def speaks() -> Say:
    """Who speaks to whoever looks: in their language, by the clock and among people of the organisation."""
    return speaker_in(Workspace.find(), language())


def draw(show: Callable[[Say], None]) -> None:
    """Draws a page in the language of whoever looks; where something stops it, what that is and what to do."""
    say = speaks()
    try:
        show(say)
    except RefusedError as error:
        st.html(problem_html(error.said(say.lang), "", say))
    except BoussoleError as error:
        st.html(problem_html(error.what, error.next_step, say))


def kept_query() -> dict[str, str]:
    """What every link inside the app carries on: the language, once somebody has chosen it."""
    asked = st.query_params.get("lang", "")
    return {"lang": asked} if asked in LANGUAGES else {}


def scene() -> Scene:
    """The workspace as pages see it today."""
    return store.scene(Workspace.find())


def facts() -> StoreFacts:
    """Its sources and the state of its lake."""
    return store.facts(Workspace.find())


def facts_of_late() -> StoreFacts:
    """The same as they were a moment ago, for a page that does not need the lake of this second."""
    return store.facts(Workspace.find(), within=store.A_WHILE)


def audits(system: str) -> Sequence[AuditDocument]:
    """The last audit of each window of a system."""
    return store.audits(Workspace.find(), system)


def today() -> dt.date:
    """The day in the workspace."""
    return store.day_in(Workspace.find())


def register() -> Register:
    """The register, as it stands today."""
    return store.register(Workspace.find(), today())


def duties() -> Register:
    """The register with all that is due today but for the erasures, which only the lake knows."""
    return store.duties(Workspace.find())


def chambers() -> dict[str, Chamber]:
    """The committees by id, as they stand today."""
    return store.chambers(Workspace.find())


def evidence(committee: str, session: int) -> SessionEvidence | None:
    """The pack that a session works on, and what has changed since."""
    return store.evidence(Workspace.find(), committee, session)


def drafts(committee: str) -> Sequence[SavedDraft]:
    """What is being written in a committee."""
    return store.drafts(Workspace.find(), committee)


def voted(committee: str) -> Mapping[str, VotedText]:
    """Every complete text that was saved in a committee, by its hash: what its votes are about."""
    return store.voted(Workspace.find(), committee)


def with_decisions() -> list[str]:
    """The systems that have decisions, in the order of the register."""
    return store.with_decisions(Workspace.find())


def open_incidents(say: Say, **about: str) -> Html:
    """The open incidents of an article or a system, for those who may see them."""
    if not allowed(person().role, Action.SEE_INCIDENTS):
        return Html("")
    return incidents_beside(scene(), say, query=kept_query(), **about)


def opinions(say: Say, *, article: str = "", system: str = "") -> Html:
    """What committees said of an article or a system; those who do not see their work see what was published."""
    inside = allowed(person().role, Action.SEE_COMMITTEE)
    found = opinions_about(chambers().values(), say, query=kept_query(), inside=inside, article=article, system=system)
    return Template("views/parts/opinions.html", say)("beside", found)


def asking() -> Callable[[str, str], str] | None:
    """Where a question about a figure is asked; nothing for those who may not ask."""
    if not allowed(person().role, Action.TAKE_PART):
        return None
    query = kept_query()
    return lambda system, key: ask_href(system, key, query=query)


def ask_about(system: str, say: Say) -> Html:
    """Beside figures of a system: one tap leads to a question about it, for those who may ask."""
    ask = asking()
    return Template("views/parts/opinions.html", say)("ask_link", ask(system, "") if ask and system else "")


def just_done(entries: Iterable[int], say: Say, told: str = "") -> Html:
    """That what the reader did is recorded, where the address names one of these entries; nothing for any other."""
    entry = number_of(st.query_params.get("done", ""))
    if entry is None or entry not in set(entries):
        return Html("")
    href = evidence_href(query=kept_query(), entry=str(entry))
    return done_html(entry, told or say("It is recorded and sealed."), say, href=href)


def committee_entries() -> set[int]:
    """The entries of the acts of all committees."""
    return {each.entry for chamber in chambers().values() for each in chamber.house.acts}


def stated_entries() -> set[int]:
    """The entries of what people have stated of systems."""
    return {each.entry for each in scene().facts.sealed}


def problem() -> FormProblem | None:
    """Why a form of the reader was not taken, where the address says that one was not."""
    return problem_of(st.query_params.get("sent", ""), whose(person()))


def put(*parts: Html) -> None:
    """Show the parts of a page, one below the other, but for those that have nothing to say."""
    for part in parts:
        if part:
            st.html(part)


def drift_report(system: str) -> str | None:
    """The address of the newest of Evidently's reports: it opens in an origin of its own."""
    found = stored.newest(Workspace.find().home, system)
    return address_of(found) if found else None


# What is chosen on a page, with Streamlit's own fields; the address holds it, so that a view can be shared.


Settle = Callable[[Mapping[str, str]], Mapping[str, str]]
"""What an address comes to, of what it asks for: what does not go together with the rest is left out."""
FEW = 2
"""Up to so many values of a field stand beside each other; of one alone there is nothing to choose."""


def choose(fields: Sequence[ChoiceField], *, page: str, settle: Settle) -> None:
    """The fields of a page, each with its value of the address; a choice asks for the page anew."""
    with st.container(key=f"choose-{page}", horizontal=True):
        for field in fields:
            if len(field.options) < 2:
                continue
            key = f"{page}-{field.key}"
            st.session_state[key] = field.value
            _field(field, key=key, changed=partial(_changed, field.key, key, settle))


def _changed(name: str, key: str, settle: Settle) -> None:
    """Whoever chose: the address says so, with the language it was in."""
    value = str(st.session_state[key] or "")
    asked = st.query_params.to_dict()
    kept = {"lang": asked["lang"]} if asked.get("lang", "") in LANGUAGES else {}
    found = settle({**asked, name: value})
    st.query_params.from_dict({**{each: told for each, told in found.items() if told}, **kept})


def _field(field: ChoiceField, *, key: str, changed: Callable[[], None]) -> None:
    names = {option.value: option.name for option in field.options}
    values = list(names)
    if len(values) <= FEW:
        st.segmented_control(
            field.label, values, format_func=names.__getitem__, key=key, on_change=changed, required=True, wrap=True
        )
    else:
        st.selectbox(field.label, values, format_func=names.__getitem__, key=key, on_change=changed, filter_mode=None)
