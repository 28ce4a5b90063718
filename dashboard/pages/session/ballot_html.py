"""A vote that is open as HTML: announced at the head of the page, and its text, to the letter, above the ballot."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.dashboard.markup.elements import Html, details, el, join
from boussole.dashboard.pages.session.ballot_view import BallotText, Running
from boussole.dashboard.records.acts.offering import item_part
from boussole.dashboard.words.say import Say


def announced(votes: Sequence[Running], say: Say) -> Html | None:
    """At the head of the page: which votes are open, and the way to them."""
    if not votes:
        return None
    lines = [
        el(
            "p",
            el("strong", each.title),
            " — ",
            each.told,
            ". ",
            _to(item_part(each.item), say("Read the text and vote")),
        )
        for each in votes
    ]
    head = el("p", el("strong", say.plural("A vote is open.", "{n} votes are open.", len(votes))))
    return el("div", head, *lines, class_="lead lead-watch", id="open-votes")


def running(vote: Running, say: Say) -> Html:
    """A vote under its item: what is voted on, then how many have voted."""
    text = vote.text
    return el(
        "div",
        el("p", el("strong", vote.title), " — ", vote.told, class_="running"),
        el("p", join([each for each in (_source(text), text.told) if each], " — ")),
        el("p", el("strong", text.warning), class_="warning") if text.warning else None,
        _words(text, say) if text.title else None,
        details(say("Which fingerprint is voted on?"), el("p", el("code", text.fingerprint)))
        if text.fingerprint
        else None,
        class_="on-vote",
    )


def _source(text: BallotText) -> Html | None:
    return _to_page(*text.source) if text.source else None


def _to(anchor: str, words: str) -> Html:
    return el("a", words, href=f"#{anchor}")


def _to_page(words: str, href: str) -> Html:
    return el("a", words, href=href, target="_self")


def _words(text: BallotText, say: Say) -> Html:
    reservations = (
        [
            el("p", el("strong", say("Reservations"))),
            el("ol", *[el("li", each) for each in text.reservations], class_="notes"),
        ]
        if text.reservations
        else []
    )
    return el(
        "blockquote",
        el("p", el("strong", text.title), " (", text.sense, ")"),
        *[el("p", each, class_="words") for each in text.paragraphs],
        *reservations,
        class_="opinion",
    )
