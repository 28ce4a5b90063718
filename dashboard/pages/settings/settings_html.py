"""The settings page as HTML."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.dashboard.alerts.page import section as alerts
from boussole.dashboard.markup.elements import Html, details, el, facts, join, link, stacked, table
from boussole.dashboard.markup.glossary import linked
from boussole.dashboard.pages.settings.facts import Fault
from boussole.dashboard.pages.settings.sessions_html import sessions
from boussole.dashboard.pages.settings.view import Inside, Row, SettingsPage, Yours
from boussole.dashboard.words.say import Say


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
