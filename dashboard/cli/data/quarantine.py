"""`boussole quarantine`: rows that were set aside."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from boussole.audits.errors import BoussoleError
from boussole.dashboard.cli.console.command_line import reasoned
from boussole.dashboard.cli.console.completing import system_ids
from boussole.dashboard.cli.console.console import LogOption, SystemOption, put, say, workspace_of
from boussole.dashboard.cli.console.output import check_file
from boussole.dashboard.cli.console.reading import (
    DatesOption,
    DecimalOption,
    EncodingOption,
    HeaderOption,
    SeparatorOption,
    SheetOption,
    files_of,
)
from boussole.dashboard.cli.data.decisions import tell_report

app = typer.Typer(
    help="Rows that were set aside: list, export, bring in again, discard.", no_args_is_help=True, rich_markup_mode=None
)


@app.command("list")
def list_(
    context: typer.Context,
    system: Annotated[str | None, typer.Option("--system", autocompletion=system_ids, help="Only this system.")] = None,
) -> None:
    """List what is set aside, not corrected, not discarded: system, log, rows, column, reason, source, first row."""
    from boussole.audits.decisions.quarantine import list_rows

    workspace = workspace_of(context)
    chosen = [workspace.system(system)] if system else list(workspace.systems.values())
    found = [(item.id, entry) for item in chosen for entry in list_rows(workspace, item)]
    for name, entry in found:
        put(f"{name}\t{entry.log}\t{entry.rows}\t{entry.column}\t{entry.reason}\t{entry.origin}\trow {entry.first_row}")
    if not found:
        say("Nothing is set aside.")
    else:
        say(
            "Next: `boussole quarantine export FILE --system ID --reason WHY`, correct it, then "
            "`boussole quarantine resubmit FILE`."
        )


@app.command()
def export(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The CSV file to write; it holds personal data in clear.")],
    system: SystemOption,
    reason: Annotated[str, typer.Option(help="Why single rows must be read; the access log keeps it.")],
    log: LogOption = "decisions",
) -> None:
    """Write the rows that are set aside, as they came, to a CSV file that only you can read."""
    from boussole.audits.decisions.quarantine import export as write

    why = reasoned(reason)
    check_file(file)
    workspace = workspace_of(context, reason=why)
    rows = write(workspace, workspace.system(system), file, log=log)
    say(f"{rows} row(s) written to {file}, as they came: with personal data in clear, for you alone.")
    say("Correct them, leave the columns that start with _ as they are, then:")
    say(f"  boussole quarantine resubmit {file} --system {system}{'' if log == 'decisions' else f' --log {log}'}")


@app.command()
def resubmit(  # noqa: PLR0917 (the options of a command)
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The corrected export.")],
    system: SystemOption,
    log: LogOption = "decisions",
    period: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Date of all rows of a log without time.")
    ] = None,
    encoding: EncodingOption = None,
    separator: SeparatorOption = None,
    decimal: DecimalOption = None,
    dates: DatesOption = None,
    header: HeaderOption = None,
    sheet: SheetOption = None,
) -> None:
    """Bring corrected rows in; those that are still bad are set aside again with their new reason."""
    from boussole.audits.decisions.correction import resubmit as again

    workspace = workspace_of(context)
    day = period.date() if period else None
    files = files_of(encoding=encoding, separator=separator, decimal=decimal, dates=dates, header=header, sheet=sheet)
    report = again(workspace, workspace.system(system), file, log=log, period=day, files=files)
    tell_report(report)
    if report.rejections:
        raise typer.Exit(2)


@app.command()
def discard(  # noqa: PLR0917 (the options of a command)
    context: typer.Context,
    system: SystemOption,
    reason: Annotated[str, typer.Option(help="Why these rows are left out for good, in words.")],
    role: Annotated[str, typer.Option(help="Who decides it: a role, never a name.")],
    log: LogOption = "decisions",
    column: Annotated[str | None, typer.Option(help="Rows set aside for this column.")] = None,
    because: Annotated[str | None, typer.Option(help="Rows set aside for this reason, as `list` writes it.")] = None,
    file: Annotated[str | None, typer.Option(help="Rows of this source, as `list` writes it.")] = None,
    row: Annotated[list[int] | None, typer.Option(help="A row of that source, by number; may be repeated.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All that is set aside of this log.")] = False,
) -> None:
    """Leave rows that are set aside out for good: sealed in the ledger, still told beside every figure."""
    from boussole.audits.decisions.discards import RowSelection
    from boussole.audits.decisions.discards import discard as leave_out
    from boussole.charter.records.notes.discards import seal_discards

    chosen = RowSelection(column=column, because=because, origin=file, rows=tuple(row or ()))
    if (chosen == RowSelection()) is not every or (row and not file):
        raise BoussoleError(
            "which rows?" if not row else "which file are these rows of?",
            next_step="Give --column, --because, --file (with --row if need be), or --all alone.",
        )
    workspace = workspace_of(context)
    try:
        made = leave_out(workspace, workspace.system(system), chosen, reason=reason, role=role, log=log)
    finally:
        seal_discards(workspace)  # also what a command that was interrupted left
    say(f"{made.rows} row(s) discarded. They stay told beside every figure; a correction still brings them in.")
