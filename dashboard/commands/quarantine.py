"""`boussole quarantine`: rows that were set aside."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from dashboard.commands.completing import system_ids
from dashboard.commands.console import LogOption, SystemOption, say, workspace_of
from dashboard.commands.decisions import tell_report

app = typer.Typer(
    help="Rows that were set aside: list, export, bring in again.", no_args_is_help=True, rich_markup_mode=None
)


@app.command("list")
def list_(
    context: typer.Context,
    system: Annotated[str | None, typer.Option("--system", autocompletion=system_ids, help="Only this system.")] = None,
) -> None:
    """List what is set aside and not corrected yet: system, log, rows, column, reason, source, first row."""
    from audits.decisions.quarantine import list_rows

    workspace = workspace_of(context)
    chosen = [workspace.system(system)] if system else list(workspace.systems.values())
    found = [(item.id, entry) for item in chosen for entry in list_rows(workspace, item)]
    for name, entry in found:
        typer.echo(
            f"{name}\t{entry.log}\t{entry.rows}\t{entry.column}\t{entry.reason}\t{entry.origin}\trow {entry.first_row}"
        )
    if not found:
        say("Nothing is set aside.")
    else:
        say("Next: `boussole quarantine export FILE --system ID`, correct it, `boussole quarantine resubmit FILE`.")


@app.command()
def export(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The CSV file to write; it holds personal data in clear.")],
    system: SystemOption,
    log: LogOption = "decisions",
) -> None:
    """Write the rows that are set aside, as they came, to a CSV file that only you can read."""
    from audits.decisions.quarantine import export as write

    workspace = workspace_of(context)
    rows = write(workspace, workspace.system(system), file, log=log)
    say(f"{rows} row(s) written to {file}. Correct them, leave the columns that start with _ as they are, then:")
    say(f"  boussole quarantine resubmit {file} --system {system}{'' if log == 'decisions' else f' --log {log}'}")


@app.command()
def resubmit(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The corrected export.")],
    system: SystemOption,
    log: LogOption = "decisions",
    period: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Date of all rows of a log without time.")
    ] = None,
) -> None:
    """Bring corrected rows in; those that are still bad are set aside again with their new reason."""
    from audits.decisions.correction import resubmit as again

    workspace = workspace_of(context)
    day = period.date() if period else None
    report = again(workspace, workspace.system(system), file, log=log, period=day)
    tell_report(report)
    if report.rejections:
        raise typer.Exit(2)
