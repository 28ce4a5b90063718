"""Logging to MLflow: Parquet files below `boussole/<log>/` of a run, and a tag that says whose they are."""

from boussole.experiments.logging.files import log_file
from boussole.experiments.logging.frames import (
    log_contacts,
    log_decisions,
    log_frame,
    log_generations,
    log_human_actions,
    log_outcomes,
)

__all__ = [
    "log_contacts",
    "log_decisions",
    "log_file",
    "log_frame",
    "log_generations",
    "log_human_actions",
    "log_outcomes",
]
