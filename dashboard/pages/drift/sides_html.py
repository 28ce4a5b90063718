"""Versions side by side, for whom it moved, and how good decisions were, as HTML."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.dashboard.markup.elements import Child, Html, badge, code, details, el, join, picture, stacked, table
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.views.drift.beside import Beside
from boussole.dashboard.views.drift.followed import FollowedRows
from boussole.dashboard.views.drift.for_whom import ForWhom, Part, Table
from boussole.dashboard.views.drift.performance import Performing
from boussole.dashboard.views.parts.drawings_html import Reading, read_along
from boussole.dashboard.views.parts.taking_html import Along, nothing

# Versions side by side, as HTML.


def versions(found: Sequence[Beside], say: Say) -> Html:
    """One part for each change of version; nothing where there was none."""
    if not found:
        return Html("")
    return el(
        "section",
        el("h2", say("From version to version"), id="versions"),
        join([version(each, say) for each in found]),
        class_="drift-theme",
    )


def version(shown: Beside, say: Say) -> Html:
    """Two versions: the answer, what differs, and all that was compared."""
    if shown.missing:
        told = [el("p", shown.missing), el("p", code(shown.todo)) if shown.todo else None]
        return el("section", el("h3", shown.title), *told, class_="question", id=shown.anchor)
    sentences = [el("p", el("strong", text) if not at else text) for at, text in enumerate(shown.sentences)]
    every: list[list[Child]] = [
        [*row, badge(mark, say, say("Differs")) if mark else ""]
        for row, mark in zip(shown.every, shown.marks, strict=True)
    ]
    differing: list[list[Child]] = [[*row, badge("watch", say, say("Differs"))] for row in shown.rows]
    caption = say("What differs between both versions")
    return el(
        "section",
        el("h3", shown.title),
        el("p", shown.period, class_="note"),
        el("div", *sentences, class_=f"lead lead-{shown.tone}"),
        details(
            say("What differs between both versions"),
            stacked(list(shown.head), differing, caption=caption, class_="data", hidden_caption=True),
        )
        if differing
        else None,
        details(
            say("All that was compared"),
            *[el("p", note, class_="note") for note in shown.notes],
            stacked(list(shown.head), every, caption=say("All that was compared"), class_="data", hidden_caption=True),
        ),
        class_="question",
        id=shown.anchor,
    )


# For whom it moved, as HTML.


def for_whom(shown: ForWhom | None, say: Say, *, along: Along = nothing) -> Html:
    """The section: the answer, a drawing of each quantity, and all figures."""
    if shown is None:
        return Html("")
    head = el("h2", say("For whom did it move?"), id="for-whom")
    if shown.missing:
        told = [el("p", el("strong", shown.missing)), el("p", code(shown.todo))]
        return el("section", head, el("div", *told, class_="lead lead-unknown"), class_="drift-theme")
    sentences = [el("p", el("strong", text) if not at else text) for at, text in enumerate(shown.sentences)]
    note = say(
        "From what the monthly audits have told. A group that one of the two periods hides is not compared. Each dot "
        "says by how much more or less a group moved than the one it is compared with. Triangle: very likely moved "
        "otherwise, all groups and all looks of the year considered. Bar: the interval that decides; it holds 0 where "
        "there is no triangle. Intervals in the tables are 95% intervals of a figure by itself."
    )
    return el(
        "section",
        head,
        el("p", shown.period, class_="note"),
        el("div", *sentences, class_=f"lead lead-{shown.tone}"),
        join([_part(each, say, along(f"for-whom-{at}")) for at, each in enumerate(shown.parts)]),
        details(say("How to read this"), el("p", note, class_="note")),
        class_="drift-theme",
    )


def _part(part: Part, say: Say, fold: Html) -> Html:
    drawn = (
        el(
            "figure",
            picture(part.drawn[0], part.alt, class_="chart chart-wide"),
            picture(part.drawn[1], part.alt, class_="chart chart-narrow"),
        )
        if part.drawn
        else None
    )
    more = [
        details(
            each.caption, table(list(each.head), each.rows, caption=each.caption, class_="data", hidden_caption=True)
        )
        for each in [part.months]
        if each is not None
    ]
    crossed = [details(part.crossed.caption, _rows(part.crossed, say))] if part.crossed else []
    return el(
        "section",
        el("h3", part.title),
        drawn,
        details(say("See the data"), _rows(part.groups, say), *crossed, *more),
        fold,
        class_="question looked",
    )


def _rows(found: Table, say: Say) -> Html:
    rows: list[list[Child]] = [
        [*row, badge(mark, say, say("Moved otherwise")) if mark else ""]
        for row, mark in zip(found.rows, found.marks, strict=True)
    ]
    return stacked(list(found.head), rows, caption=found.caption, class_="data", hidden_caption=True)


# How good decisions and scores were, as HTML.


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
