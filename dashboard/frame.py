"""What surrounds every page: style, language, navigation, and the reminder that nobody is signed in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from audits.errors import BoussoleError
from audits.languages import LANGUAGES
from audits.workspace import Workspace
from charter.committee.drafts import Drafted
from dashboard import store
from dashboard.access.account_html import account
from dashboard.access.permissions import allowed
from dashboard.access.person import Person
from dashboard.access.places import PAGES
from dashboard.addresses import (
    article_href,
    charter_href,
    committee_href,
    compass_href,
    data_href,
    evidence_href,
    law_href,
    register_href,
    system_href,
)
from dashboard.amendment import Seen
from dashboard.article_view import ArticlePage, Chosen
from dashboard.committee.chamber import Chamber
from dashboard.committee.evidence import Evidence
from dashboard.facts import Facts
from dashboard.html import Html, el, join
from dashboard.register_choice import Register
from dashboard.scene import Scene
from dashboard.server import drift_report as stored_report
from dashboard.system_view import SystemPage
from dashboard.words import Say
from experiments.declared import DeclaredMeasure

HERE = Path(__file__).parent
OF_ONE_LANGUAGE = ("lang", "checked")
"""What an address asks for in the language it names: the switch leaves it out."""
LISTED = 8
"""Audited systems that the sidebar names; a hundred would push the languages off the screen."""
UNDER = {"session": "committee"}
"""Pages that the menu names by another one."""
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


def today() -> dt.date:
    """The day on this machine."""
    return store.today()


def register() -> Register:
    """The register, as it stands today."""
    return store.register(Workspace.find(), today())


def duties() -> Register:
    """The register with all that is due today but for the erasures, which only the lake knows."""
    return store.duties(Workspace.find())


def charter(against: str) -> Seen:
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


def declared(system: str) -> Sequence[DeclaredMeasure]:
    """The measures that the team of a system declares."""
    return store.facts(Workspace.find()).declared.get(system, ())


def system_page(system: str, say: Say) -> SystemPage:
    """The page of an audited system."""
    return store.system_page(Workspace.find(), system, say.lang)


def article_page(chosen: Chosen, say: Say) -> ArticlePage | None:
    """The page of an article, as it stands today."""
    return store.article_page(Workspace.find(), chosen, say.lang)


def prepare() -> None:
    """The style of every page."""
    st.html(HERE / "static" / "style.css")


def put(*parts: Html) -> None:
    """Show the parts of a page, one below the other, but for those that have nothing to say."""
    for part in parts:
        if part:
            st.html(part)


_SCRIPTS: dict[str, str] = {
    lang: f"""<script>
document.documentElement.lang = "{lang}";
document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
</script>"""
    for lang in LANGUAGES
}
"""Once a page stands: its language for those who hear it, then the question its address names. They hold no data."""


def sidebar(say: Say, me: Person, *, page: str, system: str, article: str) -> None:
    """The brand, the pages that a role opens, and the languages. `page` is the path of the page shown, `system`
    or `article` what it is about."""
    query = kept_query()
    menu = {
        "compass": (say("The compass"), compass_href(query=query)),
        "committee": (say("The committee"), committee_href("", query=query)),
        "charter": (say("The charter"), charter_href(query=query)),
        "register": (say("The register"), register_href(query=query)),
        "law": (say("The law"), law_href(query=query)),
        "evidence": (say("The evidence"), evidence_href(query=query)),
        "data": (say("The data"), data_href(query=query)),
    }
    pages = [
        _page(title, href, current=name == UNDER.get(page, page or "compass"))
        for name, (title, href) in menu.items()
        if allowed(me.role, PAGES[name])
    ]
    articles, audited = _listed(say)
    groups = {
        say("Articles"): [
            _page(title, article_href(name, query=query), current=name == article) for name, title in articles
        ],
        say("Systems"): _systems(audited, say, current=system, query=query),
    }
    listed = [el("ul", *pages)]
    for name, items in groups.items():
        listed += [el("p", name, class_="group"), el("ul", *items)] if items else []
    nav = el("nav", *listed, class_="pages", aria_label=say("Pages"))
    with st.sidebar:
        st.html(join([_brand(), nav, account(me, say, to=here(page)), languages(say)]))


def _brand() -> Html:
    return el("p", el("img", src="/app/static/icon.svg", alt="", width="28", height="28"), "Boussole", class_="brand")


def here(page: str) -> str:
    """The address of the page shown."""
    return f"/{page}" + (f"?{urlencode(st.query_params.to_dict())}" if st.query_params else "")


def _systems(audited: Sequence[tuple[str, str]], say: Say, *, current: str, query: dict[str, str]) -> list[Html]:
    """The audited systems; where there are many, the first ones, the one shown, and the way to all of them."""
    shown = [each for at, each in enumerate(audited) if at < LISTED or each[0] == current]
    items = [_page(title, system_href(name, query=query), current=name == current) for name, title in shown]
    if len(shown) < len(audited):
        every = say("All {n} in the register", n=say.whole(len(audited)))
        items.append(_page(every, register_href(query=query), current=False))
    return items


def _page(title: str, href: str, *, current: bool) -> Html:
    return el("li", el("a", title, href=href, target="_self", aria_current="page" if current else None))


def _listed(say: Say) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The articles and the audited systems, by id and name; none where there is nothing to read yet."""
    try:
        seen = scene()
    except BoussoleError:
        return [], []
    return list(seen.articles(say).items()), [(system, seen.title(system, say)) for system in seen.latest]


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
    """The address of Evidently's own report: it opens in an origin of its own (dashboard/server.py)."""
    return f"/drift/{system}" if stored_report(Workspace.find().home, system) else None


def outside(say: Say) -> None:
    """The sidebar of somebody who is not signed in: the brand and the languages."""
    with st.sidebar:
        st.html(join([_brand(), languages(say)]))


def footer(say: Say, *, local: bool) -> None:
    """Said on every page, whatever the sidebar does; then the page is complete."""
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
            el("p", say("No threshold here is a legal one. A verdict says what the decisions show, not why.")),
            class_="foot",
        )
    )
    st.html(_SCRIPTS[say.lang], unsafe_allow_javascript=True)
