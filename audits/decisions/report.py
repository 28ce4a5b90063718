"""What became of a file of decisions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Rejection:
    """Rows refused for one reason: the column, the reason, how many, and the first such row (from 1)."""

    column: str
    reason: str
    rows: int
    first_row: int

    def sentence(self) -> str:
        """One line for a terminal.

        >>> Rejection(column="ts", reason="not a date", rows=2, first_row=7).sentence()
        "column 'ts': not a date (2 rows, the first is row 7)"
        """
        rows = f"row {self.first_row}" if self.rows == 1 else f"{self.rows} rows, the first is row {self.first_row}"
        return f"column '{self.column}': {self.reason} ({rows})"


@dataclass(frozen=True, kw_only=True)
class IngestReport:
    """Accepted and quarantined rows of one source; `already` means its content had been imported before."""

    system: str
    origin: str
    sha256: str
    accepted: int
    quarantined: int
    already: bool = False
    rejections: tuple[Rejection, ...] = ()

    def document(self) -> dict[str, Any]:
        """The report as JSON."""
        return {
            "system": self.system,
            "origin": self.origin,
            "sha256": self.sha256,
            "accepted": self.accepted,
            "quarantined": self.quarantined,
            "already": self.already,
            "rejections": [vars(rejection) for rejection in self.rejections],
        }
