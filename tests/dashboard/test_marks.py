"""Marks can be told apart without colour, and read on every background they stand on."""

from __future__ import annotations

import re

import pytest

from boussole.dashboard.markup.elements import DARK, MARKS, STYLE, word
from boussole.dashboard.markup.words import speaker


def test_no_two_verdicts_share_a_shape_or_a_word() -> None:
    assert len({mark.shape for mark in MARKS.values()}) == len(MARKS)
    for lang in ("fr", "en"):
        assert len({word(verdict, speaker(lang)) for verdict in MARKS}) == len(MARKS)


ROOTS = [dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{3,6});", body)) for body in re.findall(r":root {([^}]*)}", STYLE)]


@pytest.mark.parametrize("verdict", MARKS)
@pytest.mark.parametrize("dark", [False, True])
def test_the_style_gives_each_verdict_its_ink_and_tint(verdict: str, dark: bool) -> None:
    """In the dark those of pictures there: a light tint would shine among them."""
    rule = re.search(rf"\.badge-{verdict} {{ background: var\(--(.+?)\); color: var\(--(.+?)\); }}", STYLE)
    assert rule is not None
    mark, (tint, ink) = MARKS[verdict], (ROOTS[dark][name].replace("#fff", "#ffffff", 1)[:7] for name in rule.groups())
    assert (tint, ink) == ((DARK[mark.tint], DARK[mark.ink]) if dark else (mark.tint, mark.ink))
