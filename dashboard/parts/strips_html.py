"""A chart of strips as HTML: a mark that is pointed at, or reached by keyboard, says its figure, interval and count."""

from __future__ import annotations

from boussole.dashboard.charts.strips import NARROW, Mark, Strip, Strips, scale_svg, strip_svg
from boussole.dashboard.markup.elements import Html, el, picture
from boussole.dashboard.words.say import Say


def strips(shown: Strips, say: Say) -> Html:
    """The chart, its scale, and the line in which a mark tells itself: it covers nothing and needs no script."""
    two = any(len(row.marks) > 1 for row in shown.rows)
    rest = say("Point at a mark, touch it, or reach it with the Tab key: its figure stands here.")
    return el(
        "div",
        el("ul", *[_row(row, shown) for row in shown.rows], aria_label=shown.title),
        el(
            "div",
            picture(scale_svg(shown.scale), "", class_="on-a-desk"),
            picture(scale_svg(shown.scale, wide=NARROW), "", class_="on-a-phone"),
            class_="along",
            aria_hidden="true",
        ),
        el("p", rest, class_="rest", aria_hidden="true"),
        class_="strips-chart two-periods" if two else "strips-chart",
    )


def _row(row: Strip, shown: Strips) -> Html:
    return el("li", el("span", row.name, class_="who"), *[_mark(mark, shown) for mark in row.marks])


def _mark(mark: Mark, shown: Strips) -> Html:
    """A mark without a figure is no link: why there is none stands there in full."""
    when = el("span", mark.period, class_="when") if mark.period else None
    if mark.dot.value is None:
        return el("p", when, el("span", mark.dot.note, class_="why"), class_="spot")
    return el(
        "a",
        el(
            "span",
            when,
            picture(strip_svg(mark, shown.scale), "", class_="on-a-desk"),
            picture(strip_svg(mark, shown.scale, wide=NARROW), "", class_="on-a-phone"),
            el("strong", mark.dot.text),
            class_="seen",
            aria_hidden="true",
        ),
        el("span", mark.said, class_="said"),
        href=mark.href,
        target="_self",
        class_="spot",
        aria_current="true" if mark.current else None,
    )
