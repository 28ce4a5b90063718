"""The drawing behind most charts, rows of a dot and its interval with lines that explain them; and the compass rose."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any, Literal

import altair as alt

from boussole.charter.document.answers.verdict import worst
from boussole.dashboard.markup.elements import INK, INK_2, LINE, MARKS, NEEDLE, QUOTED, shape, word
from boussole.dashboard.markup.words import Say, speaker

# The compass rose: a branch per article, a ring per system, a needle to what most needs attention.


WIDTH, HEIGHT = 492, 374
CENTRE = (WIDTH / 2, HEIGHT / 2)
OUTER, HUB, GAP = 114.0, 38.0, 4.0
MOST_RINGS = 5


@dataclass(frozen=True, kw_only=True)
class SystemRing:
    """One system: its title and its verdict on each article (by id)."""

    title: str
    verdicts: Mapping[str, str]


def rings_shown(rings: Sequence[SystemRing], articles: Mapping[str, str], say: Say) -> list[SystemRing]:
    """The rings as they fit: beyond five systems, one ring of the worst verdicts."""
    if len(rings) <= MOST_RINGS:
        return list(rings)
    verdicts = {a: worst([ring.verdicts.get(a, "not_examined") for ring in rings]) for a in articles}
    return [SystemRing(title=say("Worst of {n} systems", n=say.whole(len(rings))), verdicts=verdicts)]


def rose_svg(
    articles: Mapping[str, str],
    rings: Sequence[SystemRing],
    lang: str,
    *,
    needle: str | None = None,
    named: bool = True,
) -> str:
    """The rose: `articles` (id → name) clockwise from the top, `rings` from the inside out, `needle` at an article."""
    say = speaker(lang)
    shown = rings_shown(rings, articles, say)
    step = 2 * math.pi / max(len(articles), 1)
    depth = (OUTER - HUB) / max(len(shown), 1)
    parts = [_branch(article, index * step, step, shown, depth) for index, article in enumerate(articles)]
    names = [_name(name, index * step) for index, name in enumerate(articles.values()) if named]
    hub = "".join(_needle(index * step) for index, article in enumerate(articles) if article == needle)
    title, text = say("Verdicts of the charter"), rose_text(articles, rings, lang, needle=needle)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="rose-title rose-desc" '
        f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="{QUOTED}" font-size="16">'
        f'<title id="rose-title">{escape(title)}</title>'
        f'<desc id="rose-desc">{escape(text)}</desc>'
        f"{_hatching()}{''.join(parts)}{_hub()}{hub}{''.join(names)}</svg>"
    )


def rose_text(articles: Mapping[str, str], rings: Sequence[SystemRing], lang: str, *, needle: str | None = None) -> str:
    """What the drawing shows, in words: each article with its verdicts, then where the needle points."""
    say = speaker(lang)
    shown = rings_shown(rings, articles, say)
    lines = [
        say("{name}: {verdicts}.", name=name, verdicts=", ".join(_spoken(ring, article, say) for ring in shown))
        for article, name in articles.items()
    ]
    if needle in articles:
        lines.append(say("The needle points at: {name}.", name=articles[str(needle)]))
    return " ".join(lines)


def _spoken(ring: SystemRing, article: str, say: Say) -> str:
    return f"{ring.title} {word(ring.verdicts.get(article, 'not_examined'), say).lower()}"


def _at(angle: float, radius: float) -> tuple[float, float]:
    return CENTRE[0] + radius * math.sin(angle), CENTRE[1] - radius * math.cos(angle)


def _branch(article: str, angle: float, step: float, rings: Sequence[SystemRing], depth: float) -> str:
    parts = []
    for index, ring in enumerate(rings):
        mark = MARKS[ring.verdicts.get(article, "not_examined")]
        inner, outer = HUB + index * depth + GAP / 2, HUB + (index + 1) * depth - GAP / 2
        path = _sector(angle - step / 2, angle + step / 2, inner, outer)
        parts.append(f'<path d="{path}" fill="{mark.tint}" stroke="{mark.ink}" stroke-width="{mark.stroke}"/>')
        if mark.verdict == "unknown":
            parts.append(f'<path d="{path}" fill="url(#hatch)"/>')
        x, y = _at(angle, (inner + outer) / 2)
        size = min(14.0, depth * 0.4)
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size * 0.85:.1f}" fill="#ffffff"/>')
        parts.append(shape(mark.verdict, x=round(x, 1), y=round(y, 1), size=size))
    return "".join(parts)


def _sector(start: float, end: float, inner: float, outer: float) -> str:
    """A ring segment whose sides stay parallel to the gap between branches."""
    near, far = GAP / 2 / inner, GAP / 2 / outer
    a, b = _at(start + near, inner), _at(start + far, outer)
    c, d = _at(end - far, outer), _at(end - near, inner)
    wide = int(end - start > math.pi)
    return (
        f"M{a[0]:.1f} {a[1]:.1f}L{b[0]:.1f} {b[1]:.1f}A{outer:g} {outer:g} 0 {wide} 1 {c[0]:.1f} {c[1]:.1f}"
        f"L{d[0]:.1f} {d[1]:.1f}A{inner:g} {inner:g} 0 {wide} 0 {a[0]:.1f} {a[1]:.1f}Z"
    )


def _hatching() -> str:
    ink = MARKS["unknown"].ink
    return (
        '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<line x1="0" y1="0" x2="0" y2="6" stroke="{ink}" stroke-width="1.1" opacity="0.55"/></pattern></defs>'
    )


def _hub() -> str:
    x, y = CENTRE
    return f'<circle cx="{x:g}" cy="{y:g}" r="{HUB - 3:g}" fill="#ffffff" stroke="{LINE}"/>'


def _needle(angle: float) -> str:
    x, y = CENTRE
    length, half = HUB - 7, 6.5
    return (
        f'<g transform="rotate({math.degrees(angle):.1f} {x:g} {y:g})">'
        f'<polygon points="{x:g},{y - length:g} {x + half:g},{y:g} {x - half:g},{y:g}" fill="{NEEDLE}"/>'
        f'<polygon points="{x:g},{y + length:g} {x + half:g},{y:g} {x - half:g},{y:g}" fill="#c9c4b8"/></g>'
        f'<circle cx="{x:g}" cy="{y:g}" r="3" fill="{INK}"/>'
    )


def _name(name: str, angle: float) -> str:
    """The name beside its branch, on at most three lines, anchored away from the rose."""
    x, y = _at(angle, OUTER + 12)
    lines = wrapped(name, width=15)
    sideways = math.sin(angle)
    anchor = "middle" if abs(sideways) < 0.2 else "start" if sideways > 0 else "end"
    up = -math.cos(angle)  # -1 at the top, 1 at the bottom
    first = y + 5 + (up - 1) / 2 * 18 * (len(lines) - 1)
    spans = "".join(
        f'<tspan x="{x:.1f}" y="{first + 18 * i:.1f}">{escape(line)}</tspan>' for i, line in enumerate(lines)
    )
    return f'<text text-anchor="{anchor}" font-weight="700" fill="{INK}">{spans}</text>'


def wrapped(text: str, *, width: int) -> list[str]:
    """Words in lines of about `width` characters; a hyphen is a place to break too.

    >>> wrapped("Équité et non-discrimination", width=16)
    ['Équité et non-', 'discrimination']
    """
    lines = [""]
    for token in re.findall(r"[ ]?[^ -]*-*", text):
        if lines[-1] and len(lines[-1] + token) > width:
            lines.append(token.lstrip(" "))
        else:
            lines[-1] += token
    return lines


# The one drawing behind every chart: rows of a dot and its interval, and dashed lines that explain them.


@dataclass(frozen=True, kw_only=True)
class DotLayout:
    """Pixels of the three columns (names, plot, values), of a row, and of the room above and below."""

    names: int
    plot: int
    values: int
    row: int
    top: int
    dot: float
    """Where dots stand in their row, from 0 (its top) to 1."""
    most_ticks: int
    narrow: bool = False
    """Names stand above their dots, and line labels in rows at the top left."""

    bottom: int = 30


WIDE = DotLayout(names=236, plot=348, values=80, row=40, top=30, dot=0.5, most_ticks=6)
NARROW = DotLayout(names=18, plot=168, values=62, row=68, top=48, dot=0.74, most_ticks=3, narrow=True)
"""For a page at 400 % zoom: 248 pixels in all."""

_SIZE, _LEADING = 15, 17
_BESIDE = 0.15
"""How much of a row a line runs above and below a dot, where it must not cross the name over it."""
_STEPS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0)
_SHAPES = {"disc": "circle", "square": "square", "triangle": "triangle-up", "half": "circle", "ring": "circle"}
_HALF = "M0,-1A1,1,0,0,0,0,1Z"
_HOLLOW = ("half", "ring")


@dataclass(frozen=True, kw_only=True)
class Dot:
    """One row: `text` is its value in words; without a value, `note` says why."""

    label: str
    value: float | None
    low: float | None
    high: float | None
    text: str
    note: str
    verdict: str | None


@dataclass(frozen=True, kw_only=True)
class ThresholdLine:
    """A threshold at `at`, from the top of row `first` to the bottom of row `last`."""

    at: float
    label: str
    first: int
    last: int
    broken: bool
    align: Literal["left", "center", "right"] = "center"


def ticks(low: float, high: float, *, most: int = 6) -> list[float]:
    """Round values that cover low to high.

    >>> ticks(0.198, 0.281)
    [0.18, 0.2, 0.22, 0.24, 0.26, 0.28, 0.3]
    """
    step = next((step for step in _STEPS if (high - low) / step <= most), _STEPS[-1])
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(index * step, 6) for index in range(first, max(last, first + 1) + 1)]


@dataclass(frozen=True, kw_only=True)
class DotRows:
    """All that a chart of dots shows. `bounds` are the lowest and highest values that make sense on its scale."""

    dots: Sequence[Dot]
    lines: Sequence[ThresholdLine]
    percent: bool
    bounds: tuple[float, float]
    layout: DotLayout = WIDE


def reach(shown: DotRows) -> list[float]:
    """The round values on the scale of a chart, from below all that it shows to above it."""
    seen = [x for dot in shown.dots for x in (dot.value, dot.low, dot.high) if x is not None]
    seen += [line.at for line in shown.lines]
    low, high = (min(seen), max(seen)) if seen else (0.0, 1.0)
    margin, bounds = (high - low) * 0.05, shown.bounds
    return ticks(max(low - margin, bounds[0]), min(high + margin, bounds[1]), most=shown.layout.most_ticks)


def digits_of(values: Sequence[float], *, percent: bool) -> int:
    """How many decimals tell the values of a scale apart.

    >>> digits_of([0.2, 0.25], percent=True), digits_of([0.2, 0.205], percent=True), digits_of([2, 2.5], percent=False)
    (0, 1, 1)
    """
    return max(0, -math.floor(math.log10(values[1] - values[0]) + 1e-9) - (2 if percent else 0))


def draw(shown: DotRows) -> alt.LayerChart:
    """The chart."""
    dots, lines, percent, layout = shown.dots, shown.lines, shown.percent, shown.layout
    layout = replace(layout, row=layout.row + _LEADING * max(0, max(map(len, _names(dots, layout)), default=0) - 2))
    values = reach(shown)
    digits = digits_of(values, percent=percent)
    axis = alt.Axis(values=values, format=f".{digits}{'%' if percent else 'f'}", title=None)
    x = alt.X("x:Q", axis=axis, scale=alt.Scale(domain=[values[0], values[-1]], nice=False, zero=False))
    y = _down("y:Q", len(dots))
    layers = [
        *_lines(_clear(lines, dots), x, y, layout),
        *_intervals(dots, x, y, layout),
        _points(dots, x, y, layout),
        *_texts(dots, y, layout),
    ]
    # All is said at once: each step of a chart that is built up copies all its data.
    return alt.LayerChart(
        layer=layers,
        autosize=alt.AutoSizeParams(type="none"),
        **styled(labelPadding=8, labelOverlap=False),
        width=layout.plot,
        height=layout.row * max(len(dots), 1),
        padding={"left": layout.names, "right": layout.values, "top": layout.top, "bottom": layout.bottom},
    )


def _names(dots: Sequence[Dot], layout: DotLayout) -> list[list[str]]:
    return [wrapped(dot.label, width=34 if layout.narrow else 28) for dot in dots]


def _pixel(at: float) -> alt.XValue:
    return alt.XValue(at)  # type: ignore[no-untyped-call]


def _down(field: str, rows: int) -> alt.Y:
    return alt.Y(field, axis=None, scale=alt.Scale(domain=[rows, 0], nice=False, zero=False))


def _clear(lines: Sequence[ThresholdLine], dots: Sequence[Dot]) -> list[ThresholdLine]:
    """Lines only beside rows that have a value: nothing runs through the words of the others."""
    pieces: list[ThresholdLine] = []
    for line in lines:
        label = line.label
        for row in range(line.first, line.last + 1):
            if dots[row].value is None:
                continue
            if pieces and pieces[-1].last == row - 1 and pieces[-1].at == line.at:
                pieces[-1] = replace(pieces[-1], last=row)
            else:
                pieces.append(replace(line, first=row, last=row, label=label))
                label = ""
    return pieces


def _data(values: list[dict[str, Any]]) -> alt.InlineData:
    return alt.InlineData(values=values)


def _lines(lines: Sequence[ThresholdLine], x: alt.X, y: alt.Y, layout: DotLayout) -> list[alt.Chart]:
    layers, tier = [], 0
    for line in lines:
        ink = NEEDLE if line.broken else MARKS["watch"].ink
        pieces = _data([{"x": line.at, "y": top, "y2": end} for top, end in _reaches(line, layout)])
        dash = [5, 4] if line.broken else [2, 3]
        rule = alt.Chart(pieces).mark_rule(color=ink, strokeWidth=1.5, strokeDash=dash)
        layers.append(rule.encode(x=x, y=y, y2=alt.Y2("y2:Q")))
        if line.label:
            chart = alt.Chart(_data([{"x": line.at, "y": line.first, "label": line.label}]))
            align: Literal["left", "center", "right"] = "left" if layout.narrow else line.align
            at = _pixel(0) if layout.narrow else x
            up = -5 - 19 * tier * layout.narrow
            text = chart.mark_text(color=ink, fontSize=_SIZE - 1, baseline="bottom", dy=up, align=align)
            layers.append(text.encode(x=at, y=y, text=alt.Text("label:N")))
            tier += 1
    return layers


def _reaches(line: ThresholdLine, layout: DotLayout) -> list[tuple[float, float]]:
    """From where to where a line is drawn: in one stroke, or beside each dot where names stand above the dots."""
    if not layout.narrow:
        return [(line.first, line.last + 1)]
    return [(row + layout.dot - _BESIDE, row + layout.dot + _BESIDE) for row in range(line.first, line.last + 1)]


def _intervals(dots: Sequence[Dot], x: alt.X, y: alt.Y, layout: DotLayout) -> list[alt.Chart]:
    values = [
        {"x": dot.low, "x2": dot.high, "y": index + layout.dot, "tint": tint(dot.verdict)}
        for index, dot in enumerate(dots)
        if dot.low is not None
    ]
    bar = alt.Chart(_data(values)).mark_rule(strokeWidth=9)  # round ends would reach beyond the interval
    return [bar.encode(x=x, x2=alt.X2("x2:Q"), y=y, color=alt.Color("tint:N", scale=None))] if values else []


def tint(verdict: str | None) -> str:
    """The colour of the bar behind a mark."""
    if verdict is None or verdict == "not_examined":
        return LINE
    return {"broken": "#ecbfbf", "watch": "#ecd699", "unknown": "#c9c6de", "kept": "#b5d8d0"}[verdict]


def _points(dots: Sequence[Dot], x: alt.X, y: alt.Y, layout: DotLayout) -> alt.Chart:
    values = []
    for index, dot in enumerate(dots):
        if dot.value is None:
            continue
        at = {"x": dot.value, "y": index + layout.dot}
        if dot.verdict is None:
            values.append({**at, "shape": "diamond", "fill": INK, "ink": INK})
            continue
        mark = MARKS[dot.verdict]
        fill = "#ffffff" if mark.shape in _HOLLOW else mark.ink
        values.append({**at, "shape": _SHAPES[mark.shape], "fill": fill, "ink": mark.ink})
        if mark.shape == "half":
            values.append({**at, "shape": _HALF, "fill": mark.ink, "ink": mark.ink})
    points = alt.Chart(_data(values)).mark_point(size=120, opacity=1, strokeWidth=1.5)
    encoded: alt.Chart = points.encode(
        x=x,
        y=y,
        shape=alt.Shape("shape:N", scale=None),
        fill=alt.Fill("fill:N", scale=None),
        stroke=alt.Stroke("ink:N", scale=None),
    )
    return encoded


def _texts(dots: Sequence[Dot], y: alt.Y, layout: DotLayout) -> list[alt.Chart]:
    wide = not layout.narrow  # a name is placed by its first line: of two, the middle lies lower
    values = [
        {
            "y": index + layout.dot,
            "name_y": index + (layout.dot if wide else layout.dot - 0.46) - (len(name) - 1) * _LEADING / 2 / layout.row,
            "label": "\n".join(name),
            "text": dot.text,
            "note": "\n".join(wrapped(dot.note, width=60 if wide else 30)),
        }
        for index, (dot, name) in enumerate(zip(dots, _names(dots, layout), strict=True))
    ]
    side: Literal["right", "left"] = "right" if wide else "left"
    chart = alt.Chart(_data(values))
    label = chart.mark_text(
        align=side, baseline="middle", color=INK, fontSize=_SIZE, lineBreak="\n", lineHeight=_LEADING
    )
    text = chart.mark_text(align="left", baseline="middle", color=INK, fontSize=_SIZE, fontWeight=700)
    note = chart.mark_text(
        align="left", baseline="middle", color=INK_2, fontSize=_SIZE, lineBreak="\n", lineHeight=_LEADING
    )
    return [
        label.encode(x=_pixel(-16 if wide else 0), y=_down("name_y:Q", len(dots)), text=alt.Text("label:N")),
        text.encode(x=_pixel(layout.plot + (16 if wide else 8)), y=y, text=alt.Text("text:N")),
        note.encode(x=_pixel(8), y=y, text=alt.Text("note:N")),
    ]


def styled(**axis: Any) -> dict[str, Any]:
    """The type, lines and background of every drawing; `axis` adds to its axes."""
    axes = alt.AxisConfig(
        grid=True,
        gridColor=LINE,
        domain=False,
        ticks=False,
        labelColor=INK_2,
        labelFontSize=14,
        labelFlush=False,
        **axis,
    )
    config = alt.Config(font=QUOTED, aria=False, view=alt.ViewConfig(stroke=None), axis=axes)
    return {"config": config, "background": "transparent"}
