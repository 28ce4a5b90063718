"""Files of texts as commands read and answer them: a line for each line, and the lines at fault told at the end."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Annotated, Any

import typer

from boussole.audits import regular
from boussole.audits.errors import BoussoleError
from boussole.audits.texts.lines import TextLine, fault_told, json_line
from boussole.dashboard.cli.console.console import say
from boussole.dashboard.cli.console.output import STDOUT, check_file, write_bytes

Answer = tuple[TextLine, dict[str, Any]]
FileArgument = Annotated[str, typer.Argument(help='JSON lines {"id", "text"}, or - for stdin.')]
JsonOption = Annotated[str | None, typer.Option("--json", help="Write the answers as JSON lines to a file, or - .")]

MOST_TOLD = 20
"""Lines at fault that are told one by one."""


@contextmanager
def opened(file: str) -> Iterator[IO[bytes]]:
    """A file of texts, or stdin for `-`. Raises BoussoleError."""
    if file == STDOUT:
        yield sys.stdin.buffer
        return
    with ExitStack() as stack:
        try:
            held = stack.enter_context(regular.opened(Path(file)))
        except OSError as error:
            step = "Name a file of JSON lines, or - for what is piped in."
            raise BoussoleError(f"it cannot be read: {error.strerror}.", where=file, next_step=step) from error
        yield held


def write_answers(answered: Iterable[Answer], target: str) -> Iterator[Answer]:
    """Writes the answers as JSON lines, to stdout as they come or to a file once all are there; and gives them on."""
    check_file(target)
    kept = []
    for line, document in answered:
        told = json_line(document).encode() + b"\n"
        if target == STDOUT:
            sys.stdout.buffer.write(told)
        else:
            kept.append(told)
        yield line, document
    if target != STDOUT:
        write_bytes(target, b"".join(kept))
        say(f"Written: {target}")


def tell_faults(faults: list[TextLine], *, where: str) -> None:
    """Raises BoussoleError where lines could not be read: the others have been answered."""
    if faults:
        told = " ".join(map(fault_told, faults[:MOST_TOLD]))
        more = f" And {len(faults) - MOST_TOLD} more." if len(faults) > MOST_TOLD else ""
        step = "All other lines were answered; mend these and send them again."
        raise BoussoleError(f"{len(faults)} line(s) could not be read. {told}{more}", where=where, next_step=step)
