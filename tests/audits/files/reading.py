"""What is read of a data file, and what a command says of it."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from boussole.audits.decisions.contracts import Needs
from boussole.audits.decisions.sources import open_source
from boussole.audits.errors import BoussoleError
from boussole.audits.lake.engine import scratch
from boussole.audits.systems.model import Files
from boussole.audits.workspace import Workspace
from boussole.dashboard.cli.main import app


def column(path: Path, name: str, **files: object) -> list[str | None]:
    """One column of a file, as it is read."""
    with scratch() as connection:
        opened = open_source(connection, path, Needs((name,)), Files.model_validate(files))
        found = connection.execute(f'SELECT "{name}" FROM {opened.relation} ORDER BY row').fetchall()
    return [row[0] for row in found]


def run(workspace: Workspace, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["--workspace", str(workspace.home), *arguments])
    if done.exception and not isinstance(done.exception, SystemExit | BoussoleError):
        raise done.exception
    return done.exit_code, done.output + (str(done.exception) if isinstance(done.exception, BoussoleError) else "")
