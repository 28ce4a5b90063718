"""What the lake already holds of a system's sources: the only truth about what was imported."""

from __future__ import annotations

from boussole.audits.decisions.declared import held
from boussole.audits.errors import NoLakeError
from boussole.audits.lake import reading
from boussole.audits.systems import System
from boussole.audits.workspace import Workspace

RUN = "mlflow:"


def origins(workspace: Workspace, system: System) -> set[str]:
    """The origins of everything that was read of a system, declared measures too; empty where there is no lake yet."""
    try:
        with reading(workspace) as connection:
            rows = connection.execute("SELECT origin FROM lake.main.ingested WHERE system = ?", [system.id]).fetchall()
    except NoLakeError:
        return set()
    return {row[0] for row in rows} | {f"{row.run}/{row.file}" for row in held(workspace, system)}


def run_ids(known: set[str]) -> set[str]:
    """The MLflow runs among origins.

    >>> run_ids({"mlflow:1f/boussole/decisions/a.parquet", "log.csv"})
    {'1f'}
    """
    return {origin.removeprefix(RUN).partition("/")[0] for origin in known if origin.startswith(RUN)}
