"""Recommendations and opinions as HTML."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.dashboard.forms.forms_html import PageForms, Titled
from boussole.dashboard.markup.attached import attached_html
from boussole.dashboard.markup.elements import Html, el, join, link
from boussole.dashboard.pages.recommendations.view import RecommendationsPage, Row
from boussole.dashboard.parts.lines_html import filter_by
from boussole.dashboard.parts.opinions_html import answered, opinion
from boussole.dashboard.views.followed.opinions import OpinionView
from boussole.dashboard.words.say import Say


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


def recommendations(page: RecommendationsPage, say: Say, acting: PageForms, *, recommending: Sequence[Titled]) -> Html:
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


def _row(row: Row, say: Say, acting: PageForms) -> Html:
    return el(
        "li",
        el("p", row.when, class_="when overdue" if row.late else "when"),
        el(
            "div",
            el("p", row.text or row.told, class_="words"),
            attached_html(row.attached),
            *[answered(each) for each in row.answers],
            el("p", row.told, " · ", join([link(*each) for each in (*row.about, row.sealed)], " · "), class_="place"),
            *acting.of(row.entry, say),
        ),
        id=f"r-{row.entry}",
    )


def _turn(page: RecommendationsPage, say: Say) -> Html | None:
    if not page.where:
        return None
    back = link(say("Previous page"), page.newer) if page.newer else None
    on = link(say("Next page"), page.older) if page.older else None
    return el("nav", back, el("span", page.where), on, class_="turn", aria_label=say("Pages of the list"))


def opinions(found: Sequence[OpinionView], say: Say, acting: PageForms) -> Html:
    """Every opinion with its words and what became of it."""
    return el(
        "section",
        el("h2", say("Which opinions were given, and what became of them?"), id="opinions"),
        *[opinion(each, say, acting) for each in found],
        el("p", say("No opinion has been given yet.")) if not found else None,
        class_="house-of",
    )
