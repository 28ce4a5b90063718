"""A new workspace, and the dashboard on one."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from boussole.dashboard.cli.console.console import complain, say, workspace_of

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
    from boussole.dashboard.access.people.identity import without_secretary
    from boussole.dashboard.access.people.strength import unprotected
    from boussole.dashboard.server.server import run

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
