"""The script `boussole`: the command line, or where only what logging needs is installed, how to get the rest."""

from __future__ import annotations

import sys

REST = """boussole: only what logging needs is installed ({name} is not there).
Next: install the rest, as in pip install "boussole-charter[full]".
In Python, `boussole.experiments` logs without it."""


def main() -> None:
    """Runs the command line; exit 2 where the extra `full` is not installed."""
    try:
        from boussole.dashboard.cli.main import main as run
    except ModuleNotFoundError as error:
        if (error.name or "boussole").partition(".")[0] == "boussole":
            raise
        sys.stderr.write(REST.format(name=error.name) + "\n")
        sys.exit(2)
    run()
