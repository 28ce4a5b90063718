"""The command line asks the table of permissions before a command runs, and ends in one paragraph if it fails."""

from __future__ import annotations

import getpass
import os
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from typer.core import TyperGroup

from boussole.audits.errors import BoussoleError
from boussole.audits.faults import foreseen
from boussole.dashboard.server.access.permissions import RESTRICTED, Role, demand
from boussole.dashboard.server.access.places import OPTIONS, of_command

if TYPE_CHECKING:
    import typer

    from boussole.audits.workspace import Workspace


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


# The command line asks the table of permissions before a command runs.
#
# Whoever holds the workspace's files can change them without us, so that this is a fence, not a wall: it keeps a job,
# a
# notebook or a colleague to what their role is for (`--as`, or $BOUSSOLE_ROLE).


LONGEST_REASON = 150
"""Letters of a reason, so that the access log holds it whole, beside the place."""


@dataclass(frozen=True)
class AtTheKeyboard:
    """Whoever typed the command: a role."""

    role: Role


class GuardedCommands(TyperGroup):
    """The commands of `boussole`, each behind its action."""

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
    """Notes a restricted look from the command line: under the name of the account, which is all that is known.

    `option`: what of the command was used, where that is what is restricted. `reason`: why, as whoever looks says it.
    """
    words = f"{_words_of(context)} {option}".rstrip()
    action = OPTIONS[words] if option else of_command(words)
    if action in RESTRICTED:
        from boussole.dashboard.server.access.log import look
        from boussole.dashboard.server.access.permissions import Person

        me = Person(role=_at_the_keyboard(context).role, subject=f"command line/{getpass.getuser()}")
        look(workspace, me, action, place=f"boussole {words}{f': {reason}' if reason else ''}")


def reasoned(reason: str) -> str:
    """Why somebody looks, on one line. Raises BoussoleError where nothing is said, or a page of it, and where it
    seems to lead to a person."""
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
