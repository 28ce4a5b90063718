"""`boussole compare`: a candidate version against the one in production, and how that is told."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from boussole.audits.errors import BoussoleError
from boussole.dashboard.cli.auditing import system_of, tell_bad_rows
from boussole.dashboard.cli.console import (
    STDOUT,
    AsOfOption,
    FromOption,
    ToOption,
    check_file,
    put,
    system_ids,
    workspace_of,
    write_json,
)

if TYPE_CHECKING:
    from boussole.audits.sides import Side, SideDays
    from boussole.audits.systems import System
    from boussole.audits.workspace import Workspace
    from boussole.charter.document.differences.comparing import (
        ComparisonDocument,
        JudgedChange,
    )

LEAST = 0.0001
"""Of a probability, the least that is written out."""


def tell_changes(document: ComparisonDocument) -> None:
    """The comparisons of a candidate, the worst first, one line each."""
    production, candidate = (
        f"{side.name} ({side.decisions} decisions)" for side in (document.production, document.candidate)
    )
    put(f"{document.system}: {production} -> {candidate}: {document.verdict.replace('_', ' ')}")
    if not document.rows:
        put("  nothing was compared: neither side has decisions or outcomes that measures could be made of")
    order = ("worse", "unknown", "not_worse")
    for change in sorted(document.rows, key=lambda each: order.index(each.verdict)):
        put(f"  {change.verdict.replace('_', ' '):<9} {change.measure}: {_change(change)}")


def _change(found: JudgedChange) -> str:
    from boussole.charter.document.base import given

    if found.production is None:
        return f"not compared ({found.reason})"
    ratio = found.scale == "ratio"
    shown = f"{found.production:.3f} -> {found.candidate:.3f}"
    if found.change is not None:
        shown += f" ({_size(found.change, ratio=ratio)})"
    if found.verdict == "worse":
        chance = _p(given(found.p_worse_adjusted), at_most=bool(found.p_worse_at_most))
        return f"{shown}; {chance} after Holm over the family"
    if found.verdict == "not_worse":
        return f"{shown}; within {_size(given(found.margin), ratio=ratio)}, {_p(given(found.p_within))}"
    if found.smallest is None:
        return f"{shown}; so few cases could not have shown any regression"
    return f"{shown}; these cases would only have shown {_size(found.smallest, ratio=ratio)} or worse"


def _size(value: float, *, ratio: bool) -> str:
    """A change as a factor or in points.

    >>> _size(0.9, ratio=True), _size(-0.05, ratio=False)
    ('x 0.90', '-5.0 points')
    """
    return f"x {value:.2f}" if ratio else f"{round(100 * value, 1) + 0.0:+.1f} points"


def _p(value: float, *, at_most: bool = False) -> str:
    """A p-value, never 0. `at_most`: the true one may be smaller.

    >>> _p(0.0312), _p(0.0), _p(0.0006, at_most=True)
    ('p = 0.031', 'p < 0.0001', 'p ≤ 0.0006')
    """
    if at_most:
        return f"p ≤ {value:.2g}"
    return f"p = {value:.2g}" if value >= LEAST else f"p < {LEAST}"


# `boussole compare`: a candidate version against the one in production.


class FailOnChange(StrEnum):
    """What holds a build up."""

    worse = "worse"
    unknown = "unknown"
    nothing = "nothing"


def compare(  # noqa: PLR0917 (the options of a command)
    context: typer.Context,
    versions: Annotated[
        list[str] | None, typer.Argument(help="PRODUCTION CANDIDATE: model versions in the lake, or files.")
    ] = None,
    system: Annotated[
        str | None, typer.Option("--system", autocompletion=system_ids, help="The id of the system.")
    ] = None,
    run: Annotated[
        list[str] | None, typer.Option("--run", help="An MLflow run; it comes after the versions that are named.")
    ] = None,
    system_file: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="To compare files: a system file, no workspace.")
    ] = None,
    start: FromOption = None,
    end: ToOption = None,
    as_of: AsOfOption = None,
    ratio_margin: Annotated[float, typer.Option(help="Not worse: a ratio keeps at least this share of itself.")] = 0.9,
    gap_margin: Annotated[float, typer.Option(help="Not worse: a difference of rates grows by at most this.")] = 0.05,
    json_: Annotated[str | None, typer.Option("--json", help="Write the comparison to a file, or to - .")] = None,
    fail_on: Annotated[
        FailOnChange, typer.Option(help="Exit with 1 when a comparison is this bad.")
    ] = FailOnChange.worse,
) -> None:
    """Judge a candidate against the version in production: what got worse, what did not, what cannot be told."""
    from boussole.audits.sides import SideDays
    from boussole.charter.comparing.candidate import judge, margins
    from boussole.charter.records.in_force import in_force

    check_file(json_)
    limits = margins(ratio=ratio_margin, gap=gap_margin)
    wanted = [("named", name) for name in versions or ()] + [("run", name) for name in run or ()]
    if len(wanted) != 2:
        raise BoussoleError(
            f"a comparison needs two versions, production first; {len(wanted)} given.",
            next_step="Run `boussole compare --system ID V1 V2`, or name runs with --run RUN --run RUN.",
        )
    workspace, subject = _system(context, system, system_file, run or ())
    days = SideDays(**{name: day.date() if day else None for name, day in zip(DAYS, (start, end, as_of), strict=True)})
    production, candidate = _sides(workspace, subject, wanted, days)
    document = judge(in_force(workspace).charter, subject, production, candidate, margins=limits)
    if json_:
        write_json(document.written(), json_)
    if json_ != STDOUT:
        tell_changes(document)
    bad_rows = tell_bad_rows([*production.reports, *candidate.reports])
    failing = {"worse": ("worse",), "unknown": ("worse", "unknown"), "nothing": ()}[fail_on.value]
    if document.verdict in failing:
        raise typer.Exit(1)
    if bad_rows:
        raise typer.Exit(2)


DAYS = ("start", "end", "as_of")


def _system(
    context: typer.Context, system: str | None, system_file: Path | None, runs: Sequence[str]
) -> tuple[Workspace | None, System]:
    if runs and system_file is None:
        from boussole.experiments.runs import system_of_run

        workspace = workspace_of(context)
        found = [system_of_run(workspace, run_id, expected=system) for run_id in runs]
        if len({item.id for item in found}) > 1:
            raise BoussoleError(
                f"the runs hold decisions of two systems: {' and '.join(item.id for item in found)}.",
                next_step="Give two runs of one system.",
            )
        return workspace, found[0]
    if system_file is not None and (system is not None or runs):
        raise BoussoleError("--system-file compares files only.", next_step="Give two files, or leave it out.")
    return system_of(context, system, system_file)


def _sides(
    workspace: Workspace | None, system: System, wanted: Sequence[tuple[str, str]], days: SideDays
) -> tuple[Side, Side]:
    """Production and candidate. Without a workspace, one that is deleted lends both the same keys."""
    from boussole.audits.ephemeral import ephemeral

    with ExitStack() as stack:
        parent = workspace or stack.enter_context(ephemeral(system))
        first, second = (_side(parent, workspace, system, kind=kind, name=name, days=days) for kind, name in wanted)
    return first, second


def _side(
    parent: Workspace, workspace: Workspace | None, system: System, *, kind: str, name: str, days: SideDays
) -> Side:
    from boussole.audits.decisions.files.kinds import READERS, kind_of
    from boussole.audits.ephemeral import LogFile
    from boussole.audits.sides import side_in_lake, side_of_files

    if kind == "run":
        from boussole.experiments.runs import fetch_run

        return side_of_files(
            system,
            lambda folder: fetch_run(parent, name, system, into=folder),
            parent=parent,
            kind="run",
            name=name,
            days=days,
        )
    if kind_of(name):
        return side_of_files(
            system, lambda _: [LogFile(path=name)], parent=parent, kind="file", name=Path(name).name, days=days
        )
    if workspace is None:
        raise BoussoleError(
            f"'{name}' is no file, and without a workspace there are no versions.",
            next_step=f"Give a file ({', '.join(READERS)}), or --system ID instead of --system-file.",
        )
    return side_in_lake(workspace, system, name, days=days)
