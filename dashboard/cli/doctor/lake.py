"""Whether the lake opens, its keys lie apart from it, and both belong together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from boussole.audits.lake import has_lake, reading
from boussole.audits.lake.catalogue import beside_data, missing_data
from boussole.audits.lake.engine import connect
from boussole.audits.lake.tables import literal
from boussole.audits.workspace import Workspace
from boussole.dashboard.cli.doctor.files import MEND
from boussole.dashboard.cli.doctor.row import Finding, well

LOOKED = "looked"


def catalogue(workspace: Workspace) -> Iterator[Finding]:
    """Keys beside the data that they open."""
    old = beside_data(workspace)
    if old is None:
        yield well("the keys of the lake lie in keys/. Whether a backup holds both is not to be seen from here.")
    elif workspace.catalogue.exists():
        yield _of_two(workspace, old)
    else:
        yield "the keys of the lake lie beside its data: a copy of lake/ opens every row.", MEND


def fit(workspace: Workspace) -> Iterator[Finding]:
    """Data files that the catalogue names and that are not there: keys/ and lake/ are from different days."""
    if not has_lake(workspace):
        yield well("nothing was brought in yet.")
        return
    with reading(workspace) as connection:
        gone = missing_data(connection, workspace)
    if gone:
        what = f"{gone} data files that the catalogue names are missing or cut: keys/ and lake/ do not fit each other."
        yield what, "Restore both from backups of one moment."


def engine(workspace: Workspace) -> Iterator[Finding]:
    """DuckDB and its extensions."""
    with connect(workspace):
        yield well("DuckDB and its extensions load.")


def look_into(path: Path) -> str:
    """The statement by which DuckDB reads a SQLite file as `looked`: only its own SQLite opens a catalogue."""
    return f"ATTACH {literal(path)} AS {LOOKED} (TYPE sqlite, READ_ONLY)"


def _of_two(workspace: Workspace, old: Path) -> Finding:
    """Which of two catalogues names the data that are there."""
    fitting = []
    for path in (workspace.catalogue, old):
        with connect(workspace) as connection:
            connection.execute(look_into(path))
            if not missing_data(connection, workspace, catalogue=LOOKED):
                fitting.append(path)
    if len(fitting) != 1:
        return f"there are two catalogues, and {len(fitting)} fit the data.", "Restore keys/ and lake/ of one moment."
    other = old if fitting[0] != old else workspace.catalogue
    return f"there are two catalogues; {fitting[0]} fits the data.", f"Move {other} away."
