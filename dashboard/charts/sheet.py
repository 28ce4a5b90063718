"""A table of words and marks, as it stands under a figure, is drawn and is taken into a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from boussole.dashboard.charts.tables import Table
from boussole.dashboard.markup.marks import word
from boussole.dashboard.words.say import Say


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
