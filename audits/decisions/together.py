"""Several files of one log in one transaction: a transaction costs more than a small file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from audits.decisions.ingest import ingest_into
from audits.decisions.report import IngestReport
from audits.decisions.shared import note_shared
from audits.lake import writing
from audits.lake.tables import create_system
from audits.log_names import LogName
from audits.systems.model import System
from audits.workspace import Workspace


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
        reports = [
            ingest_into(connection, workspace, system, file.source, log=log, origin=file.origin, added=file.added)
            for file in files
        ]
        note_shared(connection, workspace, system)
        return reports
