"""What a sync did, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boussole.dashboard.cli.console.console import say

if TYPE_CHECKING:
    from boussole.experiments.sync import SyncReport


def summary(report: SyncReport) -> str:
    """One line for a source: what is new, and what was there."""
    files = [item for item in report.ingested if not item.origin.startswith("mlflow-traces:")]
    traces = [item for item in report.ingested if item not in files]
    parts = [f"{len(files)} new file(s)", f"{sum(item.accepted for item in report.ingested)} new row(s)"]
    parts.append(f"{report.known} file(s) known")
    if traces or report.known_traces:
        parts.append(f"{sum(item.accepted for item in traces)} new trace(s), {report.known_traces} known")
    if report.feedback:
        parts.append(f"feedback of {report.feedback} text(s) brought up to date")
    if report.declared:
        parts.append(f"{report.declared} file(s) of declared measures, not recomputed")
    return f"{report.system}, {report.source}: {', '.join(parts)}."


def tell_sync(report: SyncReport) -> None:
    """The summary, then every run that left the figures or came back to them."""
    say(summary(report))
    for change in report.changes:
        say(f"  {change.sentence()}")
