"""`boussole doctor`: what is too open, damaged or missing, in one table."""

from __future__ import annotations

from typing import Annotated

import typer

from boussole.dashboard.cli.console.console import say, workspace_of, write_json
from boussole.dashboard.cli.console.output import check_file

WORDS = {"well": "all right", "mend": "to mend", "unseen": "cannot look"}


def doctor(
    context: typer.Context,
    mend: Annotated[bool, typer.Option("--mend", help="Mend what needs no decision, then look.")] = False,
    json_: Annotated[str | None, typer.Option("--json", help="The table as JSON, to a file or - for stdout.")] = None,
) -> None:
    """Look whether others can read the workspace, and whether all that it needs works.

    Exit code 0: all right; 1: something to mend; 2: something could not be looked at.
    """
    from boussole.dashboard.cli.doctor import document, examine, exit_code
    from boussole.dashboard.cli.doctor import mend as do_what_can_be_done

    check_file(json_)
    workspace = workspace_of(context)
    for line in do_what_can_be_done(workspace) if mend else []:
        say(line)
    rows = examine(workspace)
    if json_:
        write_json(document(workspace, rows), json_)
    else:
        width = max(len(row.check) for row in rows)
        for row in rows:
            typer.echo(f"{row.check:{width}}  {WORDS[row.state]:11}  {row.what} {row.next_step}".rstrip())
    raise typer.Exit(exit_code(rows))
