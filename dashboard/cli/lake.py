"""What the lake holds and what leaves it: `purge`, `keys rotate`, and `cubes`, the counts."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated

import typer

from boussole.audits.errors import BoussoleError
from boussole.dashboard.cli.console import say, system_ids, workspace_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from boussole.audits.retention.purge import PurgeResult
    from boussole.audits.systems import System
    from boussole.audits.workspace import Workspace

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
    from boussole.charter.records.notes.removals import seal_removals

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
    from boussole.charter.records.notes.removals import seal_removals

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

    With --bins, distances of drift are taken over new bins from then on: finer ones, where an earlier version of
    Boussole chose them.
    """
    from boussole.audits.cubes.edges import coarse_columns
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
                if not bins and not item.only_writes and (coarse := coarse_columns(connection, item)):
                    say(f"Bins of an earlier version, coarser (--bins chooses them anew): {', '.join(coarse)}")


@cubes_app.callback()
def cubes() -> None:
    """The cubes of counts."""
