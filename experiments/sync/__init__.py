"""Pulling from MLflow and DuckDB: only what is new, exactly once, and nothing disappears silently."""

from boussole.experiments.sync.pull import sync
from boussole.experiments.sync.report import Progress, RunChange, SyncReport

__all__ = ["Progress", "RunChange", "SyncReport", "sync"]
