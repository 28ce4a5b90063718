"""The report of a period: an archivable, accessible PDF that carries its own evidence."""

from __future__ import annotations

from boussole.dashboard.report.content import write_report

__all__ = ["write_report"]
