"""What surrounds every page: style, navigation, the languages, the foot; and its place while the ledger is lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from boussole.audits.errors import BoussoleError
from boussole.audits.hashing import sha256_hex
from boussole.audits.languages import LANGUAGES
from boussole.audits.lost import RESTART, Lost, State, lost_ledger
from boussole.audits.mixed import joined
from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.elements import Html, code, el, join
from boussole.dashboard.markup.inline import SCRIPT, STYLE
from boussole.dashboard.markup.words.addresses import SEARCH, address, evidence_href
from boussole.dashboard.markup.words.menu import Page, current, listed
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.server.access.account_html import account
from boussole.dashboard.server.access.permissions import FIRST_PAGES
from boussole.dashboard.server.access.person import Person
from boussole.dashboard.server.trouble import noted
from boussole.dashboard.views import store
from boussole.dashboard.views.parts.context import kept_query
from boussole.dashboard.views.parts.notices import bell, foot, foot_unread, unforeseen

# In the place of every page while the ledger is lost: what shows it, and what to do.


def lost(found: Lost, say: Say) -> Html:
    """That there was a ledger, and what brings it back."""
    steps = [_restore(found, say), _fits(found, say), _anew(say)]
    return join(
        [
            el("h1", say("The ledger of this workspace is lost")),
            el(
                "div",
                el("p", el("strong", code(_headline(found.state, say)))),
                el("p", say("What shows it:")),
                el("ul", *(el("li", words) for words in _shown(found, say))),
                class_="lead lead-broken",
                role="alert",
            ),
            el("p", say("Until it is restored, no page shows a verdict, and nothing is recorded.")),
            el("ol", *(el("li", code(step)) for step in steps if step), class_="steps"),
        ]
    )


def _headline(state: State, say: Say) -> str:
    states = {
        State.missing: say("There was a ledger here, and its file `governance.sqlite` is missing."),
        State.empty: say("There was a ledger here, and its file `governance.sqlite` is empty."),
        State.bare: say("There was a ledger here, and its file `governance.sqlite` holds no entry."),
    }
    return states[state]


def _shown(found: Lost, say: Say) -> list[str]:
    counts = [
        (found.evidence, say.plural("one file of evidence", "{n} files of evidence", found.evidence)),
        (found.documents, say.plural("one kept document", "{n} kept documents", found.documents)),
        (found.reports, say.plural("one report", "{n} reports", found.reports)),
        (found.rows, say.plural("one record without its entry", "{n} records without their entries", found.rows)),
        (found.signed, say("The key that signed its checkpoints")),
    ]
    return [words for count, words in counts if count]


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


def script(page: Page) -> Path:
    """What Streamlit runs for a page. No folder `pages` lies beside the app: Streamlit would list it by itself."""
    return HERE.parent / "pages" / page.name / "page.py"


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


def sidebar(say: Say, me: Person, known: Sequence[Page], *, name: str) -> None:
    """The brand, the pages that a role opens, and the languages. `name` is that of the page shown."""
    query, marked = kept_query(), current(known, name)
    menu = []
    for at, (group, listed_here) in enumerate(listed(known, say, first=FIRST_PAGES.get(me.role, ()))):
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


def field(say: Say, *, name: str = "find") -> Html:
    """The field above the menu; with another `name`, the one above a page where the menu is folded away."""
    shown = el("span", say("Find"), class_="unseen")
    words = el(
        "input", id=name, name="q", type="search", autocomplete="off", maxlength="200", placeholder=say("Search")
    )
    return el(
        "form",
        el("label", say("Search"), for_=name, class_="unseen"),
        words,
        el("button", shown, type="submit", title=say("Find")),
        action=SEARCH,
        method="get",
        role="search",
        aria_label=say("Search") if name == "find" else say("Search, above the page"),
        class_="find" if name == "find" else "find find-narrow",
    )


def narrow_field(say: Say) -> None:
    """The field above a page on a phone, where the menu is folded away."""
    st.html(field(say, name="find-above"))


def concerning(me: Person, say: Say, *, name: str) -> None:
    """How many new things concern whoever looks, on every page but the one that lists them."""
    with guarded(f"what concerns whoever looks at {name}", say):  # which keeps no page from being drawn
        told = bell(me, say, query=kept_query()) if name != "concerns" else None
        if told:
            st.html(told)


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
            data_skip=say("Skip to the content"),
            data_open=say("Open the menu"),
            data_unfold=say("Open the list"),
            data_close=say("Close the menu"),
            data_side=say("Menu"),
        )
    )
    shown = urlencode({"": f"{name} {say.lang}", **st.query_params.to_dict()})
    once = el("span", hidden="", data_shown=sha256_hex(shown.encode()))
    st.html(f"{once}<script>{SCRIPT}</script>", unsafe_allow_javascript=True)
