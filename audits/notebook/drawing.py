"""Dots and intervals for a notebook: a small table of HTML, and a chart that answers the pointer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import altair as alt

MOST_ROWS = 60
"""A notebook shows no more rows than these by itself; `frame()` has all."""
WIDTH, HEIGHT, EDGE = 220, 18, 6
_CELL = 'style="text-align:left;padding:2px 8px;white-space:nowrap"'


@dataclass(frozen=True, kw_only=True)
class DrawingRow:
    """One group as it is drawn: without a value, `note` says why. `against`: whom it is compared with."""

    metric: str
    by: str
    group: str
    against: str | None
    value: float | None
    low: float | None
    high: float | None
    n: int | None
    note: str | None


def page(heading: str, notes: Sequence[str], rows: Sequence[DrawingRow], *, left_out: int) -> str:
    """HTML: a heading, notes, and one line for each row; every text in it is escaped."""
    shown = list(rows[:MOST_ROWS])
    more = left_out + len(rows) - len(shown)
    parts = [f"<p><strong>{escape(heading)}</strong></p>", *(f"<p>{escape(note)}</p>" for note in notes)]
    if shown:
        names = "".join(f"<th {_CELL}>{name}</th>" for name in ("metric", "by", "group", "value", "95 %", "", "n"))
        lines = "".join(
            _lines(list(metric_rows)) for _, metric_rows in groupby(shown, key=lambda row: (row.metric, row.by))
        )
        parts.append(f"<table><thead><tr>{names}</tr></thead><tbody>{lines}</tbody></table>")
    if more > 0:
        parts.append(f"<p>{more} more in <code>frame()</code>; <code>plot(metric)</code> draws one of them.</p>")
    return "".join(parts)


def _lines(rows: Sequence[DrawingRow]) -> str:
    seen = [end for row in rows for end in (row.value, row.low, row.high) if end is not None]
    low, high = (min(seen), max(seen)) if seen else (0.0, 1.0)
    return "".join(_line(row, low, high if high > low else low + 1) for row in rows)


def _line(row: DrawingRow, low: float, high: float) -> str:
    value = f"{row.value:.3g}" if row.value is not None else escape(row.note or "")
    ends = f"{row.low:.3g} to {row.high:.3g}" if row.low is not None and row.high is not None else ""
    group = row.group if row.against is None else f"{row.group} (against {row.against})"
    size = "" if row.n is None else f"{row.n:,}"
    texts = (escape(row.metric), escape(row.by), escape(group), value, ends, _dot(row, low, high), size)
    return "<tr>" + "".join(f"<td {_CELL}>{text}</td>" for text in texts) + "</tr>"


def _dot(row: DrawingRow, low: float, high: float) -> str:
    """An SVG of the dot and its interval; the numbers stand beside it, so that it is hidden from screen readers."""
    if row.value is None:
        return ""

    def at(value: float) -> float:
        return round(EDGE + (min(max(value, low), high) - low) / (high - low) * (WIDTH - 2 * EDGE), 1)

    middle = HEIGHT / 2
    line = ""
    if row.low is not None and row.high is not None:
        line = f'<line x1="{at(row.low)}" x2="{at(row.high)}" y1="{middle}" y2="{middle}" stroke="currentColor"/>'
    dot = f'<circle cx="{at(row.value)}" cy="{middle}" r="4" fill="currentColor"/>'
    return f'<svg width="{WIDTH}" height="{HEIGHT}" aria-hidden="true">{line}{dot}</svg>'


def chart(rows: Sequence[DrawingRow], *, metric: str) -> alt.LayerChart:
    """An Altair chart of one metric: a row for each group, under its attribute."""
    import altair as alt
    import pandas as pd

    labels = [f"{row.by}: {row.group}" for row in rows]
    frame = pd.DataFrame([{**asdict(row), "label": label} for row, label in zip(rows, labels, strict=True)])
    across = alt.Y("label:N", sort=labels, title=None)
    told = [
        alt.Tooltip(field) for field in ("by:N", "group:N", "against:N", "value:Q", "low:Q", "high:Q", "n:Q", "note:N")
    ]
    base = alt.Chart(frame).encode(y=across, tooltip=told)
    lines = base.mark_rule().encode(x=alt.X("low:Q", title=metric, scale=alt.Scale(zero=False)), x2=alt.X2("high:Q"))
    dots = base.mark_point(filled=True, size=70, opacity=1).encode(x=alt.X("value:Q", title=metric))
    absent = base.transform_filter("datum.value === null").mark_text(align="left", dx=4, fontStyle="italic")
    notes = absent.encode(x=alt.value(0), text=alt.Text("note:N"))
    return alt.LayerChart(layer=[lines, dots, notes], width=380)
