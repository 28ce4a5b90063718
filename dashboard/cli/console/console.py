"""What commands share: the workspace, progress on a terminal, errors in one paragraph, JSON alone on stdout."""

from __future__ import annotations

import datetime as dt
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from boussole.audits.errors import BoussoleError
from boussole.audits.log_names import LogName
from boussole.dashboard.cli.console.command_line import noted
from boussole.dashboard.cli.console.completing import system_ids
from boussole.dashboard.cli.console.ending import told
from boussole.dashboard.cli.console.output import STDOUT, json_text, printable, write_text

if TYPE_CHECKING:
    from boussole.audits.workspace import Workspace

LogOption = Annotated[LogName, typer.Option("--log", help="What the rows are.")]
FromOption = Annotated[dt.datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")]
ToOption = Annotated[dt.datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day.")]
AsOfOption = Annotated[
    dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day from which outcomes are read; today if absent.")
]
SystemOption = Annotated[str, typer.Option("--system", autocompletion=system_ids, help="The id of the system.")]


@dataclass(frozen=True)
class State:
    """The options given before the command."""

    home: Path | None
    debug: bool

    def workspace(self) -> Workspace:
        from boussole.audits.workspace import Workspace

        return Workspace.find(self.home)


def workspace_of(context: typer.Context, *, lost: bool = False, reason: str = "") -> Workspace:
    """The workspace that the command works on; a restricted look at it is noted, with the reason that was given.

    Raises LostLedgerError where its ledger is lost, but for commands that work without one (`lost`).
    """
    from boussole.audits.lost import hold_ledger

    state: State = context.obj
    found = state.workspace()
    if not lost:
        hold_ledger(found)
    noted(found, context, reason=reason)
    return found


def known_workspace(context: typer.Context) -> Workspace | None:
    """The workspace that the command works on; None where none was named and this folder is none."""
    state: State = context.obj
    try:
        return state.workspace()
    except BoussoleError:
        if state.home is not None or "BOUSSOLE_HOME" in os.environ:
            raise
        return None


def say(text: str) -> None:
    """A line for people: on stderr, so that stdout holds only what was asked for."""
    typer.echo(printable(text), err=True)


def put(text: object = "", *, nl: bool = True) -> None:
    """Prints what was asked for, on stdout."""
    typer.echo(printable(str(text)), nl=nl)


def end(error: BaseException) -> int:
    """Tells of an error that ends a command; the exit code."""
    if "--debug" in sys.argv:
        traceback.print_exception(error)
    else:
        complain(told(error))
    return 2


def complain(error: BoussoleError) -> None:
    """Prints an error as one paragraph."""
    say(f"boussole: {error}")


def write_json(document: Any, target: str) -> None:
    """A document as JSON to a file, or to stdout for `-`."""
    text = json_text(document)
    if target == STDOUT:
        put(text)
        return
    write_text(target, text + "\n")
    say(f"Written: {target}")


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """A callback (what, done, total) that draws a bar on a terminal, and nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as bar:
        tasks: dict[str, Any] = {}

        def tell(what: str, done: int, total: int) -> None:
            task = tasks.get(what)
            if task is None:
                task = tasks[what] = bar.add_task(printable(what), total=total)
            bar.update(task, completed=done, total=total)

        yield tell
