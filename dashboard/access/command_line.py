"""The command line asks the table of permissions before a command runs.

Whoever holds the workspace's files can change them without us, so that this is a fence, not a wall: it keeps a job, a
notebook or a colleague to what their role is for (`--as`, or $BOUSSOLE_ROLE).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from typer.core import TyperGroup

from dashboard.access.permissions import Role, demand
from dashboard.access.places import COMMANDS


@dataclass(frozen=True)
class AtTheKeyboard:
    """Whoever typed the command."""

    role: Role


class Guarded(TyperGroup):
    """The commands of `boussole`, each behind its action."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that was typed. Raises AccessError where the role of `--as` may not run it."""
        found = super().resolve_command(ctx, args)
        words = _words(found[1], args)
        if words is not None:
            demand(AtTheKeyboard(Role(ctx.params["as_role"])), COMMANDS[words])
        return found


def _words(command: Any, args: list[str]) -> str | None:
    """The words of the command, without those it works on; None where they name no command."""
    typed = [word for word in args if not word.startswith("-")]
    words = typed[:1]
    while isinstance(command, TyperGroup):
        command = command.commands.get(typed[len(words)]) if len(words) < len(typed) else None
        words = typed[: len(words) + 1]
    return " ".join(words) if command is not None else None
