"""Both themes can be read: every ink reaches its contrast on every ground, and Streamlit's own parts follow."""

from __future__ import annotations

import html
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from boussole import dashboard
from boussole.dashboard.app.frame import DARK, LIGHT
from boussole.dashboard.markup.elements import DARK as IN_THE_DARK
from boussole.dashboard.markup.elements import INK, INK_2, LINE, LINK, MARKS, NEEDLE, PAPER, SIDE, picture

STYLE = (Path(dashboard.__file__).parent / "app" / "static" / "style.css").read_text(encoding="utf-8")
ROOTS = [dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{3,6});", body)) for body in re.findall(r":root {([^}]*)}", STYLE)]
INKS = ("ink", "ink-2", "link", "needle", "watch", "unknown", "kept")
NAMES = ("paper", "side", "ink", "link", "needle", "line")


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2 defines it."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * c for c in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colours", ROOTS, ids=["light", "dark"])
def test_every_ink_can_be_read_on_every_ground(colours: dict[str, str]) -> None:
    for ink in INKS:
        for ground in ("paper", "side", "card"):
            assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)
    for ground in ("link", "link-strong"):
        assert contrast(colours["on-link"], colours[ground]) >= 4.5
    for ground in ("paper", "card"):
        assert contrast(colours["edge"], colours[ground]) >= 3  # the edge of what can be filled in


@pytest.mark.parametrize("colours", ROOTS, ids=["light", "dark"])
def test_what_has_a_ground_of_its_own_can_be_read_on_it(colours: dict[str, str]) -> None:
    """A tint and its ink are told in one rule, so that both change together."""
    rules = re.findall(r"([^{}]*){[^{}]*?background: ([^;]+);[^{}]*?[{; ]color: ([^;]+);[^{}]*}", STYLE)

    def resolved(value: str) -> str:
        name = re.fullmatch(r"var\(--([a-z0-9-]+)\)", value.strip())
        return colours.get(name[1], "") if name else value.strip()

    pairs = {rule.strip(): (resolved(ground), resolved(ink)) for rule, ground, ink in rules}
    held = {rule: pair for rule, pair in pairs.items() if all(re.fullmatch("#[0-9a-f]{3,6}", each) for each in pair)}
    assert sum(".seen-" in rule for rule in held) >= 10
    assert sum(".badge-" in rule for rule in held) == 5
    assert {rule: pair for rule, pair in held.items() if contrast(*pair) < 4.5} == {}


def test_streamlit_and_pictures_have_the_same_colours() -> None:
    light, dark = ROOTS
    assert tuple(light[name] for name in NAMES) == LIGHT == (PAPER, SIDE, INK, LINK, NEEDLE, LINE)
    assert tuple(dark[name] for name in NAMES) == DARK


CHARTS = Path(dashboard.__file__).parent / "views" / "charts"
DRAWN = {
    colour.lower()
    for file in CHARTS.glob("*.py")
    for colour in re.findall(r"#[0-9a-fA-F]{6}\b|#[0-9a-fA-F]{3}\b", file.read_text(encoding="utf-8"))
} | {each for mark in MARKS.values() for each in (mark.ink, mark.tint)}


def test_every_colour_of_a_drawing_has_another_in_the_dark() -> None:
    """A colour that charts take and nobody thought of would stay as it is on paper: white, or ink on a dark card."""
    assert len(DRAWN) >= 12
    assert {*DRAWN, PAPER, SIDE, LINE, INK, INK_2, LINK, NEEDLE} <= set(IN_THE_DARK)


def test_what_is_drawn_can_be_read_in_the_dark() -> None:
    card = ROOTS[1]["card"]
    for ink in (INK, INK_2, LINK, NEEDLE, *(mark.ink for mark in MARKS.values())):
        assert contrast(IN_THE_DARK[ink], card) >= 4.5, ink
    for mark in MARKS.values():
        assert contrast(IN_THE_DARK[mark.ink], IN_THE_DARK[mark.tint]) >= 4.5, mark.verdict
    for ground in ("#ffffff", "#fff", PAPER):
        assert IN_THE_DARK[ground] == card


def test_a_picture_on_a_page_follows_into_the_dark() -> None:
    """Both sides of a drawing: what it fills and what it strokes; text that names no colour is black on paper."""
    svg = f'<svg xmlns="http://www.w3.org/2000/svg"><rect fill="#FFFFFF" stroke="{INK}"/><text>a</text></svg>'
    shown = unquote(str(picture(svg, "alt")))
    style = shown[shown.index("@media screen and (prefers-color-scheme: dark)") :]
    assert f'[fill="#ffffff" i]{{fill:{IN_THE_DARK["#ffffff"]}}}' in html.unescape(style)
    assert f'[stroke="{INK}" i]{{stroke:{IN_THE_DARK[INK]}}}' in html.unescape(style)
    assert f"text:not([fill]){{fill:{IN_THE_DARK[INK]}}}" in style
    assert ".stHtml img[width]" in STYLE
    assert "background: #fbfaf7" not in STYLE
