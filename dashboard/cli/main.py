"""The command line `boussole`. Heavy imports wait until a command needs them."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from boussole.audits import private_files
from boussole.dashboard.cli import access as access_commands
from boussole.dashboard.cli import alerts as alert_commands
from boussole.dashboard.cli import charter as charter_commands
from boussole.dashboard.cli import decisions as decision_commands
from boussole.dashboard.cli import export as export_commands
from boussole.dashboard.cli import ledger as ledger_commands
from boussole.dashboard.cli import systems as systems_commands
from boussole.dashboard.cli.audits import audit, metrics, subgroups, verify
from boussole.dashboard.cli.command_line import GuardedCommands, flushed
from boussole.dashboard.cli.committee import app as committee_commands
from boussole.dashboard.cli.compare import compare
from boussole.dashboard.cli.console import State, end, put
from boussole.dashboard.cli.decisions import import_, log, sync
from boussole.dashboard.cli.drifting import drift
from boussole.dashboard.cli.export import explain, report
from boussole.dashboard.cli.lake import cubes_app, keys_app, purge
from boussole.dashboard.cli.ledger import signer, witness
from boussole.dashboard.cli.opening import dashboard, demo, doctor, init
from boussole.dashboard.cli.planning import features, plan
from boussole.dashboard.cli.records import app as record_commands
from boussole.dashboard.cli.records import appeal_app, incident_app, work_app
from boussole.dashboard.cli.texts import app as text_commands
from boussole.dashboard.server.access.permissions import Role

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
    """Prints the version, and nothing else."""
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
    context.obj = State(home=workspace, debug=debug)


app.command()(demo)
app.command()(init)
app.add_typer(systems_commands.app, name="systems")
app.command()(log)
app.command("import")(import_)
app.command()(sync)
app.command()(audit)
app.command()(compare)
app.command()(drift)
app.command()(metrics)
app.command()(subgroups)
app.command()(features)
app.command()(plan)
app.add_typer(charter_commands.app, name="charter")
app.add_typer(record_commands, name="record")
app.add_typer(incident_app, name="incident")
app.add_typer(appeal_app, name="appeal")
app.add_typer(work_app, name="work")
app.add_typer(committee_commands, name="committee")
app.command()(report)
app.command()(explain)
app.add_typer(text_commands, name="texts")
app.add_typer(export_commands.app, name="export")
app.command()(verify)
ledger_commands.app.command()(witness)
ledger_commands.app.command()(signer)
app.add_typer(ledger_commands.app, name="ledger")
app.add_typer(decision_commands.app, name="quarantine")
app.add_typer(cubes_app, name="cubes")
app.command()(purge)
app.add_typer(keys_app, name="keys")
app.add_typer(access_commands.app, name="access")
app.add_typer(alert_commands.app, name="alerts")
app.command()(doctor)
app.command()(dashboard)


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
