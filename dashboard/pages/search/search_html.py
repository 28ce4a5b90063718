"""The search page, and the field above the menu, as HTML."""

from __future__ import annotations

from boussole.dashboard.markup.elements import Html, el, join, link
from boussole.dashboard.pages.search.view import Group, Pieces, Result, SearchPage
from boussole.dashboard.words.addresses import SEARCH
from boussole.dashboard.words.say import Say


def page(shown: SearchPage, say: Say) -> Html:
    """What was looked for and what was found."""
    some = None if shown.whole or not shown.groups else el("p", say("Nothing holds all these words; these hold some."))
    return join(
        [
            el("h1", say("Search")),
            _form(shown, say),
            el("p", el("strong", shown.told), role="status", class_="found-count") if shown.told else None,
            some,
            *[_group(group, say) for group in shown.groups],
            _ledger(shown, say) if shown.ledger else None,
            None if shown.groups or shown.ledger else _nothing(shown, say),
        ]
    )


def _form(shown: SearchPage, say: Say) -> Html:
    asked = el("input", id="ask-q", name="q", type="search", value=shown.asked, autocomplete="off", maxlength="200")
    return el(
        "form",
        el("p", el("label", say("What are you looking for?"), for_="ask-q"), asked, class_="field field-q"),
        el("p", el("button", say("Find"), type="submit"), class_="go"),
        action=SEARCH,
        method="get",
        class_="ask seek",
        aria_label=say("Look for something else"),
    )


def _group(group: Group, say: Say) -> Html:
    every = link(say("See all {n}", n=say.whole(group.count)), group.every) if group.every else None
    return el(
        "section",
        el("h2", group.name, " ", el("span", say.whole(group.count), class_="count")),
        el("ul", *[_result(each) for each in group.results], class_="found"),
        el("p", every) if every else None,
        class_="found-of",
    )


def _ledger(shown: SearchPage, say: Say) -> Html:
    """The entries that a number or a fingerprint leads to, after all that pages say."""
    found = [el("li", link(*each)) for each in shown.ledger]
    return el("section", el("h2", say("The ledger")), el("ul", *found, class_="found"), class_="found-of")


def _result(result: Result) -> Html:
    return el("li", link(_marked(result.title), result.href), el("p", _marked(result.text)) if result.text else None)


def _marked(pieces: Pieces) -> Html:
    return join([el("mark", piece) if found else piece for piece, found in pieces])


def _nothing(shown: SearchPage, say: Say) -> Html:
    """An empty field, or nothing found: what can be looked for, and how."""
    ways = [
        say("A system, an article or a question of the charter: “fairness”, “3.1”."),
        say("People, as you call them: “seniors”, “women of 50”."),
        say("A word of the trade: “quorum”, “drift”, “divergent opinion”."),
        say("What a committee said, asked or recommended, where your role sees it."),
        say("The number of an entry of the ledger, or a fingerprint."),
    ]
    told = say("Try fewer or shorter words: the beginning of a word is enough.") if shown.told else None
    return el(
        "div",
        el("p", told) if told else None,
        el("p", say("One can look for:")),
        el("ul", *[el("li", way) for way in ways], class_="found"),
        class_="lead lead-unknown" if told else "lead",
    )
