"""`boussole cubes`: the counts."""

from __future__ import annotations

from typing import Annotated

import typer

from boussole.audits.errors import BoussoleError
from boussole.dashboard.cli.console.completing import system_ids
from boussole.dashboard.cli.console.console import say, workspace_of

app = typer.Typer(help="The cubes of counts.", no_args_is_help=True, rich_markup_mode=None)


@app.command()
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
    from boussole.dashboard.cli.data.privacy import join_anew

    workspace = workspace_of(context)
    chosen = [workspace.system(system)] if system else list(workspace.systems.values())
    if not has_lake(workspace):
        raise BoussoleError("this workspace holds no decisions yet.", next_step="Import some with `boussole import`.")
    for failure in join_anew(workspace, chosen, force=True):
        raise failure
    with writing(workspace) as connection:
        for item in chosen:
            if item.columns is not None and exists(connection, item):
                count_anew(connection, item, bins=bins)
                say(f"Rebuilt: {item.id}")
                if not bins and (coarse := coarse_columns(connection, item)):
                    say(f"Bins of an earlier version, coarser (--bins chooses them anew): {', '.join(coarse)}")


@app.callback()
def cubes() -> None:
    """The cubes of counts."""
