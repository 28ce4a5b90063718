"""For whom it moved, as HTML."""

from __future__ import annotations

from boussole.dashboard.markup.elements import Child, Html, badge, code, details, el, join, picture, stacked, table
from boussole.dashboard.parts.taking.fold_html import Along, nothing
from boussole.dashboard.views.drift.for_whom import ForWhom, Part, Table
from boussole.dashboard.words.say import Say


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
