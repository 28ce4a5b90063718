"""`boussole export`: what others need, in their formats."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from dashboard.commands.console import say, workspace_of, write_json

app = typer.Typer(help="Export for auditors and other tools.", no_args_is_help=True, rich_markup_mode=None)

Folder = Annotated[Path, typer.Argument(help="The folder to write into; made if missing.", file_okay=False)]


@app.command("csv")
def csv_(context: typer.Context, folder: Folder) -> None:
    """The register for an auditor as CSV files: uses, questions, thresholds; README.txt explains every column."""
    from charter.inventory import inventory
    from dashboard.inventory_csv import write_tables

    document = inventory(workspace_of(context), today=_today())
    for path in write_tables(document, folder):
        say(f"Written: {path}")


@app.command("json")
def json_(context: typer.Context, folder: Folder) -> None:
    """The register for an auditor as one JSON document (`boussole.register/1`)."""
    from charter.inventory import inventory

    document = inventory(workspace_of(context), today=_today())
    folder.mkdir(parents=True, exist_ok=True)
    write_json(document, str(folder / "register.json"))


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).astimezone().date()
