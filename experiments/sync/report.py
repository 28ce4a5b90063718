"""What a source gave, and what went wrong with it, in words for people."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import duckdb

from boussole.audits.decisions import IngestReport
from boussole.audits.errors import BoussoleError, SourceError, reason_of
from boussole.experiments.store import quiet_mlflow

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""

_SILENT = (
    "max retries exceeded",
    "connection refused",
    "connection aborted",
    "connection broken",
    "connection reset",
    "incompleteread",
    "remote end closed",
    "newconnectionerror",
)
_SLOW = ("timed out", "timeout")
_PASSWORD = re.compile(r"//[^/@\s]+@")


@dataclass(frozen=True, kw_only=True)
class RunChange:
    """A run whose rows left the figures, or came back to them, because of what became of it in MLflow."""

    origin: str
    excluded: bool
    reason: str
    decisions: int

    def sentence(self) -> str:
        """The change as one line for a terminal.

        >>> RunChange(origin="mlflow:1f", excluded=True, reason="deleted", decisions=3).sentence()
        'mlflow:1f was deleted in MLflow: 3 decision(s) left the figures.'
        """
        happened = {
            "deleted": "was deleted in MLflow",
            "gone": "is no longer in MLflow",
            "restored": "was restored in MLflow",
        }[self.reason]
        moved = "left" if self.excluded else "are back in"
        return f"{self.origin} {happened}: {self.decisions} decision(s) {moved} the figures."


@dataclass(frozen=True, kw_only=True)
class SyncReport:
    """What one source of one system gave: files that were new (`ingested`), known before, failed, or changed.

    `known_traces` are traces looked at again, `feedback` those whose feedback was brought up to date; `waiting` the
    rows that are set aside and neither corrected nor discarded.
    """

    system: str
    source: str
    ingested: tuple[IngestReport, ...] = ()
    known: int = 0
    failures: tuple[BoussoleError, ...] = ()
    changes: tuple[RunChange, ...] = ()
    known_traces: int = 0
    feedback: int = 0
    declared: int = 0
    waiting: int = 0

    def document(self) -> dict[str, Any]:
        """The report as JSON."""
        return {
            "system": self.system,
            "source": self.source,
            "ingested": [report.document() for report in self.ingested],
            "known": self.known,
            "failures": [str(failure) for failure in self.failures],
            "changes": [vars(change) for change in self.changes],
            "known_traces": self.known_traces,
            "feedback": self.feedback,
            "declared": self.declared,
            "waiting": self.waiting,
        }


class UnreachableSourceError(SourceError):
    """A tracking server that does not answer: what remains of its source waits for the next sync."""


def troubles() -> tuple[type[Exception], ...]:
    """What can go wrong with one file or one source without being a fault of Boussole."""
    return (BoussoleError, OSError, duckdb.Error, quiet_mlflow().MlflowException)


def failure(error: Exception, origin: str) -> BoussoleError:
    """The error of one file, with the origin that its reader knows in place of a temporary path."""
    if isinstance(error, UnreachableSourceError):
        return error
    if isinstance(error, BoussoleError):
        return SourceError(error.what, where=origin, next_step=error.next_step)
    text = str(error)
    for marks, what in ((_SLOW, "takes too long to answer"), (_SILENT, "does not answer")):
        if any(mark in text.lower() for mark in marks):
            return UnreachableSourceError(
                f"the MLflow server {what}.",
                where=origin,
                next_step="Nothing was lost: start it, or correct `mlflow_tracking_uri`, and run the sync again.",
            )
    reason = _PASSWORD.sub("//", reason_of(error))
    return SourceError(f"it could not be read: {reason}.", where=origin, next_step="Run the sync again.")
