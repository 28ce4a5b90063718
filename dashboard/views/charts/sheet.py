"""A table of words and marks, as it stands under a figure, as a drawing, and for a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from boussole.dashboard.markup.fontfiles import QUOTED, printable
from boussole.dashboard.markup.marks import INK, INK_2, LINE, shape, word
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.views.charts.strips import broken, width_of
from boussole.dashboard.views.charts.tables import Table

# A table of words and marks, as it stands under a figure, is drawn and is taken into a spreadsheet.


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A cell that is a mark: the shape of a verdict, and its words."""

    verdict: str
    text: str

    def __str__(self) -> str:
        return self.text


Cell = str | Mark


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """The head, and rows of as many cells; the first of each says what the row is about."""

    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def mark(verdict: str | None, say: Say, text: str | None = None) -> Cell:
    """The mark of a verdict with its word, or with other words; nothing where there is no verdict."""
    return Mark(verdict=verdict, text=text or word(verdict, say)) if verdict else ""


def sheet_of(table: Table, say: Say) -> Sheet:
    """A table of figures with the mark of each row in the last column, where its head names one."""
    rows = [[*cells, mark(verdict, say)] for cells, verdict in zip(table.rows, table.verdicts, strict=True)]
    wide = len(table.head)
    return Sheet(head=table.head, rows=[row[:wide] for row in rows])


def marked(
    head: Sequence[str], rows: Sequence[Sequence[str]], states: Sequence[str], words: Sequence[str], reading: str
) -> Sheet:
    """Rows of words, each with its mark in a last column of the name `reading`; no mark where it says nothing."""
    named = [*head, reading] if rows and len(head) == len(rows[0]) else list(head)
    cells = [
        [*row, Mark(verdict=state, text=text) if state and text else ""]
        for row, state, text in zip(rows, states, words, strict=True)
    ]
    return Sheet(head=named, rows=cells)


# A table as a drawing: what has no other picture is taken along as it stands.


SIZE, LEADING, SIDE, ABOVE = 14, 18, 9, 8
FIRST, OTHER, SHAPE = 250.0, 170.0, 19.0
"""The widest that a first and any other column gets, and the room of a mark before its words."""
MOST = 40
"""Rows that are drawn; a spreadsheet holds all."""


def table_picture(sheet: Sheet, *, width: float) -> str:
    """The head, and at most `MOST` rows; `width`: at least so wide."""
    rows = [[*row] for row in sheet.rows[:MOST]]
    across = [_across(at, [sheet.head[at], *(row[at] for row in rows)]) for at in range(len(sheet.head))]
    spare = max(0.0, width - sum(across))
    across = [each + spare / len(across) for each in across]
    parts, top = _row([*sheet.head], across, 0.0, head=True)
    for row in rows:
        parts.append(f'<line x1="0" x2="{sum(across):.1f}" y1="{top:.1f}" y2="{top:.1f}" stroke="{LINE}"/>')
        more, top = _row(row, across, top)
        parts += more
    wide = sum(across)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:.0f}" height="{top:.0f}" '
        f'viewBox="0 0 {wide:.0f} {top:.0f}">{"".join(parts)}</svg>'
    )


def _across(at: int, cells: Sequence[Cell]) -> float:
    """How wide a column is: its widest cell, as far as it may be."""
    most = FIRST if at == 0 else OTHER
    found = [width_of(str(each), SIZE, weight="bold") + SHAPE * isinstance(each, Mark) for each in cells]
    return min(most, max(found)) + 2 * SIDE


def _row(cells: Sequence[Cell], across: Sequence[float], top: float, *, head: bool = False) -> tuple[list[str], float]:
    """The pieces of one row, and where it ends."""
    parts, left, high = [], 0.0, 1
    for at, (cell, wide) in enumerate(zip(cells, across, strict=True)):
        weight = "bold" if head or at == 0 else "normal"
        aside = SHAPE if isinstance(cell, Mark) else 0.0
        lines = broken(printable(str(cell)) or ("—" if at else ""), SIZE, within=wide - 2 * SIDE - aside, weight=weight)
        first = top + ABOVE + SIZE
        if isinstance(cell, Mark):
            parts.append(shape(cell.verdict, x=left + SIDE + 6, y=first - 5, size=12))
        ink = INK_2 if head else INK
        parts += [
            f'<text x="{left + SIDE + aside:.1f}" y="{first + LEADING * row:.1f}" font-family="{QUOTED}" '
            f'font-size="{SIZE}" font-weight="{weight}" fill="{ink}">{escape(line)}</text>'
            for row, line in enumerate(lines)
        ]
        left, high = left + wide, max(high, len(lines))
    return parts, top + 2 * ABOVE + LEADING * high
