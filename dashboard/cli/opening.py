"""A new workspace, the demo of one, the dashboard on one, and its doctor: what is too open, damaged or missing."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from boussole.dashboard.cli.console import check_file, complain, progress, say, workspace_of, write_json

# A new workspace, and the dashboard on one.


PORT = 8501


def init(
    folder: Annotated[Path, typer.Argument(help="The folder of the new workspace.")],
    organisation: Annotated[str, typer.Option(help="The name that reports carry.")] = "Organisation",
) -> None:
    """Make a workspace: a folder for systems, decisions, evidence and reports."""
    from boussole.audits.workspace import Workspace

    workspace = Workspace.create(folder, organisation=organisation)
    say(f"The workspace is ready: {workspace.home}. Next: `boussole systems new --from DATAFILE`, then `systems add`.")


def dashboard(
    context: typer.Context,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on this machine.")] = PORT,
    headless: Annotated[bool, typer.Option("--headless", help="Do not open a browser.")] = False,
) -> None:
    """Open the dashboard: on this machine alone, or for those who sign in where `[access]` names a provider."""
    from boussole.audits.lost import refusal_of
    from boussole.charter.records import open_records
    from boussole.dashboard.app.server import run
    from boussole.dashboard.server.access.identity import unprotected, without_secretary

    workspace = workspace_of(context, lost=True)
    if (error := refusal_of(workspace)) is not None:
        complain(error)  # every page says so
    elif workspace.governance.exists():
        open_records(workspace)  # records of an earlier Boussole are brought up to date
    access = workspace.settings.access
    address = f"http://127.0.0.1:{port}" if access.local else access.address
    weak = ", ".join(unprotected(access))
    if weak:
        say(
            f"Warning: a password alone opens what concerns single people to: {weak}. Demand a second factor of them: "
            "acr or amr under [access], see docs/access.md."
        )
    alone = ", ".join(without_secretary(workspace))
    if alone:
        say(
            f"Warning: nobody who signs in acts as secretary of: {alone}. Name who does by their address: secretaries "
            "under [access], see docs/access.md."
        )
    say(f"The dashboard of {workspace.home}: {address}. Ctrl+C ends it.")
    with suppress(KeyboardInterrupt):
        run(workspace.home, port=port, headless=headless)


# `boussole demo`: the whole chain on an invented MatchFT.


PEOPLE = 20_000


def demo(
    home: Annotated[Path, typer.Option(help="Where to build the demo workspace.")] = Path("demo-workspace"),
    people: Annotated[int, typer.Option(min=500, max=200_000, help="Job seekers to invent.")] = PEOPLE,
    no_open: Annotated[bool, typer.Option("--no-open", help="Build everything, then stop.")] = False,
) -> None:
    """Invent a MatchFT, log three months of its decisions to MLflow, sync, audit, report, open the dashboard."""
    from boussole.dashboard.cli.demo import run_demo

    with progress() as tell:
        made = run_demo(home, people=people, progress=tell)
    say(f"The demo workspace is ready: {made.workspace.home}")
    for path in made.reports:
        say(f"  report: {path}")
    say(f"  facts that were planted: {made.facts}")
    say(f"Open it with: boussole --workspace {home} dashboard")
    if not no_open:
        from boussole.dashboard.app.server import run

        run(made.workspace.home, port=8501, headless=False)


# `boussole doctor`: what is too open, damaged or missing, in one table.


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
