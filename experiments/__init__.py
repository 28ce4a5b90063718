"""Where decisions come from: logging to MLflow, reading MLflow and DuckDB, the demo system."""

from experiments.logging import log_decisions

__all__ = ["log_decisions"]
