"""Logging to MLflow: Parquet files below `boussole/<log>/` of a run, and a tag that says whose they are."""

from typing import TYPE_CHECKING

from boussole.audits.late import late
from boussole.experiments.logging.frames import (
    log_contacts,
    log_decisions,
    log_frame,
    log_generations,
    log_human_actions,
    log_outcomes,
)

if TYPE_CHECKING:
    from boussole.experiments.logging.files import log_file

__all__ = [
    "log_contacts",
    "log_decisions",
    "log_file",
    "log_frame",
    "log_generations",
    "log_human_actions",
    "log_outcomes",
]

__getattr__ = late(__name__, {"log_file": "files"})  # it reads files with DuckDB, which logging a frame does without
