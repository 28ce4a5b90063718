"""What surrounds every page: style, language, navigation, and the reminder that nobody is signed in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from boussole.audits.drift import stored
from boussole.audits.errors import BoussoleError
from boussole.audits.hashing import sha256_hex
from boussole.audits.languages import LANGUAGES
from boussole.audits.lost import Lost, lost_ledger
from boussole.audits.workspace import Workspace
from boussole.charter.committee.papers.drafts import Drafted
from boussole.dashboard import store
from boussole.dashboard.access.account_html import account
from boussole.dashboard.access.permissions import Action, allowed
from boussole.dashboard.access.person import Person
from boussole.dashboard.access.visitor import here as person
from boussole.dashboard.addresses import address, ask_href, evidence_href
from boussole.dashboard.amendment import CharterView
from boussole.dashboard.article_view import ArticlePage, Chosen
from boussole.dashboard.committee.chamber import Chamber
from boussole.dashboard.committee.evidence import Evidence
from boussole.dashboard.compass_html import unforeseen
from boussole.dashboard.drifting.detail_routes import address_of
from boussole.dashboard.drifting.query import DriftQuery
from boussole.dashboard.drifting.view import DriftPage
from boussole.dashboard.evidence_view import number_of
from boussole.dashboard.facts import Facts
from boussole.dashboard.fairness.asking import Chosen as Looked
from boussole.dashboard.fairness.view import Explorer
from boussole.dashboard.followed.followed_html import beside as opinions_beside
from boussole.dashboard.followed.opinions_view import opinions_about
from boussole.dashboard.forms.forms_html import done_html
from boussole.dashboard.forms.inbox import problem_of, whose
from boussole.dashboard.forms.model import Problem
from boussole.dashboard.incidents.beside import open_incidents as incidents_beside
from boussole.dashboard.inline import SCRIPT, STYLE
from boussole.dashboard.lost_html import lost
from boussole.dashboard.markup import Html, el, join
from boussole.dashboard.outside.outside_html import foot, foot_unread
from boussole.dashboard.pages import Page, current, listed
from boussole.dashboard.questions.questions_html import ask_link
from boussole.dashboard.register_choice import Register
from boussole.dashboard.scene import Scene
from boussole.dashboard.search.search_html import field
from boussole.dashboard.search.view import SearchPage, search_page
from boussole.dashboard.system_view import SystemPage
from boussole.dashboard.trouble import noted
from boussole.dashboard.words import Say

HERE = Path(__file__).parent
OF_ONE_LANGUAGE = ("lang", "checked")
"""What an address asks for in the language it names: the switch leaves it out."""
NAMES: dict[str, str] = {"fr": "Français", "en": "English"}


def language() -> str:
    """The language of the address, else the browser's, else the workspace's."""
    asked = st.query_params.get("lang", "")
    if asked in LANGUAGES:
        return asked
    browser = (st.context.locale or "").partition("-")[0].lower()
    if browser in LANGUAGES:
        return browser
    try:
        return Workspace.find().settings.language
    except BoussoleError:
        return LANGUAGES[0]


def kept_query() -> dict[str, str]:
    """What every link inside the app carries on: the language, once somebody has chosen it."""
    asked = st.query_params.get("lang", "")
    return {"lang": asked} if asked in LANGUAGES else {}


def scene() -> Scene:
    """The workspace as pages see it today."""
    return store.scene(Workspace.find())


def facts() -> Facts:
    """Its sources and the state of its lake."""
    return store.facts(Workspace.find())


def facts_of_late() -> Facts:
    """The same as they were a moment ago, for a page that does not need the lake of this second."""
    return store.facts(Workspace.find(), within=store.A_WHILE)


def today() -> dt.date:
    """The day on this machine."""
    return store.today()


def register() -> Register:
    """The register, as it stands today."""
    return store.register(Workspace.find(), today())


def duties() -> Register:
    """The register with all that is due today but for the erasures, which only the lake knows."""
    return store.duties(Workspace.find())


def charter(against: str) -> CharterView:
    """The charter in force, beside another version of it."""
    return store.charter(Workspace.find(), against, today())


def chambers() -> dict[str, Chamber]:
    """The committees by id, as they stand today."""
    return store.chambers(Workspace.find())


def evidence(committee: str, session: int) -> Evidence | None:
    """The pack that a session works on, and what has changed since."""
    return store.evidence(Workspace.find(), committee, session)


def drafts(committee: str) -> Sequence[Drafted]:
    """What is being written in a committee."""
    return store.drafts(Workspace.find(), committee)


def drift_page(asked: DriftQuery, say: Say, *, fine: bool, with_incidents: bool) -> DriftPage:
    """The page of a system's drift, as it stands today."""
    return store.drift_page(Workspace.find(), asked, say.lang, fine=fine, with_incidents=with_incidents)


def with_decisions() -> list[str]:
    """The systems that have decisions, in the order of the register."""
    return store.with_decisions(Workspace.find())


def system_page(system: str, say: Say) -> SystemPage:
    """The page of an audited system."""
    return store.system_page(Workspace.find(), system, say.lang)


def explorer(chosen: Looked, say: Say) -> Explorer | None:
    """A view of the fairness explorer; None where no audit has measured groups."""
    return store.explorer(Workspace.find(), chosen, say.lang)


def search(asked: str, say: Say, *, kind: str) -> SearchPage:
    """What the reader of the current rerun finds: their role opens it, and nothing else is looked at."""
    workspace, role = Workspace.find(), person().role
    actions = [action for action in Action if allowed(role, action)]
    index, entries = store.index(workspace, say.lang), store.entries(workspace)
    return search_page(index, asked, say, kind=kind, actions=actions, entries=entries, query=kept_query())


def article_page(chosen: Chosen, say: Say) -> ArticlePage | None:
    """The page of an article, as it stands today."""
    return store.article_page(Workspace.find(), chosen, say.lang)


def open_incidents(say: Say, **about: str) -> Html:
    """The open incidents of an article or a system, for those who may see them."""
    if not allowed(person().role, Action.SEE_INCIDENTS):
        return Html("")
    return incidents_beside(scene(), say, query=kept_query(), **about)


def opinions(say: Say, **about: str) -> Html:
    """What committees said of an article or a system; those who do not see their work see what was published."""
    inside = allowed(person().role, Action.SEE_COMMITTEE)
    return opinions_beside(opinions_about(chambers().values(), say, query=kept_query(), inside=inside, **about), say)


def asking() -> Callable[[str, str], str] | None:
    """Where a question about a figure is asked; nothing for those who may not ask."""
    if not allowed(person().role, Action.TAKE_PART):
        return None
    query = kept_query()
    return lambda system, key: ask_href(system, key, query=query)


def ask_about(system: str, say: Say) -> Html:
    """Beside figures of a system: one tap leads to a question about it, for those who may ask."""
    ask = asking()
    return (ask_link(ask(system, ""), say) if ask and system else None) or Html("")


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


def problem() -> Problem | None:
    """Why a form of the reader was not taken, where the address says that one was not."""
    return problem_of(st.query_params.get("sent", ""), whose(person()))


def prepare() -> None:
    """The style of every page."""
    st.html(f"<style>{STYLE}</style>")
    st.html(el("div", id="content", tabindex="-1"))


def shown(page: StreamlitPage, say: Say) -> None:
    """A page, or why there is none: the ledger is lost, or something fails that nobody foresaw."""
    with guarded(f"the page {page.url_path or '/'}", say):
        found = _lost()
        if found is None:
            page.run()
        else:
            st.html(lost(found, say))


@contextmanager
def guarded(place: str, say: Say) -> Iterator[None]:
    """Where something fails that nobody foresaw, whoever looks is told so, and what follows is drawn.

    They see no trace of the program but a number, under which the server noted it.
    """
    try:
        yield
    except Exception as error:  # noqa: BLE001 (it is noted and told)
        st.html(unforeseen(noted(error, place), say))


def _lost() -> Lost | None:
    """What is known of the ledger where it is lost; a workspace that cannot be opened is told by the page."""
    try:
        return lost_ledger(Workspace.find())
    except BoussoleError:
        return None


def put(*parts: Html) -> None:
    """Show the parts of a page, one below the other, but for those that have nothing to say."""
    for part in parts:
        if part:
            st.html(part)


def sidebar(say: Say, me: Person, known: Sequence[Page], *, name: str) -> None:
    """The brand, the pages that a role opens, and the languages. `name` is that of the page shown."""
    query, marked = kept_query(), current(known, name)
    menu = []
    for at, (group, listed_here) in enumerate(listed(known, say)):
        items = [_page(page, query=query, current=page.name == marked) for page in listed_here]
        menu += [el("p", group, class_="group", id=f"pages-{at}"), el("ul", *items, aria_labelledby=f"pages-{at}")]
    with st.sidebar:
        paths = " ".join(page.path for page in known)
        nav = el("nav", *menu, class_="pages", aria_label=say("Pages"), data_known=paths, data_whose=browser_name(me))
        who = account(me, say, to=here(name), query=query)
        st.html(join([_skip(say), _brand(), field(say), nav, who, languages(say)]))


def browser_name(me: Person) -> str | None:
    """Under which name a browser keeps what somebody writes: whoever signs in there after them is not shown it."""
    return sha256_hex(f"boussole/browser/{me.subject}".encode())[:16] if me.authenticated else None


def _skip(say: Say) -> Html:
    return el("a", say("Skip to the content"), href="#content", class_="skip")


def _brand() -> Html:
    return el("p", el("img", src="/app/static/icon.svg", alt="", width="28", height="28"), "Boussole", class_="brand")


def here(name: str) -> str:
    """The address of the page shown."""
    return address(Page(name=name, title="").path, st.query_params.to_dict())


def _page(page: Page, *, query: dict[str, str], current: bool) -> Html:
    href = address(page.path, query)
    return el("li", el("a", page.title, href=href, target="_self", aria_current="page" if current else None))


def languages(say: Say) -> Html:
    """The switch: plain links to the same page, so that it works by keyboard and can be shared."""
    here = {key: value for key, value in st.query_params.items() if key not in OF_ONE_LANGUAGE}
    links = [
        el(
            "a",
            NAMES[lang],
            href="?" + urlencode({**here, "lang": lang}),
            target="_self",
            lang=lang,
            hreflang=lang,
            aria_current="true" if lang == say.lang else None,
        )
        for lang in LANGUAGES
    ]
    return el("nav", *links, class_="languages", aria_label=say("Language"))


def drift_report(system: str) -> str | None:
    """The address of the newest of Evidently's reports: it opens in an origin of its own."""
    found = stored.newest(Workspace.find().home, system)
    return address_of(found) if found else None


def outside(say: Say) -> None:
    """The sidebar of somebody who is not signed in: the brand and the languages."""
    with st.sidebar:
        st.html(join([_brand(), languages(say)]))


def checked_outside(say: Say) -> Html:
    """When somebody outside checked the ledger last, in one line."""
    href = evidence_href(query=kept_query())
    try:
        return foot(store.outside(Workspace.find()), say, now=dt.datetime.now(dt.UTC), href=href)
    except BoussoleError:
        return foot_unread(say, href=href)
    except Exception as error:  # noqa: BLE001 (it is noted, and the page above is whole)
        noted(error, "the foot of the pages")
        return foot_unread(say, href=href)


def footer(say: Say, *, name: str, local: bool, told: Html | None = None) -> None:
    """Said on every page, whatever the sidebar does; then the page is complete. `name` is that of the page shown.

    `told` is what only somebody who is let in is told.
    """
    mode = el(
        "p",
        el("strong", say("Local mode:")),
        " ",
        say("nobody is signed in, and only this machine can open these pages."),
    )
    st.html(
        el(
            "footer",
            mode if local else None,
            told,
            el("p", say("No threshold here is a legal one. A verdict says what the decisions show, not why.")),
            class_="foot",
            lang=say.lang,
        )
    )
    shown = urlencode({"": f"{name} {say.lang}", **st.query_params.to_dict()})
    once = el("span", hidden="", data_shown=sha256_hex(shown.encode()))
    st.html(f"{once}<script>{SCRIPT}</script>", unsafe_allow_javascript=True)
