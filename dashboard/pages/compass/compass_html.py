"""The compass page as HTML."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.dashboard.markup.elements import Html, badge, el, join, link, picture, stacked
from boussole.dashboard.markup.glossary import how_to_read
from boussole.dashboard.parts.taking.fold_html import Along, nothing
from boussole.dashboard.views.compass import ArticleRow, Compass, Line
from boussole.dashboard.words.say import Say

FEW = 3
"""So many systems still have room for their columns beside the rose."""


def head(view: Compass, say: Say) -> Html:
    """The title and the answer."""
    leads = [_lead(line) for line in view.leads]
    return el(
        "header",
        el("h1", say("Where does the charter stand?")),
        el("p", view.subtitle, class_="subtitle"),
        el(
            "div",
            el("p", el("strong", view.headline), " ", view.others),
            el("ul", *leads) if leads else None,
            *[el("p", link(cap.text, cap.href), class_="cap") for cap in view.caps],
            class_=f"lead lead-{view.tone}",
            id="answer",
        ),
    )


def overview(view: Compass, say: Say, *, along: Along = nothing) -> Html:
    """The rose beside the table that says the same: smaller for three systems, below the table for more; `along`: the
    fold under it."""
    rose = el(
        "figure",
        el(
            "div",
            picture(view.rose_unnamed, view.rose_alt, class_="rose"),
            el("ul", *[el("li", link(el("span", name), href)) for name, href in view.branches], class_="branches"),
            class_="rose-box",
        ),
        el("figcaption", view.rings_note) if view.rings_note else None,
        how_to_read("rose", say),
        along("compass"),
    )
    rows = [_row(row, view.columns, say) for row in view.rows]
    columns = [say("Article"), *view.columns, say("Questions answered")]
    verdicts = stacked(columns, rows, caption=say("Verdicts by article"), class_="verdicts", late=True)
    if len(view.columns) > FEW:
        return el("div", verdicts, rose, class_="overview overview-many", id="compass")
    few = len(view.columns) == FEW
    return el("div", rose, verdicts, class_="overview overview-few" if few else "overview", id="compass")


def empty(say: Say) -> Html:
    """A workspace without any audit: what to do first."""
    steps = [
        (say("Describe a system in a file of the folder systems/."), "boussole systems check"),
        (say("Bring its decisions in."), "boussole import FILE --system ID"),
        (say("Measure and judge them."), "boussole audit --system ID"),
    ]
    items = [el("li", text, " ", el("code", command)) for text, command in steps]
    return join(
        [
            el("h1", say("Where does the charter stand?")),
            el(
                "div",
                el("p", el("strong", say("Nobody knows yet: this workspace holds no audit."))),
                el("p", say("Three steps give the first one. Reload this page afterwards.")),
                class_="lead lead-unknown",
            ),
            el("ol", *items, class_="steps"),
            el("p", say("To see what it looks like first, build the demo:"), " ", el("code", "boussole demo")),
        ]
    )


def _lead(line: Line) -> Html:
    return el("li", link(line.question, line.href), " ", line.short)


def _row(row: ArticleRow, systems: Sequence[str], say: Say) -> list[Html | str]:
    name = el("span", el("span", str(row.order), class_="order"), link(row.title, row.href), class_="article")
    marks = [badge(verdict, say) for verdict in row.verdicts]
    if row.hrefs:
        marks = [
            link(mark, href, class_="mark", of=join([row.title, system], ", "))
            for mark, href, system in zip(marks, row.hrefs, systems, strict=True)
        ]
    return [name, *marks, f"{row.answered}/{row.asked}"]
