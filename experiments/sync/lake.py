"""What the lake already holds of a system's sources: the only truth about what was imported."""

from __future__ import annotations

from boussole.audits.decisions.declared_values import declared_values
from boussole.audits.decisions.quarantine import still_waiting
from boussole.audits.errors import NoLakeError
from boussole.audits.lake import reading
from boussole.audits.lake.tables import exists, literal
from boussole.audits.systems import System
from boussole.audits.workspace import Workspace

RUN = "mlflow:"
MLFLOW = "mlflow"
"""How the origins of runs and of traces begin."""


def origins(workspace: Workspace, system: System) -> set[str]:
    """The origins of everything that was read of a system, declared measures too; empty where there is no lake yet."""
    try:
        with reading(workspace) as connection:
            rows = connection.execute("SELECT origin FROM lake.main.ingested WHERE system = ?", [system.id]).fetchall()
    except NoLakeError:
        return set()
    return {row[0] for row in rows} | {f"{row.run}/{row.file}" for row in declared_values(workspace, system)}


def waiting(workspace: Workspace, system: System, source: str) -> int:
    """How many rows of a source (`mlflow:EXPERIMENT`, or a table of DuckDB) wait in the quarantine."""
    came = f"starts_with(origin, {literal(MLFLOW)})" if source.startswith(RUN) else f"origin = {literal(source)}"
    brought = f"SELECT batch FROM lake.main.ingested WHERE system = {literal(system.id)} AND {came}"
    try:
        with reading(workspace) as connection:
            if not exists(connection, system):
                return 0
            return still_waiting(connection, system, f"batch IN ({brought})")
    except NoLakeError:
        return 0


def run_ids(known: set[str]) -> set[str]:
    """The MLflow runs among origins.

    >>> run_ids({"mlflow:1f/boussole/decisions/a.parquet", "log.csv"})
    {'1f'}
    """
    return {origin.removeprefix(RUN).partition("/")[0] for origin in known if origin.startswith(RUN)}
