"""Drawings that say their figures when one points at them or reaches them by keyboard: strips, and months."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from boussole.dashboard.markup.elements import Html, el, picture
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.views.charts.strips import NARROW, Mark, Strip, Strips, scale_svg, strip_svg

# A chart of strips as HTML: a mark that is pointed at, or reached by keyboard, says its figure, interval and count.


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


# A drawing over time, read month by month by pointer or arrow keys: what lies at a place is said under it.


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a drawing says at one place; `x`: where that lies, from 0 at its left edge to 1 at its right."""

    x: float
    text: str


def read_along(svg: str, alt: str, readings: Sequence[Reading], title: str, say: Say, *, class_: str) -> list[Html]:
    """The drawing, a slider over it (one stop of the Tab key), and the place where the script says what it reaches.

    The words stand in the table beside the drawing too: without the script nothing is lost.
    """
    drawn = picture(svg, alt, class_=class_)
    if len(readings) < 2:
        return [drawn]
    newest = readings[-1]
    slider = el(
        "div",
        el("i", aria_hidden="true"),
        role="slider",
        tabindex="0",
        aria_label=say("{title}: read with the arrow keys", title=title),
        aria_valuemin="0",
        aria_valuemax=str(len(readings) - 1),
        aria_valuenow=str(len(readings) - 1),
        aria_valuetext=newest.text,
        data_readings=json.dumps([[round(each.x, 4), each.text] for each in readings], ensure_ascii=False),
    )
    return [
        el("div", drawn, slider, class_="reading"),
        el("p", class_="reading-said", aria_hidden="true"),
    ]
