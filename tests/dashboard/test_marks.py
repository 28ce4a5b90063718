"""Marks can be told apart without colour, and read on every background they stand on."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from boussole.charter.document.answers.verdict import worst
from boussole.dashboard.markup.elements import DARK, INK, INK_2, LINK, MARKS, NEEDLE, PAPER, SIDE, STYLE, mark_svg, word
from boussole.dashboard.markup.words import speaker


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_agrees_with_the_published_extremes() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("verdict", MARKS)
def test_inks_reach_four_and_a_half_on_their_tint_and_on_paper(verdict: str) -> None:
    mark = MARKS[verdict]
    assert min(contrast(mark.ink, mark.tint), contrast(mark.ink, PAPER), contrast(mark.ink, "#ffffff")) >= 4.5


@pytest.mark.parametrize("ink", [INK, INK_2, LINK, NEEDLE])
@pytest.mark.parametrize("background", [PAPER, SIDE, "#ffffff"])
def test_text_reaches_four_and_a_half_on_every_background(ink: str, background: str) -> None:
    assert contrast(ink, background) >= 4.5


def test_no_two_verdicts_share_a_shape_or_a_word() -> None:
    assert len({mark.shape for mark in MARKS.values()}) == len(MARKS)
    for lang in ("fr", "en"):
        assert len({word(verdict, speaker(lang)) for verdict in MARKS}) == len(MARKS)


@pytest.mark.parametrize("verdict", MARKS)
def test_marks_are_well_formed_drawings(verdict: str) -> None:
    assert ET.fromstring(mark_svg(verdict)).tag.endswith("svg")  # noqa: S314 (our own drawing)


def test_a_branch_is_kept_only_when_everything_on_it_is() -> None:
    assert worst(["kept", "kept"]) == "kept"
    assert worst(["kept", "not_examined"]) == "not_examined"
    assert worst(["watch", "broken", "unknown"]) == "broken"


ROOTS = [dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{3,6});", body)) for body in re.findall(r":root {([^}]*)}", STYLE)]


@pytest.mark.parametrize("verdict", MARKS)
@pytest.mark.parametrize("dark", [False, True])
def test_the_style_gives_each_verdict_its_ink_and_tint(verdict: str, dark: bool) -> None:
    """In the dark those of pictures there: a light tint would shine among them."""
    rule = re.search(rf"\.badge-{verdict} {{ background: var\(--(.+?)\); color: var\(--(.+?)\); }}", STYLE)
    assert rule is not None
    mark, (tint, ink) = MARKS[verdict], (ROOTS[dark][name].replace("#fff", "#ffffff", 1)[:7] for name in rule.groups())
    assert (tint, ink) == ((DARK[mark.tint], DARK[mark.ink]) if dark else (mark.tint, mark.ink))
