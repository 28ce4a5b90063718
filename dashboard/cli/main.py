"""The command line `boussole`, and what opens a workspace: init, demo, dashboard, doctor. Heavy imports wait."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from boussole.audits import private_files
from boussole.dashboard.cli import charter as charter_commands
from boussole.dashboard.cli import decisions as decision_commands
from boussole.dashboard.cli import export as export_commands
from boussole.dashboard.cli import ledger as ledger_commands
from boussole.dashboard.cli import systems as systems_commands
from boussole.dashboard.cli.access_and_alerts import access_app, alerts_app
from boussole.dashboard.cli.audits import audit, drift, metrics, verify
from boussole.dashboard.cli.committee import app as committee_commands
from boussole.dashboard.cli.compare import compare
from boussole.dashboard.cli.console import (
    STDOUT,
    ConsoleOptions,
    GuardedCommands,
    check_file,
    complain,
    end,
    flushed,
    progress,
    put,
    say,
    workspace_of,
    write_json,
)
from boussole.dashboard.cli.decisions import cubes_app, import_, keys_app, log, purge, sync
from boussole.dashboard.cli.export import explain, report
from boussole.dashboard.cli.ledger import signer, witness
from boussole.dashboard.cli.records import app as record_commands
from boussole.dashboard.cli.records import appeal_app, incident_app, work_app
from boussole.dashboard.cli.texts import app as text_commands
from boussole.dashboard.server.access.permissions import Role

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
    if json_ != STDOUT:
        width = max(len(row.check) for row in rows)
        for row in rows:
            typer.echo(f"{row.check:{width}}  {WORDS[row.state]:11}  {row.what} {row.next_step}".rstrip())
    raise typer.Exit(exit_code(rows))


app = typer.Typer(
    name="boussole",
    cls=GuardedCommands,
    help="Shows whether AI systems keep the promises of an organisation's ethics charter, and proves it.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(asked: bool) -> None:
    if asked:
        from boussole.audits.distribution import own_version

        put(f"boussole {own_version()}")
        raise typer.Exit


@app.callback()
def main_options(
    context: typer.Context,
    workspace: Annotated[
        Path | None, typer.Option(help="The workspace folder; else $BOUSSOLE_HOME, else this folder.")
    ] = None,
    as_role: Annotated[  # noqa: ARG001 (Guarded reads it before any command runs)
        Role, typer.Option("--as", envvar="BOUSSOLE_ROLE", help="Do only what this role may do.")
    ] = Role.OPERATOR,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[  # noqa: ARG001 (its callback answers)
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Options of every command."""
    context.obj = ConsoleOptions(home=workspace, debug=debug)


MEASURE, GOVERN = "Measure", "Govern"
"""The panels of `boussole --help`."""
app.command(rich_help_panel=MEASURE)(demo)
app.command(rich_help_panel=MEASURE)(init)
app.add_typer(systems_commands.app, name="systems", rich_help_panel=MEASURE)
app.command(rich_help_panel=MEASURE)(log)
app.command("import", rich_help_panel=MEASURE)(import_)
app.command(rich_help_panel=MEASURE)(sync)
app.command(rich_help_panel=MEASURE)(audit)
app.command(rich_help_panel=MEASURE)(compare)
app.command(rich_help_panel=MEASURE)(drift)
app.command(rich_help_panel=MEASURE)(metrics)
app.add_typer(text_commands, name="texts", rich_help_panel=MEASURE)
app.add_typer(decision_commands.app, name="quarantine", rich_help_panel=MEASURE)
app.add_typer(cubes_app, name="cubes", rich_help_panel=MEASURE)
app.command(rich_help_panel=MEASURE)(dashboard)
app.add_typer(charter_commands.app, name="charter", rich_help_panel=GOVERN)
app.add_typer(record_commands, name="record", rich_help_panel=GOVERN)
app.add_typer(incident_app, name="incident", rich_help_panel=GOVERN)
app.add_typer(appeal_app, name="appeal", rich_help_panel=GOVERN)
app.add_typer(work_app, name="work", rich_help_panel=GOVERN)
app.add_typer(committee_commands, name="committee", rich_help_panel=GOVERN)
app.command(rich_help_panel=GOVERN)(report)
app.command(rich_help_panel=GOVERN)(explain)
app.add_typer(export_commands.app, name="export", rich_help_panel=GOVERN)
app.command(rich_help_panel=GOVERN)(verify)
app.add_typer(ledger_commands.app, name="ledger", rich_help_panel=GOVERN)
app.command(rich_help_panel=GOVERN)(purge)
app.add_typer(keys_app, name="keys", rich_help_panel=GOVERN)
app.add_typer(access_app, name="access", rich_help_panel=GOVERN)
app.add_typer(alerts_app, name="alerts", rich_help_panel=GOVERN)
app.command(rich_help_panel=GOVERN)(doctor)
ledger_commands.app.command()(witness)
ledger_commands.app.command()(signer)


def main() -> None:
    """Runs the command line: 0 done, 1 the judged thing failed, 2 bad input or usage, or what the machine refused."""
    os.umask(private_files.UMASK)  # for what libraries write
    try:
        app()
    except SystemExit:
        if not flushed():
            sys.exit(end(BrokenPipeError(errno.EPIPE, "")))
        raise
    except BaseException as error:  # noqa: BLE001 (whatever it is, it ends in one paragraph)
        sys.exit(end(error))
