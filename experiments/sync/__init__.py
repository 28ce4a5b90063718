"""Pulling from MLflow and DuckDB: only what is new, exactly once, and nothing disappears silently."""

from boussole.experiments.sync.pull import sync
from boussole.experiments.sync.report import Change, Progress, SyncReport

__all__ = ["Change", "Progress", "SyncReport", "sync"]
