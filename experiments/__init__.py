"""Where decisions come from: logging to MLflow, reading MLflow and DuckDB, the demo system."""

from boussole.experiments.logging import (
    log_contacts,
    log_decisions,
    log_frame,
    log_generations,
    log_human_actions,
    log_outcomes,
)

__all__ = ["log_contacts", "log_decisions", "log_frame", "log_generations", "log_human_actions", "log_outcomes"]
