"""Decisions brought in, `log`, `import`, `sync`, and those set aside; what the lake holds and what leaves it."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from boussole.audits.errors import BoussoleError
from boussole.dashboard.cli.console import (
    DatesOption,
    DecimalOption,
    EncodingOption,
    HeaderOption,
    LogOption,
    SeparatorOption,
    SheetOption,
    SystemOption,
    check_file,
    complain,
    each_file,
    files_of,
    progress,
    put,
    reasoned,
    say,
    system_ids,
    workspace_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from boussole.audits.decisions import IngestReport
    from boussole.audits.retention.purge import PurgeResult
    from boussole.audits.systems import System
    from boussole.audits.workspace import Workspace
    from boussole.experiments.sync import SyncReport


# What a sync did, in words.


def summary(report: SyncReport) -> str:
    """One line for a source: what is new, and what was there."""
    files = [item for item in report.ingested if not item.origin.startswith("mlflow-traces:")]
    traces = [item for item in report.ingested if item not in files]
    parts = [f"{len(files)} new file(s)", f"{sum(item.accepted for item in report.ingested)} new row(s)"]
    parts.append(f"{report.known} file(s) known")
    if traces or report.known_traces:
        parts.append(f"{sum(item.accepted for item in traces)} new trace(s), {report.known_traces} known")
    if report.feedback:
        parts.append(f"feedback of {report.feedback} text(s) brought up to date")
    if report.declared:
        parts.append(f"{report.declared} file(s) of declared measures, not recomputed")
    return f"{report.system}, {report.source}: {', '.join(parts)}."


def tell_sync(report: SyncReport) -> None:
    """The summary, the rows that wait, then every run that left the figures or came back to them."""
    say(summary(report))
    if report.waiting:
        say(
            f"  {report.waiting} row(s) of it wait in the quarantine. Next: `boussole quarantine list "
            f"--system {report.system}`; correct them, or discard them."
        )
    for change in report.changes:
        say(f"  {change.sentence()}")


# Bringing decisions in: `log`, `import`, `sync`.


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
    """Check a file of decisions (or of another log) and log it to MLflow as a run.

    Rows that break the contract are named and logged with the others: a sync sets them aside. The exit code is then 2.
    """
    from boussole.experiments.logging import log_file

    workspace = workspace_of(context, lost=True)  # what decides goes on
    chosen = workspace.system(system)
    files = files_of(encoding=encoding, separator=separator, decimal=decimal, dates=dates, header=header, sheet=sheet)
    broken = 0

    def tell(report: IngestReport) -> None:
        nonlocal broken
        broken = report.quarantined
        tell_reading(report)
        _tell_rejections(report)

    run_id = log_file(file, workspace=workspace, system=chosen, log=log, files=files, tell=tell)
    read = any(source.mlflow for source in chosen.sources)
    first = "" if read else f"add `sources: [{{mlflow: {{experiment: {system}}}}}]` to its system file, then "
    say(f"Logged to MLflow as run {run_id}. Next: {first}`boussole sync --system {system}`.")
    if broken:
        say(
            f"{broken} of its rows will be set aside by that sync. Correct them in the quarantine then, or correct the "
            "file and log it again: the rows that are good count once."
        )
        raise typer.Exit(2)


def import_(  # noqa: PLR0917 (the options of a command)
    context: typer.Context,
    source: Annotated[
        str,
        typer.Argument(help="A CSV, Excel, Parquet or JSON lines file, a folder, or duckdb:PATH?table=T."),
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
        return not left_out(report)

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
    from boussole.charter.records.notes.noted import seal_exclusions
    from boussole.dashboard.alerts.sending import alert_changes
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
            if left_out(item) or item.changes:
                tell_report(item)
        bad_rows = bad_rows or report.waiting > 0
        failures += report.failures
    chosen = [workspace.system(system)] if system else workspace.systems.values()
    failures += join_anew(workspace, chosen)
    changed = {report.system for report in reports if report.ingested or report.changes}
    if changed and (told := alert_changes(workspace, systems=changed)):
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
        say(f"{report.origin}: already imported, nothing changed{_left(report.again)}.")
    else:
        say(f"{report.origin}: {', '.join(_counts(report))}.")
    for change in report.changes:
        say(f"  {report.origin}, {change.sentence()}")
    _tell_rejections(report)
    if left_out(report):
        say(
            f"Next: `boussole quarantine export FILE --system {report.system} --reason WHY"
            f"{'' if report.log == 'decisions' else f' --log {report.log}'}`, correct that file, then "
            "`boussole quarantine resubmit FILE`; the good rows are already in. "
            "Rows that nobody can correct are left out with `boussole quarantine discard`."
        )


def _tell_rejections(report: IngestReport) -> None:
    for rejection in report.rejections:
        say(f"  {report.origin}, {rejection.sentence()}")


def left_out(report: IngestReport) -> bool:
    """Whether rows of a source are in no figure: set aside now, or before and neither corrected nor discarded."""
    return bool(report.rejections or report.again)


def _left(rows: int) -> str:
    return f"; {rows} of its rows wait in the quarantine still" if rows else ""


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


# `boussole quarantine`: rows that were set aside.


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
    if left_out(report):
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
    from boussole.audits.decisions.quarantine import RowSelection
    from boussole.audits.decisions.quarantine import discard as leave_out
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


# What leaves the lake, and its keys: `purge`, `keys rotate`.


keys_app = typer.Typer(help="The keys of the workspace.", no_args_is_help=True, rich_markup_mode=None)
SHOWN_SOURCES = 20


def purge(
    context: typer.Context,
    before: Annotated[
        dt.datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="Rows of whole months before this day; `retain_days` of each system if absent."
        ),
    ] = None,
    system: Annotated[str | None, typer.Option("--system", autocompletion=system_ids, help="Only this system.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go, remove nothing.")] = False,
) -> None:
    """Remove the rows of old months, and texts kept for less long, for good; counts and the evidence stay."""
    from boussole.audits.lake import has_lake
    from boussole.audits.retention.purge import purge as remove
    from boussole.audits.retention.purge import without_file
    from boussole.charter.records.notes.noted import seal_removals

    workspace = workspace_of(context)
    day = before.date() if before else None
    found = remove(workspace, before=day, system_id=system, dry_run=dry_run)
    if not dry_run and has_lake(workspace):
        seal_removals(workspace)
    for item in found:
        _tell(item, would=dry_run)
    if not found:
        say("Nothing is old enough to go.")
    for name in without_file(workspace):
        say(f"The lake also holds rows of '{name}', whose file is gone: put {name}.yaml back to purge them.")


def _tell(purged: PurgeResult, *, would: bool) -> None:
    verb = "would go" if would else "gone for good"
    counts = ", ".join(f"{count} {log}" for log, count in purged.rows.items())
    if counts:
        say(f"{purged.system}, before {purged.before}: {counts} {verb}.")
    if purged.texts:
        found = f"{purged.texts} text(s) {verb}; what was found in them stays"
        say(f"{purged.system}, before {purged.texts_before}: {found}.")
    if purged.months:
        names = ", ".join(f"{month:%Y-%m}" for month in purged.months)
        say(f"  Months sealed, their counts stay: {names}.")
    if purged.groups:
        say(f"{purged.system}: the legal basis has ended of {', '.join(purged.groups)}; their values {verb}.")
    if purged.sources:
        say("  These sources may still hold the rows; Boussole does not touch them:")
        for source in purged.sources[:SHOWN_SOURCES]:
            say(f"    {source}")
        if len(purged.sources) > SHOWN_SOURCES:
            say(f"    and {len(purged.sources) - SHOWN_SOURCES} more")


def join_anew(workspace: Workspace, systems: Iterable[System], *, force: bool = False) -> list[BoussoleError]:
    """Joins stored decisions to the sensitive files that have changed; returns what went wrong."""
    from boussole.audits.decisions.sensitive import refresh
    from boussole.audits.errors import BoussoleError

    failures = []
    for system in systems:
        try:
            done = refresh(workspace, system, force=force)
        except BoussoleError as error:
            failures.append(error)
            continue
        if done is not None:
            say(
                f"{system.id}: joined to {system.sensitive and system.sensitive.path} anew, {done.rows} row(s) changed."
            )
            for change in done.changes:
                say(f"  {change.sentence()}")
    return failures


@keys_app.command()
def rotate(context: typer.Context) -> None:
    """Bring stored pseudonyms and sealed texts under new keys; nobody's linkage is lost."""
    from boussole.audits.retention.rotation import rotate as turn
    from boussole.charter.records.notes.noted import seal_removals

    workspace = workspace_of(context)
    done = turn(workspace)
    seal_removals(workspace)
    say(f"Pseudonyms are under a chain of {done.keys} keys now, in {done.columns} column(s) of the lake.")
    say("Back up the folder keys/: without all of its keys, new rows no longer meet the old ones.")


@keys_app.callback()
def keys() -> None:
    """The keys of the workspace."""


# `boussole cubes`: the counts.


cubes_app = typer.Typer(help="The cubes of counts.", no_args_is_help=True, rich_markup_mode=None)


@cubes_app.command()
def rebuild(
    context: typer.Context,
    system: Annotated[str | None, typer.Option("--system", autocompletion=system_ids, help="Only this system.")] = None,
    bins: Annotated[
        bool, typer.Option("--bins", help="Also choose the bins of features anew, from the reference period.")
    ] = False,
) -> None:
    """Join sensitive files and count all decisions anew; identical unless a cube was damaged or a file changed.

    With --bins, distances of drift are taken over new bins from then on.
    """
    from boussole.audits.cubes.update import rebuild as count_anew
    from boussole.audits.lake import has_lake, writing
    from boussole.audits.lake.tables import exists

    workspace = workspace_of(context)
    chosen = [workspace.system(system)] if system else list(workspace.systems.values())
    if not has_lake(workspace):
        raise BoussoleError("this workspace holds no decisions yet.", next_step="Import some with `boussole import`.")
    for failure in join_anew(workspace, chosen, force=True):
        raise failure
    with writing(workspace) as connection:
        for item in chosen:
            if exists(connection, item):
                count_anew(connection, item, bins=bins)
                say(f"Rebuilt: {item.id}")


@cubes_app.callback()
def cubes() -> None:
    """The cubes of counts."""
