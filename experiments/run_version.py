"""The model version of a run's files: the column that the system file asks for, as the run says it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from boussole.audits.log_names import LogName
from boussole.audits.systems import System
from boussole.experiments.store import VERSION_TAG


def version_column(system: System, log: LogName, path: Path, tags: Callable[[], Mapping[str, str]]) -> dict[str, str]:
    """The column of the model version with its value in every row; empty where the file has one or none is known."""
    column = system.model_version(log)
    if column is None or path.suffix != ".parquet" or column in _columns(path):
        return {}
    version = tags().get(VERSION_TAG)
    return {} if version is None else {column: version}


def _columns(path: Path) -> list[str]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return list(pq.read_schema(path).names)
    except (OSError, pa.ArrowException):
        return []  # the import says what is wrong with the file
