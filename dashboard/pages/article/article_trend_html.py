"""How an article has stood from month to month, as HTML."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.dashboard.markup.elements import Html, el, join, link
from boussole.dashboard.markup.glossary import how_to_read
from boussole.dashboard.markup.marks import word
from boussole.dashboard.pages.article.trend import Cell, Line, Month, Trend
from boussole.dashboard.parts.taking.fold_html import Along, nothing
from boussole.dashboard.words.say import Say


def trend(page: Trend, say: Say, *, along: Along = nothing) -> Html:
    """One row a system, one cell a month; below it the marks, and the next systems; `along`: the fold under it."""
    if not page.lines:
        return Html("")
    several = any(cell.note for line in page.lines for cell in line.cells)
    notes = [
        say("Each cell is what the audit of that month said; a dash: no window ended in it."),
        say("A window of several months stands in its last.") if several else "",
        say("“Today” also counts what people have stated since."),
    ]
    return el(
        "section",
        el("h2", say("From month to month"), id="trend"),
        _table(page, say),
        el("p", " ".join(note for note in notes if note), class_="note"),
        how_to_read("trend", say),
        along("trend"),
        turn(page.where, page.previous, page.next, say),
        class_="trend-of",
    )


def _table(page: Trend, say: Say) -> Html:
    """A real table; where the screen is narrow, one block a system, with its months side by side."""
    heads = [
        el("th", say("System"), scope="col", role="columnheader"),
        el("th", say("Today"), scope="col", role="columnheader"),
        *[_month(month, page.charter) for month in page.months],
    ]
    body = [_line(line, page.months, say) for line in page.lines]
    parts = (
        el("caption", say("Verdict on the article by system and month, the worst first"), class_="unseen"),
        el("thead", el("tr", *heads, role="row"), role="rowgroup"),
        el("tbody", *body, role="rowgroup"),
    )
    return el("div", el("table", *parts, role="table", class_="trend"), class_="stacking")


def _month(month: Month, charter: str) -> Html:
    changed = el("span", link(month.changed, charter), class_="changed") if month.changed else None
    return el(
        "th", el("span", f"{month.short[0]} "), el("span", month.short[1]), changed, scope="col", role="columnheader"
    )


def _line(line: Line, months: Sequence[Month], say: Say) -> Html:
    before = el("span", line.before, class_="under") if line.before else None
    return el(
        "tr",
        el("th", link(line.title, line.href), before, scope="row", role="rowheader"),
        el(
            "td",
            el("span", *_mark(line.verdict, say), class_="now"),
            role="cell",
            data_label=say("Today"),
            class_=f"today seen seen-{line.verdict}",
        ),
        *[_cell(line, cell, month, say) for cell, month in zip(line.cells, months, strict=True)],
        role="row",
    )


def _cell(line: Line, cell: Cell, month: Month, say: Say) -> Html:
    label = " ".join(month.short) + (f" · {month.changed}" if month.changed else "")
    if not cell.verdict:
        return el("td", el("span", "—"), role="cell", data_label=label, class_="seen")
    note = el("span", cell.note, class_="under") if cell.note else None
    of = join([line.title, " ".join(month.short)], ", ")
    said = link(join([*_mark(cell.verdict, say), note]), cell.href, of=of)
    return el("td", said, role="cell", data_label=label, class_=f"seen seen-{cell.verdict}")


def _mark(verdict: str, say: Say) -> tuple[Html, Html]:
    """The shape and the word."""
    shape = el("img", src=f"/app/static/mark-{verdict}.svg", alt="", width="14", height="14")
    return shape, el("span", word(verdict, say))


def turn(where: str, previous: str, following: str, say: Say) -> Html | None:
    """Which part of a list this is, and the ways to the others; nothing where it is the whole."""
    if not where:
        return None
    return el(
        "nav",
        el("span", where),
        link(say("Previous"), previous) if previous else None,
        link(say("Next"), following) if following else None,
        class_="turn",
        aria_label=say("Pages of the list"),
    )
