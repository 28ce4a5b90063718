"""A proposed system file, read back as a workspace reads it, and the rows that go in with it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from boussole.audits.decisions import ingest
from boussole.audits.scaffold import Proposal, propose
from boussole.audits.systems import System, load_system
from boussole.audits.workspace import Workspace

TODAY = dt.date(2026, 9, 30)


def proposed(source: Path | str, folder: Path, **options: Any) -> tuple[Proposal, System]:
    """A proposal, written down and read back as a workspace reads it."""
    made = propose(source, today=TODAY, **options)
    file = folder / f"{made.system.id}.yaml"
    file.write_text(made.text, encoding="utf-8")
    return made, load_system(file)


def table(folder: Path, **columns: list[Any]) -> Path:
    """Columns, given as lists, in a CSV file."""
    path = folder / "log.csv"
    lines = [",".join(columns), *(",".join(map(str, row)) for row in zip(*columns.values(), strict=True))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def guessed(folder: Path, **columns: list[Any]) -> tuple[Proposal, System]:
    """What is proposed from a table of these columns."""
    return proposed(table(folder, **columns), folder)


def imported(source: Path | str, system: System, folder: Path) -> Any:
    return ingest(Workspace.create(folder / "workspace"), system, source)
