"""Drawings that say their figures, by their names of before: until no page asks for them here."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.dashboard.markup.elements import Html
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.views.charts.strips import Strips
from boussole.dashboard.views.charts.time_pictures import Reading

__all__ = ["Reading", "read_along", "strips"]
_FILE = "views/parts/drawings.html"


def strips(shown: Strips, say: Say) -> Html:
    return Template(_FILE, say)("strips", shown)


def read_along(svg: str, alt: str, readings: Sequence[Reading], title: str, say: Say, *, class_: str) -> list[Html]:
    return [Template(_FILE, say)("read_along", svg, alt, readings, title, class_)]
