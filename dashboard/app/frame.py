"""What surrounds every page: how Streamlit is set up, style, navigation, foot; its place while the ledger is lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from boussole.audits.errors import BoussoleError
from boussole.audits.hashing import sha256_hex
from boussole.audits.languages import LANGUAGES
from boussole.audits.lost import RESTART, Lost, RecordsState, lost_ledger
from boussole.audits.mixed import joined
from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.elements import (
    INK,
    LINE,
    LINK,
    NEEDLE,
    PAPER,
    SANS,
    SCRIPT,
    SERIF,
    SIDE,
    STYLE,
    Html,
    el,
)
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import DashboardPage, address, current, evidence_href, listed
from boussole.dashboard.server.access.account import account
from boussole.dashboard.server.access.permissions import FIRST_PAGES, Person
from boussole.dashboard.server.process import noted
from boussole.dashboard.views import store
from boussole.dashboard.views.parts.context import kept_query
from boussole.dashboard.views.parts.notices import foot, foot_unread, unforeseen

# In the place of every page while the ledger is lost: what shows it, and what to do.


def lost(found: Lost, say: Say) -> Html:
    """That there was a ledger, and what brings it back."""
    steps = [step for step in (_restore(found, say), _fits(found, say), _anew(say)) if step]
    return Template("app/frame.html", say)("lost", _headline(found.state, say), found.traces, steps)


def _headline(state: RecordsState, say: Say) -> str:
    states = {
        RecordsState.missing: say("There was a ledger here, and its file `governance.sqlite` is missing."),
        RecordsState.empty: say("There was a ledger here, and its file `governance.sqlite` is empty."),
        RecordsState.bare: say("There was a ledger here, and its file `governance.sqlite` holds no entry."),
    }
    return states[state]


def _restore(found: Lost, say: Say) -> str:
    if not found.backups:
        return say("Restore `governance.sqlite` from the newest backup.")
    names = joined(", ", [f"`{name}`" for name in found.backups])
    return say("Restore `governance.sqlite` from the newest backup; beside it lie: {names}.", names=names)


def _fits(found: Lost, say: Say) -> str:
    if found.kept is None:
        return say("Hold what you restore to a kept checkpoint: `boussole verify --ledger --checkpoint FILE`.")
    name, size = found.kept
    return say(
        "What you restore has to fit the kept checkpoint `{name}`, of {n} entries.", name=name, n=say.whole(size)
    )


def _anew(say: Say) -> str:
    return say(
        "Where no backup is left, start a new ledger; the reason is sealed and told for ever: `{command}`",
        command=RESTART,
    )


# What surrounds every page: style, navigation, the languages, and the foot.


HERE = Path(__file__).parent
OF_ONE_LANGUAGE = ("lang", "checked")
"""What an address asks for in the language it names: the switch leaves it out."""
NAMES: dict[str, str] = {"fr": "Français", "en": "English"}


def script(page: DashboardPage) -> Path:
    """What Streamlit runs for a page. No folder `pages` lies beside the app: Streamlit would list it by itself."""
    return HERE.parent / "pages" / page.name / "page.py"


def prepare() -> None:
    """The style of every page."""
    st.html(f"<style>{STYLE}</style>")


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
    """Where something unforeseen fails, shows the number under which the server noted it; what follows is drawn."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 (it is noted and told)
        st.html(unforeseen(noted(error, place), say))


def _lost() -> Lost | None:
    try:
        return lost_ledger(Workspace.find())
    except BoussoleError:
        return None


def sidebar(say: Say, me: Person, known: Sequence[DashboardPage], *, name: str) -> None:
    """The brand, the pages that a role opens, and the languages. `name` is that of the page shown."""
    query, marked = kept_query(), current(known, name)
    menu = [
        (group, [(page.title, address(page.path, query), page.name == marked) for page in pages])
        for group, pages in listed(known, say, first=FIRST_PAGES.get(me.role, ()))
    ]
    paths = " ".join(page.path for page in known)
    who = account(me, say, to=here(name), query=query)
    with st.sidebar:
        st.html(Template("app/frame.html", say)("sidebar", menu, paths, browser_name(me), who, languages()))


def browser_name(me: Person) -> str | None:
    """Under which name a browser keeps what somebody writes: whoever signs in there after them is not shown it."""
    return sha256_hex(f"boussole/browser/{me.subject}".encode())[:16] if me.authenticated else None


def here(name: str) -> str:
    """The address of the page shown."""
    return address(DashboardPage(name=name, title="", action="").path, st.query_params.to_dict())


def languages() -> list[tuple[str, str, str]]:
    """The page shown in each language: its code, its name, the address."""
    here = {key: value for key, value in st.query_params.items() if key not in OF_ONE_LANGUAGE}
    return [(lang, NAMES[lang], "?" + urlencode({**here, "lang": lang})) for lang in LANGUAGES]


def outside(say: Say) -> None:
    """The sidebar of somebody who is not signed in: the brand and the languages."""
    with st.sidebar:
        st.html(Template("app/frame.html", say)("outside", languages()))


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
    """The foot of every page, with which it is complete; `told` is what only somebody who is let in is told."""
    st.html(Template("app/frame.html", say)("foot", local, told))
    shown = urlencode({"": f"{name} {say.lang}", **st.query_params.to_dict()})
    once = el("span", hidden="", data_shown=sha256_hex(shown.encode()))
    st.html(f"{once}<script>{SCRIPT}</script>", unsafe_allow_javascript=True)


# How Streamlit is set up: the look, and nothing sent anywhere. The fonts themselves are in static/style.css.


LIGHT = (PAPER, SIDE, INK, LINK, NEEDLE, LINE)
DARK = ("#15191f", "#1c2129", "#ece9e2", "#93bdf5", "#ff9a94", "#363d47")
"""Paper, side, ink, link, needle and line, as in static/style.css; the browser's wish decides which."""


def _theme(name: str, colours: tuple[str, str, str, str, str, str]) -> dict[str, str]:
    paper, side, ink, link, needle, line = colours
    return {
        f"theme.{name}.backgroundColor": paper,
        f"theme.{name}.secondaryBackgroundColor": side,
        f"theme.{name}.textColor": ink,
        f"theme.{name}.linkColor": link,
        f"theme.{name}.primaryColor": needle,
        f"theme.{name}.borderColor": line,
        f"theme.{name}.sidebar.backgroundColor": side,
    }


OPTIONS: dict[str, Any] = {
    "browser.gatherUsageStats": False,
    "client.toolbarMode": "minimal",
    "client.showSidebarNavigation": False,
    "client.showErrorDetails": "none",
    "global.developmentMode": False,
    "runner.magicEnabled": False,  # pages show what they put, not what stands alone in their scripts
    "logger.hideWelcomeMessage": True,  # also keeps its offers to developers out of the pages
    "runner.postScriptGC": False,  # a whole collection after every look takes longer than the look
    "server.enableAgentApi": False,  # it would run pages for programs that sign in nowhere
    "server.enableStaticServing": True,
    "server.enableWebsocketCompression": True,  # pages are a tenth of their size on a slow line
    "server.fileWatcherType": "none",
    "server.maxUploadSize": 1,  # megabytes: files come by forms of our own, which ask who sends them
    "server.runOnSave": False,
    "theme.font": f"'{SANS}', sans-serif",
    "theme.headingFont": f"'{SERIF}', serif",
    "theme.baseFontSize": 17,
    **_theme("light", LIGHT),
    **_theme("dark", DARK),
}
