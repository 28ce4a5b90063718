"""The drift page as HTML."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.audits.drift.shifts import RATE
from boussole.audits.languages import inside
from boussole.audits.mixed import joined
from boussole.dashboard.markup.elements import Html, badge, code, details, el, join, link, stacked, table
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.views.drift.multiples import Multiple
from boussole.dashboard.views.drift.view import Cell, Column, DriftPage
from boussole.dashboard.views.parts.drawings_html import Reading, read_along, strips
from boussole.dashboard.views.parts.taking_html import Along, nothing

SAID = 2
"""Sentences after the first that stand before a fold: since when, and what belongs to the causes."""
SHOWN = 2
"""Figures that moved, shown at first; the others on request."""
UNMOVED = "kept"


def head(page: DriftPage, say: Say) -> Html:
    """The question, and the answer in one sentence."""
    more = [el("p", code(text)) for text in page.summary.more]
    rest = details(say("What else is known of it"), *more[SAID:]) if more[SAID:] else None
    return el(
        "header",
        el("h1", page.title),
        el("p", page.subtitle, class_="subtitle"),
        el(
            "div",
            el("p", el("strong", page.summary.headline)),
            *more[:SAID],
            rest,
            class_=f"lead lead-{page.summary.tone}",
        ),
    )


def notes(page: DriftPage, say: Say) -> Html:
    """What is named instead of passing for unchanged."""
    if not page.notes:
        return Html("")
    lines = [el("li", text, " ", link(say("The data"), href) if href else None) for text, href in page.notes]
    return el("section", el("h2", say("To be known first")), el("ul", *lines, class_="lines drift-notes"))


def timeline(page: DriftPage, say: Say, *, along: Along = nothing) -> Html:
    """One column a window, one row a theme, and what happened meanwhile in the last row."""
    columns = [_month(column) for column in page.columns]
    head_row = el("tr", el("th", say("What"), scope="col", role="columnheader"), *columns, role="row")
    body = [_theme(title, cells, page.columns) for title, cells in page.rows]
    body.append(_events(page, say))
    parts = (
        el("caption", say("What moved, period by period"), class_="unseen"),
        el("thead", head_row, role="rowgroup"),
        el("tbody", *body, role="rowgroup"),
    )
    earlier = (
        say.plural(
            "One earlier period is in the data below.", "{n} earlier periods are in the data below.", page.earlier
        )
        if page.earlier
        else ""
    )
    shared = say("Of several columns, chance alone moves one more often: that is taken into account.")
    return el(
        "section",
        el("h2", say("From period to period"), id="timeline"),
        el(
            "div",
            el("table", *parts, role="table", class_="trend drift-line"),
            class_="stacking",
            tabindex="0",
            role="group",
            aria_label=say("What moved, period by period"),
        ),
        along("timeline"),
        details(
            say("How to read this"),
            el("p", " ".join(filter(None, [page.level, shared, earlier])), class_="note"),
            *[el("p", text, class_="note") for text in _uncompared(page.columns, say)],
        ),
        class_="trend-of",
    )


def _month(column: Column) -> Html:
    return el("th", el("span", f"{column.short[0]} "), el("span", column.short[1]), scope="col", role="columnheader")


def _uncompared(columns: Sequence[Column], say: Say) -> list[str]:
    """The windows that nothing is compared with, by the reason, in the order of time."""
    reasons: dict[str, list[str]] = {}
    for column in columns:
        if column.why:
            reasons.setdefault(column.why, []).append(column.whole)
    return [
        say("Not compared, {periods}: {why}.", periods=say.apart(periods), why=why) for why, periods in reasons.items()
    ]


def _theme(title: str, cells: Sequence[Cell], columns: Sequence[Column]) -> Html:
    found = []
    for cell, column in zip(cells, columns, strict=True):
        mark = el("img", src=f"/app/static/mark-{cell.state}.svg", alt="", width="14", height="14")
        note = el("span", cell.note, class_="under") if cell.note else None
        said = el("span", mark, el("span", cell.text), note, class_="said")
        label = " ".join(column.short)
        found.append(el("td", said, role="cell", data_label=label, class_=f"seen seen-{cell.state}"))
    return el("tr", el("th", title, scope="row", role="rowheader"), *found, role="row")


def _events(page: DriftPage, say: Say) -> Html:
    cells = []
    for column in page.columns:
        told = [
            el(
                "li",
                link(event.short, event.href) if event.href else event.short,
                el("span", say.date(event.on), class_="under"),
            )
            for event in column.events
        ]
        shown = el("ul", *told, class_="happened") if told else el("span", "—")
        cells.append(el("td", shown, role="cell", data_label=" ".join(column.short), class_="happening"))
    return el("tr", el("th", say("Meanwhile"), scope="row", role="rowheader"), *cells, role="row")


def sections(page: DriftPage, say: Say, *, along: Along = nothing) -> Html:
    """Every theme with its drawings; those of what has not moved are in a fold that names them."""
    parts = []
    for theme, title, found in page.sections:
        parts.append(
            el(
                "section",
                el("h2", title, id=f"theme-{theme}"),
                _multiples([each for each in found if each.state != UNMOVED], say, along),
                _unmoved([each for each in found if each.state == UNMOVED], say, along),
                class_="drift-theme",
            )
        )
    return join(parts)


def _multiples(found: Sequence[Multiple], say: Say, along: Along) -> Html | None:
    return el("div", *[_multiple(each, say, along) for each in found], class_="multiples") if found else None


def _unmoved(found: Sequence[Multiple], say: Say, along: Along) -> Html | None:
    names = joined(", ", [inside(each.title) for each in found])
    return details(say("Not moved: {names}", names=names), _multiples(found, say, along)) if found else None


def gaps(page: DriftPage, say: Say) -> Html:
    """What of the figures of audits moved for good, and all that was looked at."""
    if page.gaps is None:
        return Html("")
    head_ = [say("Figure"), say("Before"), say("Since then"), say("Moved in"), say("Noticed in"), say("Reading")]
    rows = [
        [each.name, each.before, each.after, each.since, each.noticed, badge(each.state, say, each.text)]
        for each in page.gaps.moved
    ]
    caption, more = say("Figures that moved for good"), rows[SHOWN:]
    return el(
        "section",
        el("h2", say("What each is given"), id="gaps"),
        stacked(head_, rows[:SHOWN], caption=caption, class_="data", hidden_caption=True)
        if rows
        else el("p", badge("kept", say, say("None of them moved for good."))),
        details(
            say.plural("One more figure that moved", "{n} more figures that moved", len(more)),
            stacked(head_, more, caption=caption, class_="data", hidden_caption=True),
        )
        if more
        else "",
        details(
            say("All figures that are looked at"),
            el("p", page.gaps.told),
            el("ul", *[el("li", each) for each in page.gaps.looked], class_="lines"),
        ),
        class_="drift-theme",
    )


def _multiple(each: Multiple, say: Say, along: Along) -> Html:
    rows = [
        [*cells, badge(state, say, text) if state != "not_examined" else ""]
        for cells, state, text in zip(each.rows, each.states, each.words, strict=True)
    ]
    return el(
        "article",
        el("h3", each.title, " ", badge(each.state, say, each.badge)),
        el(
            "figure",
            *read_along(each.svg, each.alt, _readings(each), each.title, say, class_="small-multiple"),
            el("figcaption", el("span", each.ends[0]), el("span", each.ends[1]), class_="ends"),
        ),
        details(
            say("See the data"),
            el("p", " ".join(each.sentences), class_="told"),
            el("p", each.distance, class_="note"),
            _sides(each, say),
            table(list(each.head), rows, caption=each.title, class_="data", hidden_caption=True),
        ),
        along(each.anchor),
        id=each.anchor,
        class_="multiple",
    )


def _sides(each: Multiple, say: Say) -> Html | None:
    """Both periods on one chart: each mark says its figure when it is pointed at or reached by the Tab key."""
    if each.sides is None:
        return None
    caption = el("figcaption", each.sides.title)
    return el("figure", caption, strips(each.sides, say), el("p", each.sides.note, class_="note"), class_="looked")


def _readings(each: Multiple) -> list[Reading]:
    """What each window says: its period, distance and count, and its mark in words."""
    return [
        Reading(x=x, text=" · ".join((row[0], f"{each.head[3]} {row[3]}", f"{each.head[2]} {row[2]}", word)))
        for x, row, word in zip(each.places, each.rows, each.words, strict=True)
    ]


def closing(page: DriftPage, say: Say, *, recompute: str) -> Html:
    """How to read the page, and where more is said."""
    pairs = [
        (
            say("Distance (PSI)"),
            say(
                "How far two periods are from each other, from the counts of about ten classes: 0 when they are "
                "alike. It says that something moved, not that it is a fault."
            ),
        ),
        (
            say("Dashes"),
            say(
                "The level from which a distance counts as moved. A point beyond it moved unless chance may explain it."
            ),
        ),
        (
            say("Dotted upright"),
            say("Something happened in that period: a version of the model or the charter, an incident."),
        ),
        (
            say("Values differ by"),
            say(
                "How far values would have to be moved, on average, for both periods to be alike (Wasserstein). "
                "In brackets: values are counted in classes, and between what the distance of all single values lies."
            ),
        ),
        (
            say("The groups"),
            say("From what the audits have published: groups that they hide are counted with those unknown."),
        ),
        (
            say("Moved for good"),
            say(
                "The months before and after each month are held to each other. A figure moved for good where they "
                "differ by more than chance would make any of the figures differ in one year of {years}; it is told "
                "from a season where the same months of the year before did the same.",
                years=say.whole(round(1 / RATE)),
            ),
        ),
        (
            say("Other distances"),
            say(
                "They answer the same question in other ways: Jensen-Shannon, Hellinger, total variation and "
                "Kolmogorov-Smirnov lie between 0 and 1; chi-square says how likely such a gap is by chance."
            ),
        ),
        (
            say("Newer is higher, of 100 pairs"),
            say(
                "One decision of each period is taken at random, again and again: how often the newer one has the "
                "higher value, equal ones counted as halves (Mann-Whitney). 50: values neither rose nor fell as a "
                "whole. In brackets, between what it very likely lies."
            ),
        ),
        (
            say("Rank tests (p)"),
            say(
                "How likely such a gap is by chance: in the order of values (Mann-Whitney, both sides), anywhere "
                "(Cramér-von Mises), the ends counted more (Anderson-Darling). With very many decisions, chance "
                "explains next to nothing, however small a gap: read the distance."
            ),
        ),
    ]
    items = [el("div", el("dt", name), el("dd", meaning)) for name, meaning in pairs]
    links = [link(*page.question)] if page.question else []
    links.append(link(say("Where do these figures come from?"), page.data))
    return el(
        "section",
        details(say("How to read this page"), el("dl", *items, class_="facts"), class_="folded"),
        el("p", join(links, " · ")),
        details(say("Compute it again"), el("p", say("With the decisions at hand:")), el("code", recompute)),
        class_="drift-closing",
    )


def which(systems: Sequence[tuple[str, str]], asked: str, say: Say) -> Html:
    """The systems to choose from, where the address names none of them."""
    return join(
        [
            el("h1", say("Which system?")),
            el("p", say("“{system}” has no decisions here.", system=asked)) if asked else None,
            el("ul", *[el("li", link(title, href)) for title, href in systems], class_="lines")
            if systems
            else el(
                "div",
                el(
                    "p",
                    el("strong", say("No system has decisions yet.")),
                    " ",
                    code(say("`boussole sync` or `boussole import` bring them in.")),
                ),
                class_="lead lead-unknown",
            ),
        ]
    )
