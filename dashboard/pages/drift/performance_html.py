"""How good decisions and scores were, as HTML."""

from __future__ import annotations

from boussole.dashboard.markup.elements import Html, badge, details, el, table
from boussole.dashboard.parts.reading_html import Reading, read_along
from boussole.dashboard.parts.taking.fold_html import Along, nothing
from boussole.dashboard.views.drift.performance.followed import FollowedRows
from boussole.dashboard.views.drift.performance.view import Performing
from boussole.dashboard.words.say import Say

SAID = 2
"""Sentences before the fold: what came, and whether that was expected."""


def performance(shown: Performing | None, say: Say, *, along: Along = nothing) -> Html:
    """The section: the answer, and each figure with its drawing and its table."""
    if shown is None:
        return Html("")
    sentences = [el("p", el("strong", text) if not at else text) for at, text in enumerate(shown.sentences)]
    read = [*sentences[SAID:], el("p", shown.note, class_="note")]
    return el(
        "section",
        el("h2", say("How good were decisions and scores?"), id="performance"),
        el("div", *sentences[:SAID], class_=f"lead lead-{shown.tone}"),
        el("div", *[_followed(each, say, along) for each in shown.figures], class_="multiples"),
        details(say("How to read this"), *read),
        class_="drift-theme",
    )


def _followed(each: FollowedRows, say: Say, along: Along) -> Html:
    rows = [
        [*cells, badge(state, say, text) if text else ""]
        for cells, state, text in zip(each.rows, each.states, each.words, strict=True)
    ]
    return el(
        "article",
        el("h3", each.title),
        el(
            "figure",
            *read_along(each.svg, each.alt, _readings(each), each.title, say, class_="small-multiple"),
            el("figcaption", el("span", each.ends[0]), el("span", each.ends[1]), class_="ends"),
        ),
        details(
            say("See the data"),
            el("p", " ".join(each.sentences), class_="told") if each.sentences else None,
            el("p", each.scale, class_="note"),
            table(list(each.head), rows, caption=each.title, class_="data", hidden_caption=True),
            _groups(each),
        ),
        along(each.anchor),
        id=each.anchor,
        class_="multiple",
    )


def _readings(each: FollowedRows) -> list[Reading]:
    """What each month says: every cell of its row under the name of its column, and its mark in words."""
    found = []
    for x, row, word in zip(each.places, each.rows, each.words, strict=True):
        cells = [f"{name} {cell}" for name, cell in zip(each.head[1:], row[1:], strict=False) if cell]
        found.append(Reading(x=x, text=" · ".join(part for part in (row[0], *cells, word) if part)))
    return found


def _groups(each: FollowedRows) -> Html | None:
    found = each.groups
    if found is None:
        return None
    return details(
        found.caption, table(list(found.head), found.rows, caption=found.caption, class_="data", hidden_caption=True)
    )
