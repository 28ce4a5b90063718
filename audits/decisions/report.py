"""The report of an import: how many rows came in, and which were set aside, why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

from boussole.audits.log_names import LogName

ReadAs = Literal["hour_twice", "stage_skipped", "stop_again", "early_review", "unknown_department", "unread_value"]
ChangeKind = Literal[
    "new_column",
    "read_column",
    "lost_column",
    "absent_column",
    "changed_type",
    "new_value",
    "rare_value",
    "undeclared_value",
    "mostly_undeclared",
    "infinite_value",
    ReadAs,
    "sensitive_column",
    "sensitive_unclear",
]

READ_AS: tuple[ReadAs, ...] = get_args(ReadAs)
"""Of these, what is told of how cells are read: no change of their column."""


def rows_told(rows: int, first: int) -> str:
    """Return how many rows, and which (from 1)."""
    return f"row {first}" if rows == 1 else f"{rows} rows, the first is row {first}"


@dataclass(frozen=True, kw_only=True)
class Rejection:
    """Rows refused for one reason: the column, the reason, how many, and the first such row (from 1)."""

    column: str
    reason: str
    rows: int
    first_row: int

    def sentence(self) -> str:
        """Describe the rejection in one line for a terminal."""
        return f"column '{self.column}': {self.reason} ({rows_told(self.rows, self.first_row)})"


@dataclass(frozen=True, kw_only=True)
class SchemaChange:
    """A change of a source from what its log was before, or something in it whose meaning cannot be guessed."""

    kind: ChangeKind
    column: str
    detail: str

    def sentence(self) -> str:
        """Describe the change in one line for a terminal."""
        words = {
            "new_column": "new in this log, not read",
            "read_column": "new in this log, read from now on",
            "lost_column": "it was there before and is gone",
            "absent_column": "not there, read as not known (it may come later in a log of its own)",
            "changed_type": "its type changed",
            "new_value": "a value that this log never had",
            "rare_value": "values that this log never had and few rows have: not named here",
            "undeclared_value": "rows with a value that the system file does not declare, counted as undeclared",
            "mostly_undeclared": "most rows have a value that the system file does not declare, counted as undeclared; "
            "if the log only spells values otherwise, declare its spelling in `values` for what comes next",
            "infinite_value": "infinite numbers, read as missing",
            "hour_twice": "an hour that there is twice, as clocks go back, without its offset: read as the first",
            "stage_skipped": "a stage without the one before it, which counts as reached",
            "stop_again": "a STOP of somebody who had said it before: the first counts",
            "early_review": "a review that came in before this decision and is older than it: it does not count",
            "unknown_department": "a department that is not known: the message goes by the clock of the system",
            "unread_value": "a value that means neither yes nor no: read as not known",
            "sensitive_column": "sensitive, so it must not travel with a log: not read",
            "sensitive_unclear": "different values for one person, read as unknown",
        }
        detail = f" ({self.detail})" if self.detail else ""
        return f"column '{self.column}': {words[self.kind]}{detail}"


@dataclass(frozen=True, kw_only=True)
class IngestReport:
    """What a source gave; `already` means its content had been imported before.

    `accepted`, `quarantined`, `known` and `again` (known and still set aside) count rows of the source; `cleared`
    counts earlier rows that it corrected; `updated` counts decisions that changed; `waiting` counts decisions that late
    rows are about and the log does not hold.
    """

    system: str
    log: LogName = "decisions"
    origin: str
    sha256: str
    accepted: int
    quarantined: int
    already: bool = False
    known: int = 0
    again: int = 0
    cleared: int = 0
    updated: int = 0
    waiting: int = 0
    rejections: tuple[Rejection, ...] = ()
    changes: tuple[SchemaChange, ...] = ()
    read: str | None = None

    def document(self) -> dict[str, Any]:
        """The report as JSON."""
        return {
            **vars(self),
            "rejections": [vars(rejection) for rejection in self.rejections],
            "changes": [vars(change) for change in self.changes],
        }
