"""What commands share: the workspace, what a shell proposes, how data files are read, progress, output, files."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from boussole.audits import private_files
from boussole.audits.errors import BoussoleError
from boussole.audits.log_names import LogName
from boussole.dashboard.cli.command_line import noted, told

if TYPE_CHECKING:
    from boussole.audits.systems.files import Files
    from boussole.audits.workspace import Workspace


# What a shell proposes while somebody types: read from names of files, so that no library is waited for.


def system_ids(context: typer.Context, incomplete: str) -> list[str]:
    """The ids of the systems of the workspace that the command would work on; none outside a workspace."""
    named = context.find_root().params.get("workspace") or os.environ.get("BOUSSOLE_HOME") or "."
    found = sorted(path.stem for path in Path(named).glob("systems/*.yaml"))
    return [name for name in found if name.startswith(incomplete)]


# Files that commands write: known to be writable before anything is done, and written whole or not at all.


STDOUT = "-"
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""Characters that move the cursor, colour, hide or turn what follows; tabs and line ends are not among them."""


class OutputError(BoussoleError):
    """A file that cannot be written."""


def check_file(target: Path | str | None) -> None:
    """Checks that a file could be written there, before a command does what it cannot take back; leaves nothing behind.

    Nothing (None) and stdout (`-`) always can. Raises OutputError.
    """
    if target is None or str(target) == STDOUT:
        return
    path = Path(target)
    if path.is_dir():
        raise OutputError("this is a folder, not a file.", where=str(path), next_step="Name a file in it.")
    if path.exists() and not os.access(path, os.W_OK):
        raise OutputError("this file may not be written to.", where=str(path), next_step="Name another file.")
    if path.exists() and not path.is_file():  # a device or a pipe
        return
    if not path.resolve().parent.is_dir():
        raise OutputError("its folder does not exist.", where=str(path), next_step="Make it, or name another file.")
    _try_in(path.resolve().parent, path)


def check_folder(target: Path) -> None:
    """Checks that files could be written to a folder, or that it could be made. Raises OutputError."""
    above = target
    while not above.exists() and above != above.parent:
        above = above.parent
    if not above.is_dir():
        raise OutputError("this is a file, not a folder.", where=str(above), next_step="Name another folder.")
    _try_in(above, target)


def write_bytes(target: Path | str, content: bytes) -> None:
    """A file that its owner reads, whole or as it was; one that is there stays as open as it is. Raises OutputError."""
    path = Path(target)
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(content)
            return
        private_files.write(path.resolve(), content, mode=private_files.mode_of(path))
    except OSError as error:
        raise _unwritable(path, error) from error


def write_text(target: Path | str, text: str) -> None:
    """The same, of a text."""
    write_bytes(target, text.encode("utf-8"))


def json_text(document: Any) -> str:
    """A document as commands write it: what a terminal would obey is written as JSON writes it."""
    text = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)
    return CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def printable(text: str) -> str:
    """A text that no terminal obeys: control characters and marks of direction are written out.

    >>> printable("a\\tb\\n\\x1b[2J\\x9b\\r\\u202e")
    'a\\tb\\n\\\\x1b[2J\\\\x9b\\\\x0d\\\\u202e'
    """
    return CONTROLS.sub(
        lambda found: f"\\x{ord(found[0]):02x}" if found[0] < "\u0100" else f"\\u{ord(found[0]):04x}", text
    )


def columns(*cells: object) -> str:
    """A line of columns with tabs between them; nothing in a cell begins another column or line.

    >>> columns("ada\\nbob", None, 3)
    'ada\\\\x0abob\\t-\\t3'
    """
    return "\t".join(str(cell or "-").replace("\n", "\\x0a").replace("\t", "\\x09") for cell in cells)


def _try_in(folder: Path, target: Path) -> None:
    """That a file can be made in a folder, for what shall be written to a target. Raises OutputError."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise _unwritable(target, error) from error


def _unwritable(path: Path, error: OSError) -> OutputError:
    return OutputError(
        f"the file cannot be written: {error.strerror or error}.", where=str(path), next_step="Name another one."
    )


# What commands share: the workspace, progress on a terminal, errors in one paragraph, JSON alone on stdout.


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


# How a data file is written, as options: what somebody knows goes before what is found out.


EncodingOption = Annotated[
    str | None, typer.Option("--encoding", help="Of the file: utf-8, cp1252 (French Excel), latin-1… else found out.")
]
SeparatorOption = Annotated[
    str | None, typer.Option("--separator", help="Between its columns: ; , | or tab; else found out.")
]
DecimalOption = Annotated[str | None, typer.Option("--decimal", help="Before its decimals: , or . ; else found out.")]
DatesOption = Annotated[
    str | None, typer.Option("--dates", help="How it writes dates: dd/mm/yyyy, mm/dd/yyyy…; else found out.")
]
HeaderOption = Annotated[
    bool | None,
    typer.Option(
        "--header/--no-header", help="Whether its first line holds the names; without, they are column1, column2…"
    ),
]
SheetOption = Annotated[str | None, typer.Option("--sheet", help="The sheet of an Excel workbook.")]


def files_of(
    *,
    encoding: str | None,
    separator: str | None,
    decimal: str | None,
    dates: str | None,
    header: bool | None,
    sheet: str | None,
) -> Files:
    """The options together. Raises BoussoleError for what they cannot be."""
    from pydantic import ValidationError

    from boussole.audits.systems.files import Files

    try:
        return Files.model_validate(
            {
                "encoding": encoding,
                "separator": separator,
                "decimal": decimal,
                "dates": dates,
                "header": header,
                "sheet": sheet,
            }
        )
    except ValidationError as error:
        fault = error.errors()[0]
        option, why = fault["loc"][0], fault["msg"].removeprefix("Value error, ")
        raise BoussoleError(f"{why}.", where=f"--{option}", next_step="Correct it, or leave it out.") from None


def each_file(source: str, bring_in: Callable[[str, str], bool]) -> bool:
    """Brings in every file that a source names (a pattern, a folder), each by itself; whether all went well.

    `bring_in` is given the path of a file and its name within the source, and returns whether no row was left out.
    """
    from boussole.audits.decisions.files.many import expand

    found = expand(source)
    if len(found) == 1 and found[0][0] == source:
        return bring_in(*found[0])
    good, failed = True, 0
    for path, name in found:
        try:
            good = bring_in(path, name) and good
        except BoussoleError as error:
            complain(error)
            failed += 1
    told = f", {failed} could not be brought in" if failed else ""
    say(f"{source}: {len(found)} file(s){told}.")
    return good and not failed


def name_of(source: str) -> str:
    """What a source is called: its file."""
    return Path(source).name
