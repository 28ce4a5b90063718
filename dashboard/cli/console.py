"""What commands share: who may run them and how they end; the workspace, data files, progress, and what they print."""

from __future__ import annotations

import datetime as dt
import getpass
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
from typer.core import TyperGroup

from boussole.audits import private_files
from boussole.audits.errors import BoussoleError
from boussole.audits.faults import foreseen
from boussole.audits.log_names import LogName
from boussole.dashboard.server.access.permissions import RESTRICTED, Role, demand
from boussole.dashboard.server.access.places import OPTIONS, of_command

if TYPE_CHECKING:
    from boussole.audits.languages import Language
    from boussole.audits.systems.model import Files
    from boussole.audits.workspace import Settings, Workspace


# How a command ends when something goes wrong: one paragraph, exit 2, and no traceback but with --debug.


HERE = Path(__file__).parents[2]


def told(error: BaseException) -> BoussoleError:
    """An error as one paragraph, whatever it is."""
    if isinstance(error, KeyboardInterrupt):
        return BoussoleError("interrupted.", next_step="What was not finished is not there; run the command again.")
    found = foreseen(error) or (error if isinstance(error, BoussoleError) else None)
    return found or unforeseen(error)


def unforeseen(error: BaseException) -> BoussoleError:
    """What nobody foresaw is a fault of the program: its place is told, its words are not, as they can quote a row."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(HERE) and ".venv" not in frame.filename]
    place = f"{Path((own or frames)[-1].filename).name}, line {(own or frames)[-1].lineno}" if frames else ""
    return BoussoleError(
        f"something went wrong that nobody foresaw ({type(error).__name__}).",
        where=place,
        next_step="Give --debug to see where, and tell those who maintain Boussole.",
    )


def flushed() -> bool:
    """Whether all that was printed has gone out; where nobody reads it any more, nothing more is said of it."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return False
    return True


# The command line asks the table of permissions before a command runs. Whoever holds the workspace's files can change
# them without us, so that this is a fence, not a wall (`--as`, or $BOUSSOLE_ROLE).


LONGEST_REASON = 150
"""Letters of a reason, so that the access log holds it whole, beside the place."""


@dataclass(frozen=True)
class AtTheKeyboard:
    """Whoever typed the command: a role."""

    role: Role


class GuardedCommands(TyperGroup):
    """The commands of `boussole`, each behind its action."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Lists the commands by their panel. Typer itself draws panels with rich only, which takes 0.2 s to load."""
        panels: dict[str, list[Any]] = {}
        for name in self.list_commands(ctx):
            command = self.commands[name]
            panels.setdefault(str(getattr(command, "rich_help_panel", "")), []).append(command)
        room = formatter.width - 6 - max(map(len, self.commands))
        for panel, commands in panels.items():
            with formatter.section(panel):
                formatter.write_dl([(str(each.name), each.get_short_help_str(room)) for each in commands])

    def invoke(self, ctx: Any) -> Any:
        """Runs it. Typer would end both with 1, which says that the judged thing failed."""
        try:
            return super().invoke(ctx)
        except (KeyboardInterrupt, BrokenPipeError) as error:
            raise told(error) from error

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that was typed. Raises AccessError where the role of `--as` may not run it."""
        found = super().resolve_command(ctx, args)
        words = _words(found[1], args)
        if words is not None and not ctx.resilient_parsing:  # a shell that completes a line runs nothing
            demand(AtTheKeyboard(Role(ctx.params["as_role"])), of_command(words))
        return found


def demand_option(context: typer.Context, option: str) -> None:
    """Checks that the role of `--as` may use an option which needs more than its command does. Raises AccessError."""
    demand(_at_the_keyboard(context), OPTIONS[f"{_words_of(context)} {option}"])


def noted(workspace: Workspace, context: typer.Context, *, option: str = "", reason: str = "") -> None:
    """Notes a restricted look from the command line under the account's name, with the `option` and the `reason`."""
    words = f"{_words_of(context)} {option}".rstrip()
    action = OPTIONS[words] if option else of_command(words)
    if action in RESTRICTED:
        from boussole.dashboard.server.access.log import look
        from boussole.dashboard.server.access.permissions import Person

        me = Person(role=_at_the_keyboard(context).role, subject=f"command line/{getpass.getuser()}")
        look(workspace, me, action, place=f"boussole {words}{f': {reason}' if reason else ''}")


def reasoned(reason: str) -> str:
    """Why somebody looks, on one line; raises BoussoleError where it says nothing, too much, or leads to a person."""
    from boussole.charter.incidents.personal import traces

    told = " ".join(reason.split())
    if not 0 < len(told) <= LONGEST_REASON or not told.isprintable():
        raise BoussoleError(
            f"a reason has 1 to {LONGEST_REASON} characters.",
            next_step="Say in a few words what it is needed for; name nobody.",
        )
    if traces(told):
        raise BoussoleError(
            "the reason seems to name somebody, or to hold a number or an address that leads to a person.",
            next_step="It is kept: say in roles what it is needed for.",
        )
    return told


def _at_the_keyboard(context: typer.Context) -> AtTheKeyboard:
    return AtTheKeyboard(Role(context.find_root().params["as_role"]))


def _words_of(context: typer.Context) -> str:
    return " ".join(_names(context))


def _names(context: Any) -> list[str]:
    """The names of a command and of the groups around it, without that of the program, which may have several words."""
    return [*_names(context.parent), str(context.info_name)] if context.parent is not None else []


def _words(command: Any, args: list[str]) -> str | None:
    """The words of the command, without those it works on; None where they name no command."""
    typed = [word for word in args if not word.startswith("-")]
    words = typed[:1]
    while isinstance(command, TyperGroup):
        command = command.commands.get(typed[len(words)]) if len(words) < len(typed) else None
        words = typed[: len(words) + 1]
    return " ".join(words) if command is not None else None


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
    """Checks that a file, if not None or stdout (`-`), could be written there; raises OutputError."""
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
class ConsoleOptions:
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

    state: ConsoleOptions = context.obj
    found = state.workspace()
    if not lost:
        hold_ledger(found)
    noted(found, context, reason=reason)
    return found


def known_workspace(context: typer.Context) -> Workspace | None:
    """The workspace that the command works on; None where none was named and this folder is none."""
    state: ConsoleOptions = context.obj
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


def terminal_language() -> Language | None:
    """The language that the environment names, as for other commands; None where it names none of ours."""
    from boussole.audits.languages import LANGUAGES

    said = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return next((language for language in LANGUAGES if said.startswith(language)), None)


def answer_language(settings: Settings) -> Language:
    """Of what a command answers: that of boussole.toml, else that of the terminal, else the default."""
    named = "language" in settings.model_fields_set
    return settings.language if named else terminal_language() or settings.language


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

    from boussole.audits.systems.model import Files

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
    """Brings in every file that a source names, by path and name within it; returns whether no row was left out."""
    from boussole.audits.decisions.files.kinds import expand

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
