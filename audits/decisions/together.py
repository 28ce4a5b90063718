"""Several files of one log in one transaction: a transaction costs more than a small file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from boussole.audits.cubes.update import add_batches
from boussole.audits.decisions.ingesting import ingest_into
from boussole.audits.decisions.report import IngestReport
from boussole.audits.decisions.shared import note_shared
from boussole.audits.lake import writing
from boussole.audits.lake.tables import create_system
from boussole.audits.log_names import LogName
from boussole.audits.systems.model import System
from boussole.audits.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """A file, the name under which the lake remembers it, and columns to add with one value in every row."""

    source: Path
    origin: str
    added: Mapping[str, str] = field(default_factory=dict)


def ingest_many(
    workspace: Workspace, system: System, files: Sequence[Incoming], *, log: LogName = "decisions"
) -> list[IngestReport]:
    """Does what `ingest` does for each file in turn, all or none of them.

    Raises what `ingest` raises for the first file that cannot be used; nothing of any file is written then.
    """
    with writing(workspace) as connection:
        create_system(connection, system)
        reports, uncounted = list[IngestReport](), list[int]()
        for file in files:
            reports.append(
                ingest_into(
                    connection,
                    workspace,
                    system,
                    file.source,
                    log=log,
                    origin=file.origin,
                    added=file.added,
                    uncounted=uncounted,
                )
            )
        add_batches(connection, system, uncounted)
        note_shared(connection, workspace, system)
        return reports
