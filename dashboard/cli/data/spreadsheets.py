"""`boussole systems import`: a whole register from a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from boussole.audits.errors import SystemFileError
from boussole.dashboard.cli.console.console import say, workspace_of

if TYPE_CHECKING:
    from boussole.audits.workspace import Workspace

SHOWN = 100
"""Lines of one kind that are printed at most."""


def import_(
    context: typer.Context,
    register: Annotated[Path | None, typer.Argument(help="The register: an Excel workbook (.xlsx).")] = None,
    *,
    update: Annotated[bool, typer.Option("--update", help="Change declared systems that are already there.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and write nothing.")] = False,
    template: Annotated[Path | None, typer.Option(help="Write an empty register to fill in, and stop.")] = None,
    lang: Annotated[Literal["fr", "en"], typer.Option(help="The language of the template's headers.")] = "fr",
) -> None:
    """Bring a whole register in: each row becomes a system file of kind `declared`. All rows or none."""
    if template is not None and register is None:
        _template(template, lang)
    elif register is not None and template is None:
        _import(workspace_of(context), register, update=update, dry_run=dry_run)
    else:
        raise SystemFileError("give either a register or --template FILE.xlsx.", next_step="See --help.")


def _template(path: Path, lang: str) -> None:
    from boussole.audits.spreadsheet import write_template

    refuse_existing(path)
    write_template(path, lang=lang)
    say(f"Written: {path}. Next: fill it in, then `boussole systems import {path}`.")


def _import(workspace: Workspace, register: Path, *, update: bool, dry_run: bool) -> None:
    from boussole.audits.spreadsheet import carry_out, plan

    made = plan(register, workspace.systems)
    _print([f"Note: {note}." for note in made.notes])
    if made.faults:
        _print([str(fault) for fault in made.faults])
        raise SystemFileError(
            f"{len(made.faults)} fault(s); nothing was written.",
            where=str(register),
            next_step="Mend them and import again.",
        )
    _print([f"New: {change.system.id}" for change in made.new])
    _print([f"Change: {change.system.id}: {line}" for change in made.amended for line in change.told])
    if made.amended and not update:
        raise SystemFileError(
            f"{len(made.amended)} system(s) are already there and would change; nothing was written.",
            where=str(register),
            next_step="Give --update to change them.",
        )
    if not dry_run:
        carry_out(made, workspace.home / "systems")
    counts = f"{len(made.new)} added, {len(made.amended)} changed, {len(made.unchanged)} unchanged."
    say(f"Nothing was written (--dry-run): {counts}" if dry_run else counts)


def refuse_existing(path: Path) -> None:
    """Stops before a file is overwritten, or written where there is no folder."""
    if path.exists():
        raise SystemFileError(
            "this file exists already.", where=str(path), next_step="Give another name, or delete it."
        )
    if not path.parent.is_dir():
        raise SystemFileError("there is no such folder.", where=str(path.parent), next_step="Make it first.")


def _print(lines: Sequence[str]) -> None:
    for line in lines[:SHOWN]:
        say(line)
    if len(lines) > SHOWN:
        say(f"… and {len(lines) - SHOWN} more.")
