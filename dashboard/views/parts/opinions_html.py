"""Opinions and what became of them as HTML, and the way from a figure to a question about it."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.audits.languages import inside
from boussole.dashboard.markup.elements import Child, Html, attached_html, details, el, facts, join, link
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.server.forms.forms_html import PageForms
from boussole.dashboard.views.followed import OpinionView, ReplyWords

# Opinions and what became of them as HTML.


LONG = 1_200
"""Characters of an opinion that are shown at once."""


def answered(each: ReplyWords) -> Html:
    """A reply, or what was reported since."""
    return el(
        "div",
        el("p", el("strong", each.what), " — ", each.by, " · ", link(*each.sealed), class_="told"),
        el("p", each.text, class_="words") if each.text else None,
        attached_html(each.attached),
        class_="noted",
    )


def opinion(each: OpinionView, say: Say, acting: PageForms | None = None) -> Html:
    """One opinion: sense, words, reservations, dissents, answers."""
    return el(
        "article",
        el("h3", el("span", each.sense, class_="grade"), " ", each.title, id=f"o-{each.entry}"),
        el("p", each.told, " · ", link(*each.sealed), class_="place"),
        _words(each.words, say),
        _reservations(each, say),
        *[el("div", el("p", el("strong", who)), el("p", text), class_="noted") for who, text in each.dissents],
        facts(each.became),
        *[answered(said) for said in each.answers],
        *(acting.of(each.entry, say) if acting else []),
        class_="incident",
    )


def _words(text: str, say: Say) -> Html:
    if len(text) <= LONG:
        return el("p", text, class_="words")
    first = text[:LONG].rpartition(" ")[0] or text[:LONG]
    return join([el("p", first, " …", class_="words"), details(say("Read all of it"), el("p", text, class_="words"))])


def _reservations(each: OpinionView, say: Say) -> Html | None:
    if not each.reservations:
        return None
    return join(
        [
            el("h4", say("Reservations")),
            el("ol", *[el("li", text, class_="words") for text in each.reservations], class_="steps"),
        ]
    )


def beside(found: Sequence[OpinionView], say: Say) -> Html:
    """The opinions on the page of an article or a system: in short, the whole one click away."""
    if not found:
        return el(
            "section",
            el("h2", say("What the committee said")),
            el("p", say("No opinion on this has been given.")),
            class_="house-of",
        )
    return el(
        "section",
        el("h2", say("What the committee said")),
        *[_short(each, say) for each in found],
        class_="house-of",
    )


def _short(each: OpinionView, say: Say) -> Html:
    told = [
        say.plural("one reservation", "{n} reservations", len(each.reservations)) if each.reservations else "",
        say.plural("one dissent", "{n} dissents", len(each.dissents)) if each.dissents else "",
    ]
    noted = ", ".join([*filter(None, told[:1]), *(inside(text) if told[0] else text for text in told[1:] if text)])
    became = " · ".join(say("{name}: {value}", name=name, value=value) for name, value in each.became)
    return el(
        "article",
        el("h3", el("span", each.sense, class_="grade"), " ", link(each.title, each.href)),
        el("p", each.told, " · ", link(*each.sealed), class_="place"),
        _words(each.words, say),
        el("p", noted, class_="told") if noted else None,
        details(
            say("Reservations and dissents"),
            _reservations(each, say),
            *[el("div", el("p", el("strong", who)), el("p", text), class_="noted") for who, text in each.dissents],
        )
        if noted
        else None,
        el("p", became, class_="overdue" if each.grave else "told"),
        class_="incident",
    )


# The way from a figure to a question about it, as HTML.


def ask_link(href: str, say: Say, *, of: Child = None) -> Html | None:
    """Beside a figure: one tap leads to the question about it. `of` says which, where a page has several."""
    return el("p", link(say("Ask about this"), href, of=of), class_="ask-about") if href else None
