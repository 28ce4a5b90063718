"""`boussole systems`: the register."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Annotated

import typer

from audits.errors import SystemFileError
from dashboard.commands.console import say, workspace_of

app = typer.Typer(help="The systems of the register.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_(context: typer.Context) -> None:
    """List the systems: id, kind, status, title."""
    workspace = workspace_of(context)
    for system in workspace.systems.values():
        title = system.title.get(workspace.settings.language) or next(iter(system.title.values()))
        typer.echo(f"{system.id}\t{system.kind}\t{system.status}\t{title}")


@app.command()
def check(context: typer.Context) -> None:
    """Read every system file and say what is wrong with the first bad one."""
    workspace = workspace_of(context)
    say(f"{len(workspace.systems)} system file(s) in {workspace.home / 'systems'}: no fault found.")


@app.command()
def schema() -> None:
    """Print the JSON Schema of a system file, for editors."""
    from audits.systems import System

    typer.echo(json.dumps(System.model_json_schema(), ensure_ascii=False, indent=2))


@app.command()
def add(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The system file (YAML).")],
    replace: Annotated[bool, typer.Option("--replace", help="Replace the system of the same id.")] = False,
) -> None:
    """Check a system file and copy it into the workspace."""
    from audits.systems import load_system

    workspace = workspace_of(context)
    if not file.is_file():
        raise SystemFileError("there is no such file.", where=str(file), next_step="Check the path.")
    system = load_system(file)
    target = workspace.home / "systems" / f"{system.id}.yaml"
    if target.exists() and not replace:
        raise SystemFileError(
            f"this workspace already has a system '{system.id}'.", where=str(target), next_step="Give --replace."
        )
    shutil.copyfile(file, target)
    say(f"Added: {system.id}")


@app.command()
def new(
    source: Annotated[str, typer.Option("--from", help="CSV, Parquet or JSON lines file, or duckdb:PATH?table=T.")],
    system_id: Annotated[
        str | None, typer.Option("--id", help="The id of the system; else from the file's name.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Where to write the file; else it is printed.")] = None,
) -> None:
    """Propose a complete system file from a data file: every guess says why, every gap is marked."""
    from audits.systems.scaffold import propose

    if out is not None and out.exists():
        raise SystemFileError(
            "this file exists already.", where=str(out), next_step="Give another --out, or delete it."
        )
    made = propose(source, system_id=system_id)
    if out is None:
        typer.echo(made.text, nl=False)
    else:
        out.write_text(made.text, encoding="utf-8")
        say(f"Written: {out}")
    say("No data can tell these:")
    for gap in made.gaps:
        say(f"  {gap}")
    file = out or "FILE"
    say(f"Next: read it, fill in what is marked, then `boussole systems add {file}`.")
    say(f"To see what an audit would say: `boussole audit --dry-run {source} --system-file {file}`.")
