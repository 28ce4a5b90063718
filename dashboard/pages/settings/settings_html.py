"""The settings page as HTML, and on it where somebody is signed in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from boussole.dashboard.alerts.page import section as alerts
from boussole.dashboard.markup.elements import PREFIX, Html, details, el, facts, join, link, stacked, table
from boussole.dashboard.markup.glossary import linked
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.pages.settings.facts import Fault
from boussole.dashboard.pages.settings.view import Inside, Row, SettingsPage, Yours
from boussole.dashboard.server.access.sessions import ANCHOR, OTHERS, PATH, OwnSession

# Where somebody is signed in, on the settings page: each session, and the button that ends it.


def sessions(shown: Sequence[OwnSession], say: Say) -> Html:
    """The sessions of the reader; the one in which they look is ended by signing out."""
    head = [say("Browser"), say("Since"), say("Last used"), say("Ends by itself"), say("To end it")]
    told = say(
        "If you do not know one of these sessions, end it and tell your administrator. Times are those of the server; "
        "nothing else is kept of a browser than its kind."
    )
    return join(
        [
            el("h3", say("Where you are signed in"), id=ANCHOR),
            el("p", told),
            stacked(
                head,
                [_row(each, say) for each in shown],
                caption=say("Where you are signed in"),
                hidden_caption=True,
            ),
            _button(OTHERS, say("End all the others"), say) if len(shown) > 1 else None,
        ]
    )


def _row(each: OwnSession, say: Say) -> list[Html | str]:
    name = each.browser or say("Unknown")
    end = (
        el("span", say("this session: sign out, in the menu"))
        if each.here
        else _button(each.reference, say("End it"), say, of=f"{name}, {_moment(each.started, say)}")
    )
    times = [_moment(at, say) for at in (each.started, each.seen, each.until)]
    return [el("strong", name) if each.here else name, *times, end]


def _moment(at: dt.datetime, say: Say) -> str:
    return say.moment(at)


def _button(reference: str, text: str, say: Say, *, of: str = "") -> Html:
    """A form with one button; `of` tells apart the buttons of a table to those who hear them."""
    label = say("End the session: {of}", of=of) if of else None
    return el(
        "form",
        el("input", type="hidden", name=PREFIX + "session", value=reference),
        el("p", el("button", text, type="submit", aria_label=label), class_="go"),
        action=PATH,
        method="post",
        target="_self",
        class_="ask",
    )


# The settings page as HTML.


def page(shown: SettingsPage, say: Say) -> Html:
    """What concerns the reader first, then the house, then the programs."""
    return join(
        [
            el("h1", say("Settings")),
            el(
                "p",
                say("What is set here, and where it is changed. No setting is changed on this page."),
                class_="subtitle",
            ),
            _trouble(shown.inside, say) if shown.inside else None,
            _yours(shown.yours, say),
            _house(shown.inside, say) if shown.inside else None,
            _programs(shown, say),
        ]
    )


def _trouble(inside: Inside, say: Say) -> Html:
    faults = el("ul", *[_fault(each, say) for each in inside.faults]) if inside.faults else None
    tone = "broken" if inside.faults else "kept"
    return el("div", el("p", el("strong", inside.headline)), faults, class_=f"lead lead-{tone}", role="status")


def _fault(fault: Fault, say: Say) -> Html:
    where = el("span", say("Where: {place}", place=fault.where), class_="under") if fault.where else None
    return el("li", fault.what, where, el("span", fault.next_step, class_="under") if fault.next_step else None)


def _yours(yours: Yours, say: Say) -> Html:
    return el(
        "section",
        el("h2", say("You"), id="you"),
        facts(yours.facts),
        sessions(yours.sessions, say) if yours.sessions else None,
        el("h3", say("Language and look")),
        el("p", yours.language),
        el("p", yours.look),
        class_="setting",
    )


def _house(inside: Inside, say: Say) -> Html:
    settings = [say("Setting"), say("Value"), say("Where")]
    return join(
        [
            _section(
                say("The workspace"),
                "workspace",
                _rows(settings, inside.settings, say("Settings of the workspace")),
                el("p", say("The file:"), " ", el("code", inside.file)),
            ),
            _section(say("Sign-in and sessions"), "sign-in", facts(inside.sign_in)),
            alerts(inside.alerts, say),
            _section(
                say("Privacy, by system"),
                "privacy",
                _privacy(inside.privacy, say),
                el("p", linked(say("To change it: privacy in the file of the system (systems/ID.yaml)."), say)),
            ),
            _section(
                say("Thresholds"),
                "thresholds",
                el("p", linked(inside.thresholds, say)),
                el("p", link(say("See the charter and its thresholds"), inside.charter)),
            ),
            _section(
                say("Keys"),
                "keys",
                el(
                    "p",
                    linked(
                        say("No key is shown: only digits computed from it, by which two copies can be told apart."),
                        say,
                    ),
                ),
                _keys(inside.keys, say),
                el("p", say("To change the key of pseudonyms:"), " ", el("code", "boussole keys rotate")),
            ),
        ]
    )


def _privacy(rows: Sequence[tuple[str, str, Sequence[str]]] | None, say: Say) -> Html:
    if not rows:
        return _unread(say) if rows is None else el("p", say("There is no system yet."))
    head = [
        say("System"),
        say("A group is shown from"),
        say("Rows are kept for"),
        say("Identifiers under pseudonyms"),
        say("Sensitive groups, from a file apart"),
    ]
    cells = [[link(title, href), *cells] for title, href, cells in rows]
    return stacked(head, cells, caption=say("Privacy, by system"), hidden_caption=True)


def _keys(rows: Sequence[Row] | None, say: Say) -> Html:
    if not rows:
        return _unread(say) if rows is None else el("p", say("No key has been made yet."))
    return _rows([say("Key for"), say("How many"), say("Named by")], rows, say("Keys"))


def _unread(say: Say) -> Html:
    return el("p", say("It could not be read: the first lines of this page say why."))


def _section(title: str, anchor: str, *parts: Html | None) -> Html:
    return el("section", el("h2", title, id=anchor), *parts, class_="setting")


def _rows(head: Sequence[str], rows: Sequence[Row], caption: str) -> Html:
    return stacked(head, rows, caption=caption, hidden_caption=True, class_="set")


def _programs(shown: SettingsPage, say: Say) -> Html:
    head = [say("Program"), say("Version")]
    code = el("p", say("Fingerprint of the code that measures:"), " ", el("code", shown.code))
    return el(
        "section",
        el("h2", say("Versions"), id="versions"),
        details(
            say("Programs that this server runs"),
            table(head, list(shown.versions), caption=say("Versions"), hidden_caption=True, class_="data"),
            code,
        ),
        class_="setting",
    )
