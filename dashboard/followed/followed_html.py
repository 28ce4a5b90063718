"""Recommendations and opinions as HTML."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.audits.languages import inside
from boussole.dashboard.followed.opinions_view import OpinionView
from boussole.dashboard.followed.recommendations_view import RecommendationsPage, Row
from boussole.dashboard.followed.words import Answered
from boussole.dashboard.forms.forms_html import Acting, Titled
from boussole.dashboard.markup import Html, details, el, facts, join, link
from boussole.dashboard.register_html import filter_by
from boussole.dashboard.words import Say

LONG = 1_200
"""Characters of an opinion that are shown at once."""


def head(page: RecommendationsPage, say: Say) -> Html:
    """The title, and how things stand."""
    return el(
        "header",
        el("h1", say("Recommendations and answers")),
        el(
            "p",
            say("What committees and authorities asked for, who must answer, and what came of it."),
            class_="subtitle",
        ),
        el("div", el("p", el("strong", page.headline), " ", page.others), class_=f"lead lead-{page.tone}"),
        el("p", link(say("Recommendations"), "#recommendations"), link(say("Opinions"), "#opinions"), class_="jumps"),
    )


def recommendations(page: RecommendationsPage, say: Say, acting: Acting, *, recommending: Sequence[Titled]) -> Html:
    """The list, overdue ones first, with the filters."""
    whole = link(say("Show all"), page.everything) if page.everything else None
    return el(
        "section",
        el("h2", say("What was recommended?"), id="recommendations"),
        el("div", *[filter_by(name, choices) for name, choices in page.filters], class_="filters")
        if page.filters
        else None,
        el("p", el("strong", page.shown), " " if whole else None, whole, class_="shown", role="status"),
        el("ul", *[_row(row, say, acting) for row in page.rows], class_="lines due advice") if page.rows else None,
        _turn(page, say),
        *acting.shown(recommending, say),
        class_="house-of",
    )


def _row(row: Row, say: Say, acting: Acting) -> Html:
    return el(
        "li",
        el("p", row.when, class_="when overdue" if row.late else "when"),
        el(
            "div",
            el("p", row.text or row.told, class_="words"),
            *[answered(each) for each in row.answers],
            el("p", row.told, " · ", join([link(*each) for each in (*row.about, row.sealed)], " · "), class_="place"),
            *acting.of(row.entry, say),
        ),
        id=f"r-{row.entry}",
    )


def answered(each: Answered) -> Html:
    """A reply, or what was reported since."""
    return el(
        "div",
        el("p", el("strong", each.what), " — ", each.by, " · ", link(*each.sealed), class_="told"),
        el("p", each.text, class_="words") if each.text else None,
        class_="noted",
    )


def _turn(page: RecommendationsPage, say: Say) -> Html | None:
    if not page.where:
        return None
    back = link(say("Previous page"), page.newer) if page.newer else None
    on = link(say("Next page"), page.older) if page.older else None
    return el("nav", back, el("span", page.where), on, class_="turn", aria_label=say("Pages of the list"))


def opinions(found: Sequence[OpinionView], say: Say, acting: Acting) -> Html:
    """Every opinion with its words and what became of it."""
    return el(
        "section",
        el("h2", say("Which opinions were given, and what became of them?"), id="opinions"),
        *[opinion(each, say, acting) for each in found],
        el("p", say("No opinion has been given yet.")) if not found else None,
        class_="house-of",
    )


def opinion(each: OpinionView, say: Say, acting: Acting | None = None) -> Html:
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
