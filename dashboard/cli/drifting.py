"""`boussole drift`: every distance of a pair of windows, and Evidently's report on samples of both."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from boussole.audits import private_files
from boussole.dashboard.cli.console import (
    AsOfOption,
    check_file,
    check_folder,
    put,
    say,
    system_ids,
    workspace_of,
    write_bytes,
    write_json,
)

if TYPE_CHECKING:
    from boussole.audits.drift.pairs import Pair
    from boussole.audits.drift.schema import SchemaMove
    from boussole.audits.measures import Measure
    from boussole.audits.workspace import Workspace
    from boussole.charter.document.differences.drift import DriftDocument
    from boussole.dashboard.pages.drift.evidently_report import StoredReport

WIDE = 120
"""Characters of a line where the output is no terminal."""
DISTANCES = {
    "psi": "PSI",
    "jensen_shannon": "Jensen-\nShannon",
    "hellinger": "Hellinger",
    "total_variation": "total\nvariation",
    "kolmogorov_smirnov": "Kolmogorov-\nSmirnov",
    "wasserstein": "Wasserstein",
    "missing_share": "missing",
}
LEAST = 0.0001
"""Of a probability, the least that is written out."""
TESTS = {
    "chi_square": "chi-square",
    "mann_whitney": "newer is higher\n(Mann-Whitney)",
    "cramer_von_mises": "Cramér-\nvon Mises",
    "anderson_darling": "Anderson-\nDarling",
}


def drift(  # noqa: PLR0917 (the options of a command)
    context: typer.Context,
    system: Annotated[str, typer.Option("--system", autocompletion=system_ids, help="The id of the system.")],
    window: Annotated[
        str | None, typer.Option(help="START/END, both included; the last that has ended if absent.")
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
    workspace (reports/drift), and as an artifact of MLflow where a tracking store is there.
    """
    from boussole.audits.drift.pairs import against_asked, exact_pair, window_asked
    from boussole.charter.auditing.published import set_apart
    from boussole.charter.committee.examined import examined
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
    states, changes = _states(workspace, pair), _changes(workspace, pair)
    if not json_:
        _print(pair, states)
        _print_changes(pair, changes)
    made = _made(workspace, pair) if report or html else None
    if made is not None and html is not None:
        write_bytes(html, made.place.html.read_bytes())
        say(f"Written: {html}")
    if json_:
        write_json(_document(pair, states, changes, made).written(), json_)


def _made(workspace: Workspace, pair: Pair) -> StoredReport:
    from boussole.dashboard.pages.drift.evidently_report import make

    made = make(workspace, pair)
    say(f"Written: {made.place.html} (SHA-256 of its figures: {made.sha256})")
    if made.run:
        say(f"In MLflow: run {made.run}")
    if made.untaken:
        say(f"Not in MLflow: {made.untaken}")
    return made


def _states(workspace: Workspace, pair: Pair) -> dict[str, str]:
    """How the drift page reads each column, by the level of the charter in force."""
    from boussole.audits.drift.series import Point
    from boussole.charter.drift.readings import readings
    from boussole.charter.drift.rule import rule_of
    from boussole.charter.records.in_force import in_force

    point = Point(
        window=pair.window, against=pair.against, decisions=pair.decisions[0], reason=None, measures=pair.measures
    )
    read = readings(point, rule_of(in_force(workspace).charter, pair.system))
    return {name: state for reading in read.values() for name, state in reading.states.items()}


def _changes(workspace: Workspace, pair: Pair) -> list[SchemaMove]:
    """What became of columns between the first day of one window and the last of the other."""
    from boussole.audits.drift.schema import schema_moves
    from boussole.audits.lake import reading

    with reading(workspace) as connection:
        moves = schema_moves(connection, pair.system)
    first, last = min(pair.against.start, pair.window.start), max(pair.against.end, pair.window.end)
    return [move for move in moves if first <= move.on <= last]


def _print_changes(pair: Pair, changes: Sequence[SchemaMove]) -> None:
    from boussole.dashboard.markup.words.say import speaker
    from boussole.dashboard.views.drift.words import move_words

    for move in changes:
        put(move_words(move, pair.system, speaker("en")).whole)


def _print(pair: Pair, states: dict[str, str]) -> None:
    """Two tables: how far, and how likely by chance."""
    from rich.console import Console
    from rich.table import Table

    from boussole.dashboard.markup.words.say import speaker
    from boussole.dashboard.views.drift.words import state_words

    told = speaker("en")
    title = (
        f"{pair.system.id}: {pair.window.start}/{pair.window.end} ({pair.decisions[0]} decisions) against "
        f"{pair.against.start}/{pair.against.end} ({pair.decisions[1]})"
    )
    far = Table("column", *DISTANCES.values(), "reading", title=title, title_justify="left")
    likely = Table("column", *TESTS.values(), title="By chance", title_justify="left")
    for name in dict.fromkeys((measure.group or ("",))[0] for measure in pair.measures):
        of = {measure.metric: measure for measure in pair.measures if measure.group == (name,)}
        reading = state_words(states[name], told).lower() if name in states else _why(list(of.values()))
        far.add_row(name, *[_cell(of.get(metric)) for metric in DISTANCES], reading)
        likely.add_row(name, *[_cell(of.get(metric)) for metric in TESTS])
    width = None if sys.stdout.isatty() else WIDE
    console = Console(file=sys.stdout, width=width, highlight=False, markup=False)
    console.print(far)
    console.print(likely)


def _why(measures: Sequence[Measure]) -> str:
    return next((measure.reason.replace("_", " ") for measure in measures if measure.reason), "")


def _cell(measure: Measure | None) -> str:
    if measure is None:
        return ""
    if measure.value is None:
        return (measure.reason or "").replace("_", " ")
    if measure.metric == "missing_share":
        return f"{100 * measure.value:.1f}%"
    shown = f"{measure.value:.4f}{_bounds(measure)}"
    if measure.interval is not None:
        shown += f" ({measure.interval.low:.4f} to {measure.interval.high:.4f})"
    p = measure.params.get("p")
    return shown if p is None else f"{shown}\np {'< 0.0001' if p < LEAST else f'= {p:.4f}'}"


def _bounds(measure: Measure) -> str:
    """Between what the distance of the rows lies, where that is not the figure itself to the last digit shown."""
    if "low" not in measure.params:
        return ""
    low, high = f"{measure.params['low']:.4f}", measure.params.get("high")
    if high is None:
        return f"\n{low} or more"
    return "" if low == f"{high:.4f}" else f"\n{low} to {high:.4f}"


def _document(
    pair: Pair, states: Mapping[str, str], changes: Sequence[SchemaMove], made: StoredReport | None
) -> DriftDocument:
    from boussole.charter.document.answers.verdict import Verdict
    from boussole.charter.document.differences.drift import ColumnChange, ReportFiles
    from boussole.charter.drift.document import detail_document, pair_document

    about = {
        "readings": {name: Verdict(state) for name, state in states.items()},
        "changes": tuple(ColumnChange(on=move.on, kind=move.kind, column=move.column) for move in changes),
    }
    if made is None:
        return pair_document(pair).changed(**about, stored=None, mlflow_run=None)
    place = ReportFiles(html=str(made.place.html), json_=str(made.place.json), sha256=made.sha256)
    return detail_document(made.detail).changed(**about, stored=place, mlflow_run=made.run)
