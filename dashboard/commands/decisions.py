"""Bringing decisions in: `log`, `import`, `sync`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from audits.errors import BoussoleError
from dashboard.commands.console import SystemOption, complain, progress, say, workspace_of

if TYPE_CHECKING:
    from audits.decisions import IngestReport


def log(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV, Parquet or JSON lines.")],
    system: SystemOption,
) -> None:
    """Check a file of decisions and log it to MLflow as a run."""
    from experiments.logging import log_file

    workspace = workspace_of(context)
    run_id = log_file(file, workspace=workspace, system=workspace.system(system))
    say(f"Logged to MLflow as run {run_id}. Next: `boussole sync --system {system}`.")


def import_(
    context: typer.Context,
    source: Annotated[str, typer.Argument(help="CSV, Parquet or JSON lines file, or duckdb:PATH?table=T.")],
    system: SystemOption,
    period: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Date of all rows of a log without time.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Refuse the whole file for one bad row.")] = False,
) -> None:
    """Bring a file or a DuckDB table of decisions into the lake; bad rows are set aside with their reason."""
    from audits.decisions import ingest

    workspace = workspace_of(context)
    day = period.date() if period else None
    report = ingest(workspace, workspace.system(system), source, period=day, strict=strict)
    tell_report(report)
    if report.rejections:
        raise typer.Exit(2)


def sync(
    context: typer.Context,
    system: Annotated[str | None, typer.Option("--system", help="Only this system.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Look at every run again, whatever its age.")] = False,
) -> None:
    """Pull what is new from the sources of the systems (MLflow, DuckDB)."""
    from experiments.sync import sync as pull

    workspace = workspace_of(context)
    with progress() as tell:
        reports = pull(workspace, system_id=system, full=full, progress=tell)
    failures: list[BoussoleError] = []
    bad_rows = False
    for report in reports:
        new = sum(not item.already for item in report.ingested)
        say(f"{report.system}, {report.source}: {new} new file(s), {report.known} known.")
        for item in report.ingested:
            if item.rejections:
                tell_report(item)
                bad_rows = True
        failures += report.failures
    for failure in failures:
        complain(failure)
    if failures or bad_rows:
        raise typer.Exit(2)


def tell_report(report: IngestReport) -> None:
    """What became of a source, in words."""
    if report.already:
        say(f"{report.origin}: already imported, nothing changed.")
        return
    say(f"{report.origin}: {report.accepted} decision(s) accepted, {report.quarantined} set aside.")
    for rejection in report.rejections:
        say(f"  {report.origin}, {rejection.sentence()}")
    if report.rejections:
        say("Next: correct these rows in a file of their own and import that file; the good rows are already in.")
