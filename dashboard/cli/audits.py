"""Measuring and judging: `audit`, `metrics`, `verify`; and `drift`, each distance of a pair of windows."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from boussole.audits import private_files
from boussole.audits.errors import BoussoleError
from boussole.dashboard.cli import auditing
from boussole.dashboard.cli.auditing import AuditedWindow, AuditScope
from boussole.dashboard.cli.console import (
    STDOUT,
    AsOfOption,
    DatesOption,
    DecimalOption,
    EncodingOption,
    FromOption,
    HeaderOption,
    SeparatorOption,
    SheetOption,
    ToOption,
    check_file,
    check_folder,
    files_of,
    known_workspace,
    put,
    say,
    system_ids,
    workspace_of,
    write_bytes,
    write_json,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from boussole.audits.decisions import IngestReport
    from boussole.audits.drift.pairs import WindowPair
    from boussole.audits.drift.series import SchemaMove
    from boussole.audits.measures import Measure
    from boussole.audits.workspace import Workspace
    from boussole.charter.document import AuditDocument
    from boussole.charter.document.differences.distances import DriftDocument
    from boussole.dashboard.pages.drift.evidently_report import ReportView


# Measuring and judging: `audit`, `metrics`, `verify`.


class FailOnVerdict(StrEnum):
    """The verdict from which an audit fails a build."""

    broken = "broken"
    watch = "watch"
    unknown = "unknown"


def audit(  # noqa: PLR0917 (the options of a command)
    context: typer.Context,
    file: Annotated[str | None, typer.Argument(help="With --dry-run: a file or a folder to audit by itself.")] = None,
    system: Annotated[str | None, typer.Option("--system", autocompletion=system_ids, help="Only this system.")] = None,
    run: Annotated[
        str | None, typer.Option("--run", help="Audit the decisions of one MLflow run by themselves.")
    ] = None,
    system_file: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="A system file, instead of a workspace.")
    ] = None,
    start: FromOption = None,
    end: ToOption = None,
    as_of: AsOfOption = None,
    json_: Annotated[str | None, typer.Option("--json", help="Write the audit document to a file, or to - .")] = None,
    fail_on: Annotated[
        FailOnVerdict | None, typer.Option(help="Exit with 1 when a verdict is this bad or worse.")
    ] = None,
    exact: Annotated[bool, typer.Option("--exact", help="Count rows instead of cubes.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Neither store nor seal the result.")] = False,
    encoding: EncodingOption = None,
    separator: SeparatorOption = None,
    decimal: DecimalOption = None,
    dates: DatesOption = None,
    header: HeaderOption = None,
    sheet: SheetOption = None,
    all_periods: Annotated[
        bool, typer.Option("--all-periods", help="Audit each complete period of the log, the oldest first.")
    ] = False,
) -> None:
    """Measure the decisions of a window, judge them by the charter, seal the result.

    The window is the last period that is complete (it is over, and its log was read since), unless --from, --to or
    --all-periods say otherwise. Nothing is sealed by a command that fails. The audit of a run (--run) or of a file
    (--dry-run FILE) looks at all its decisions and is never stored.
    """
    from boussole.charter.document import worst_of
    from boussole.charter.document.answers.verdict import severity

    days: AuditScope = {
        "start": start.date() if start else None,
        "end": end.date() if end else None,
        "as_of": as_of.date() if as_of else None,
        "exact": exact,
    }
    check_file(json_)
    reports: list[IngestReport] = []
    by_itself = run is not None or file is not None or system_file is not None
    _consistent(all_periods=all_periods, by_itself=by_itself, days=days)
    alone = json_ == STDOUT
    if by_itself:
        files = files_of(
            encoding=encoding, separator=separator, decimal=decimal, dates=dates, header=header, sheet=sheet
        )
        asked = auditing.SingleAuditOptions(
            system=system, run=run, file=file, system_file=system_file, dry_run=dry_run, files=files
        )
        document, reports, language = auditing.audit(context, asked, **days)
        looks = [AuditedWindow(document=document)]
    else:
        looks, language = auditing.audits(context, system, dry_run=dry_run, all_periods=all_periods, **days)
    for look in looks:
        auditing.tell(look, language, to=say if alone else put, verdicts=not alone)
    documents = [look.document for look in looks if look.document is not None]
    if json_:
        one = (system or by_itself) and not all_periods
        written = [document.written() for document in documents]
        write_json(written[0] if one else written, json_)
    bad_rows = auditing.tell_bad_rows(reports)
    if fail_on and any(severity(worst_of(d)) <= severity(fail_on.value) for d in documents):
        raise typer.Exit(1)
    if fail_on:
        _hold_complete(looks)
        _hold_judged(documents)
    if bad_rows:
        raise typer.Exit(2)


def _hold_complete(looks: Sequence[AuditedWindow]) -> None:
    """Ends with 1 where nobody knows whether the newest period is complete, however good the one before it is."""
    if any(look.unread for look in looks):
        say("--fail-on: it is not known whether the newest period is complete: that is no pass.")
        raise typer.Exit(1)


def _hold_judged(documents: Sequence[AuditDocument]) -> None:
    """Ends with 1 where a question could not be judged for what the log lacks, however good its figures are."""
    from boussole.charter.text.left_out import REASON, STOPS

    lacking = {
        REASON: "more was set aside than the charter allows, and a question was not judged",
        STOPS: "a log lacks days of the period, and nothing is kept by it",
    }
    for reason, why in lacking.items():
        if any(verdict.reason == reason for document in documents for verdict in document.verdicts):
            say(f"--fail-on: {why}: that is no pass.")
            raise typer.Exit(1)


def _consistent(*, all_periods: bool, by_itself: bool, days: AuditScope) -> None:
    if all_periods and (by_itself or days["start"] or days["end"]):
        raise BoussoleError(
            "--all-periods looks at each period of a log by itself.",
            next_step="Give it without FILE, --run, --system-file, --from and --to.",
        )


def metrics() -> None:
    """Print every metric: formula, range, source."""
    from boussole.audits.metric_registry import REGISTRY

    for metric in REGISTRY.all():
        put(f"{metric.name}\n  {metric.formula}\n  range: {metric.range}; source: {metric.source}")


def verify(  # noqa: PLR0917 (the options of a command)
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="A report, to hold to what was sealed when it was made; or an evidence pack.")
    ] = None,
    ledger: Annotated[bool, typer.Option("--ledger", help="Rehash the whole ledger and hold records to it.")] = False,
    rerun: Annotated[
        bool,
        typer.Option(
            "--rerun", help="Compute stored audits again (those of the report or pack) and compare all numbers."
        ),
    ] = False,
    system: Annotated[
        str | None, typer.Option("--system", autocompletion=system_ids, help="With --rerun: only this system.")
    ] = None,
    entry: Annotated[list[int] | None, typer.Option(help="With --rerun: only the audit of this entry.")] = None,
    start: FromOption = None,
    end: ToOption = None,
    checkpoint: Annotated[
        list[Path] | None,
        typer.Option(exists=True, dir_okay=False, help="With --ledger or a pack: a checkpoint that somebody kept."),
    ] = None,
    key: Annotated[list[str] | None, typer.Option(help="A public key that must have signed the checkpoints.")] = None,
    list_: Annotated[bool, typer.Option("--list", help="With a pack: name each value that is not recomputed.")] = False,
) -> None:
    """Check that the ledger, the records and their evidence still say the same, and that they can be computed again.

    Exit code 0: all the same; 1: a difference; 2: a mistake, or the ledger is lost; 3: it holds together, and nothing
    outside it was compared (with --ledger no --checkpoint or no --key; a report without a workspace); with --ledger
    also 4: it holds, and the clock went back.
    """
    from boussole.dashboard.cli import verifying
    from boussole.dashboard.cli.verifying import ExitCode, worst

    judged = verifying.verified(
        file,
        keys=key or [],
        checkpoints=checkpoint or [],
        one_by_one=list_,
        recompute=rerun,
        others=bool(ledger or system or entry or start or end),
    )
    if judged is not None:
        raise typer.Exit(judged)
    if not (ledger or rerun or file):
        raise BoussoleError(
            "what should be verified?", next_step="Give --ledger, --rerun, a report or an evidence pack."
        )
    if (checkpoint or key) and not ledger:
        raise BoussoleError("a checkpoint is held to the ledger.", next_step="Give --ledger with it.")
    if (system or entry or start or end) and not rerun:
        raise BoussoleError("only audits that are computed again can be chosen.", next_step="Give --rerun with it.")
    found, entries = [], entry or None
    if file is not None:
        outcome, entries = verifying.report(file, known_workspace(context))
        found.append(outcome)
    if ledger:
        found.append(verifying.verify_ledger(workspace_of(context), checkpoints=checkpoint or [], keys=key or []))
    if rerun:
        days = {"start": start.date() if start else None, "end": end.date() if end else None}
        same = verifying.rerun(workspace_of(context), system=system, entries=entries, **days)
        found.append(ExitCode.VERIFIED if same else ExitCode.FAULT)
    if code := worst(found):
        raise typer.Exit(code)


# `boussole drift`: every distance of a pair of windows, and Evidently's report on samples of both.


WIDE = 120
"""Characters of a line where the output is no terminal."""
DISTANCES = {
    "psi": "PSI",
    "jensen_shannon": "Jensen-\nShannon",
    "kolmogorov_smirnov": "Kolmogorov-\nSmirnov",
    "wasserstein": "Wasserstein",
    "missing_share": "missing",
}


def drift(  # noqa: PLR0917 (the options of a command)
    context: typer.Context,
    system: Annotated[str, typer.Option("--system", autocompletion=system_ids, help="The id of the system.")],
    window: Annotated[
        str | None, typer.Option(help="START/END, both included; the last complete period if absent.")
    ] = None,
    against: Annotated[
        str, typer.Option(help="What it is held to: START/END, reference, previous or examined.")
    ] = "reference",
    html: Annotated[Path | None, typer.Option(help="Also write Evidently's page here.")] = None,
    json_: Annotated[str | None, typer.Option("--json", help="Write all figures to a file, or to - .")] = None,
    as_of: AsOfOption = None,
    report: Annotated[
        bool, typer.Option("--report/--no-report", help="Make Evidently's report, on samples of both windows.")
    ] = True,
) -> None:
    """Measure how far a window lies from another; have Evidently report on samples of both.

    The distances count all decisions. Those that hang on where in a bin values lie (Kolmogorov-Smirnov, Wasserstein)
    stand with their bounds, between which the distance of the rows lies for certain. Evidently's report is kept in the
    workspace (reports/drift).
    """
    from boussole.audits.drift.pairs import against_asked, exact_pair, window_asked
    from boussole.charter.auditing.published import set_apart
    from boussole.charter.committee.acting import examined
    from boussole.charter.records import documents_of

    check_file(json_)
    if html is not None:
        check_folder(html.parent)
        private_files.make_folder(html.parent)
        check_file(html)
    workspace = workspace_of(context)
    chosen = workspace.system(system)
    pair = exact_pair(
        workspace,
        chosen,
        window=window_asked(window) if window else None,
        against=against_asked(against),
        examined=examined(workspace, system),
        as_of=as_of.date() if as_of else None,
        apart=set_apart(workspace, chosen, documents_of(workspace, system)),
    )
    if window is None and (unread := auditing.unread_words(workspace, chosen, window=pair.window)):
        say(unread)
    states, changes = _states(workspace, pair), _changes(workspace, pair)
    if json_ != STDOUT:
        _print(pair, states)
        _print_changes(pair, changes)
    made = _made(workspace, pair) if report or html else None
    if made is not None and html is not None:
        write_bytes(html, made.place.html.read_bytes())
        say(f"Written: {html}")
    if json_:
        write_json(_document(pair, states, changes, made).written(), json_)


def _made(workspace: Workspace, pair: WindowPair) -> ReportView:
    from boussole.dashboard.pages.drift.evidently_report import make

    made = make(workspace, pair)
    say(f"Written: {made.place.html} (SHA-256 of its figures: {made.sha256})")
    return made


def _states(workspace: Workspace, pair: WindowPair) -> dict[str, str]:
    from boussole.audits.drift.series import Point
    from boussole.charter.drift.rule import rule_of
    from boussole.charter.drift.system_drift import readings
    from boussole.charter.records.in_force import in_force

    point = Point(
        window=pair.window, against=pair.against, decisions=pair.decisions[0], reason=None, measures=pair.measures
    )
    read = readings(point, rule_of(in_force(workspace).charter, pair.system))
    return {name: state for reading in read.values() for name, state in reading.states.items()}


def _changes(workspace: Workspace, pair: WindowPair) -> list[SchemaMove]:
    from boussole.audits.drift.series import schema_moves
    from boussole.audits.lake import reading

    with reading(workspace) as connection:
        moves = schema_moves(connection, pair.system)
    first, last = min(pair.against.start, pair.window.start), max(pair.against.end, pair.window.end)
    return [move for move in moves if first <= move.on <= last]


def _print_changes(pair: WindowPair, changes: Sequence[SchemaMove]) -> None:
    from boussole.dashboard.markup.words import speaker
    from boussole.dashboard.views.drift.words import move_words

    for move in changes:
        put(move_words(move, pair.system, speaker("en")).whole)


def _print(pair: WindowPair, states: dict[str, str]) -> None:
    from rich.console import Console
    from rich.table import Table

    from boussole.dashboard.markup.words import speaker
    from boussole.dashboard.views.drift.words import state_words

    told = speaker("en")
    title = (
        f"{pair.system.id}: {pair.window.start}/{pair.window.end} ({pair.decisions[0]} decisions) against "
        f"{pair.against.start}/{pair.against.end} ({pair.decisions[1]})"
    )
    far = Table("column", *DISTANCES.values(), "reading", title=title, title_justify="left")
    for name in dict.fromkeys((measure.group or ("",))[0] for measure in pair.measures):
        of = {measure.metric: measure for measure in pair.measures if measure.group == (name,)}
        reading = state_words(states[name], told).lower() if name in states else _why(list(of.values()))
        far.add_row(name, *[_cell(of.get(metric)) for metric in DISTANCES], reading)
    width = None if sys.stdout.isatty() else WIDE
    console = Console(file=sys.stdout, width=width, highlight=False, markup=False)
    console.print(far)


def _why(measures: Sequence[Measure]) -> str:
    return next((measure.reason.replace("_", " ") for measure in measures if measure.reason), "")


def _cell(measure: Measure | None) -> str:
    if measure is None:
        return ""
    if measure.value is None:
        return (measure.reason or "").replace("_", " ")
    if measure.metric == "missing_share":
        return f"{100 * measure.value:.1f}%"
    return f"{measure.value:.4f}{_bounds(measure)}"


def _bounds(measure: Measure) -> str:
    """Between what the distance of the rows lies, where that is not the figure itself to the last digit shown."""
    from boussole.audits.drift.distance_params import ends_of_rows

    if (ends := ends_of_rows(measure)) is None:
        return ""
    low, high = f"{ends[0]:.4f}", ends[1]
    if high is None:
        return f"\n{low} or more"
    return "" if low == f"{high:.4f}" else f"\n{low} to {high:.4f}"


def _document(
    pair: WindowPair, states: Mapping[str, str], changes: Sequence[SchemaMove], made: ReportView | None
) -> DriftDocument:
    from boussole.charter.document.answers.verdict import Verdict
    from boussole.charter.document.differences.distances import ColumnChange, ReportFiles
    from boussole.charter.drift.document import pair_document, report_document

    about = {
        "readings": {name: Verdict(state) for name, state in states.items()},
        "changes": tuple(ColumnChange(on=move.on, kind=move.kind, column=move.column) for move in changes),
    }
    if made is None:
        return pair_document(pair).changed(**about)
    place = ReportFiles(html=str(made.place.html), json_=str(made.place.json), sha256=made.sha256)
    return report_document(made.report).changed(**about, stored=place)
