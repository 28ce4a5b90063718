"""Bringing decisions in: `log`, `import`, `sync`."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from boussole.audits.errors import BoussoleError
from boussole.dashboard.cli.console.completing import system_ids
from boussole.dashboard.cli.console.console import LogOption, SystemOption, complain, progress, say, workspace_of
from boussole.dashboard.cli.console.reading import (
    DatesOption,
    DecimalOption,
    EncodingOption,
    HeaderOption,
    SeparatorOption,
    SheetOption,
    each_file,
    files_of,
)

if TYPE_CHECKING:
    from boussole.audits.decisions import IngestReport


def log(  # noqa: PLR0917 (the options of a command)
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV, Excel, Parquet or JSON lines.")],
    system: SystemOption,
    log: LogOption = "decisions",
    encoding: EncodingOption = None,
    separator: SeparatorOption = None,
    decimal: DecimalOption = None,
    dates: DatesOption = None,
    header: HeaderOption = None,
    sheet: SheetOption = None,
) -> None:
    """Check a file of decisions (or of another log) and log it to MLflow as a run."""
    from boussole.experiments.logging import log_file

    workspace = workspace_of(context, lost=True)  # what decides goes on
    chosen = workspace.system(system)
    files = files_of(encoding=encoding, separator=separator, decimal=decimal, dates=dates, header=header, sheet=sheet)
    run_id = log_file(file, workspace=workspace, system=chosen, log=log, files=files, tell=tell_reading)
    read = any(source.mlflow for source in chosen.sources)
    first = "" if read else f"add `sources: [{{mlflow: {{experiment: {system}}}}}]` to its system file, then "
    say(f"Logged to MLflow as run {run_id}. Next: {first}`boussole sync --system {system}`.")


def import_(  # noqa: PLR0917 (the options of a command)
    context: typer.Context,
    source: Annotated[
        str,
        typer.Argument(help="A CSV, Excel, Parquet or JSON lines file, a pattern, a folder, or duckdb:PATH?table=T."),
    ],
    system: SystemOption,
    log: LogOption = "decisions",
    period: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Date of all rows of a log without time.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Refuse the whole file for one bad row.")] = False,
    encoding: EncodingOption = None,
    separator: SeparatorOption = None,
    decimal: DecimalOption = None,
    dates: DatesOption = None,
    header: HeaderOption = None,
    sheet: SheetOption = None,
) -> None:
    """Bring files or a DuckDB table of a log into the lake; bad rows are set aside with their reason.

    What a file does not tell of its encoding, numbers and dates must be said here or under `files` of the system file.
    """
    from boussole.audits.decisions import ingest

    workspace = workspace_of(context)
    day = period.date() if period else None
    chosen, files = (
        workspace.system(system),
        files_of(encoding=encoding, separator=separator, decimal=decimal, dates=dates, header=header, sheet=sheet),
    )

    def bring_in(path: str, name: str) -> bool:
        origin = None if path == source else name
        report = ingest(workspace, chosen, path, log=log, origin=origin, period=day, strict=strict, files=files)
        tell_report(report)
        return not (report.rejections or report.again)

    if not each_file(source, bring_in):
        raise typer.Exit(2)


def sync(
    context: typer.Context,
    system: Annotated[str | None, typer.Option("--system", autocompletion=system_ids, help="Only this system.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Look at every run again, whatever its age.")] = False,
    nice: Annotated[
        bool, typer.Option("--nice", help="Leave the machine to others, such as a dashboard: one thread, low priority.")
    ] = False,
) -> None:
    """Pull what is new from the sources of the systems (MLflow, DuckDB)."""
    from boussole.charter.records.notes.exclusions import seal_exclusions
    from boussole.dashboard.alerts.after import tell_changes
    from boussole.dashboard.cli.data.privacy import join_anew
    from boussole.dashboard.cli.data.syncing import tell_sync
    from boussole.experiments.sync import sync as pull

    if nice:
        os.nice(10)
        os.environ["BOUSSOLE_THREADS"] = "1"
    workspace = workspace_of(context)
    try:
        with progress() as tell:
            reports = pull(workspace, system_id=system, full=full, progress=tell)
    finally:
        seal_exclusions(workspace)  # also those of a sync that was interrupted
    if not reports:
        say("Nothing to pull from: no system file names one of its `sources`.")
    failures: list[BoussoleError] = []
    bad_rows = False
    for report in reports:
        tell_sync(report)
        for item in report.ingested:
            if item.rejections or item.changes:
                tell_report(item)
            bad_rows = bad_rows or bool(item.rejections)
        failures += report.failures
    chosen = [workspace.system(system)] if system else workspace.systems.values()
    failures += join_anew(workspace, chosen)
    changed = {report.system for report in reports if report.ingested or report.changes}
    if changed and (told := tell_changes(workspace, systems=changed)):
        say(told)
    for failure in failures:
        complain(failure)
    if failures or bad_rows:
        raise typer.Exit(2)


def tell_reading(report: IngestReport) -> None:
    """How a file was read, where that had to be found out."""
    if report.read:
        say(f"{report.origin}: {report.read}.")


def tell_report(report: IngestReport) -> None:
    """What became of a source, in words."""
    tell_reading(report)
    if report.already:
        say(f"{report.origin}: already imported, nothing changed.")
        return
    say(f"{report.origin}: {', '.join(_counts(report))}.")
    for change in report.changes:
        say(f"  {report.origin}, {change.sentence()}")
    for rejection in report.rejections:
        say(f"  {report.origin}, {rejection.sentence()}")
    if report.rejections or report.again:
        say(
            f"Next: `boussole quarantine export FILE --system {report.system} --reason WHY"
            f"{'' if report.log == 'decisions' else f' --log {report.log}'}`, correct that file, then "
            "`boussole quarantine resubmit FILE`; the good rows are already in."
        )


def _counts(report: IngestReport) -> list[str]:
    from boussole.audits.systems.logs import LOG_TYPES

    kind = LOG_TYPES[report.log]
    counts = [f"{report.accepted} {kind.noun} accepted", f"{report.quarantined} set aside"]
    if report.known:
        counts.append(
            f"{report.known} known before" + (f", {report.again} of them set aside still" * bool(report.again))
        )
    if report.cleared:
        counts.append(f"{report.cleared} set aside before and now corrected")
    if report.updated:
        _, updated = kind.renewed or ("", "decision(s)")
        counts.append(f"{report.updated} {updated} brought up to date")
    if report.waiting:
        counts.append(f"{report.waiting} wait for their decision, or its month is sealed")
    return counts
