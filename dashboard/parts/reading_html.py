"""A drawing over time, read month by month by pointer or arrow keys: what lies at a place is said under it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from boussole.dashboard.markup.elements import Html, el, picture
from boussole.dashboard.words.say import Say


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
