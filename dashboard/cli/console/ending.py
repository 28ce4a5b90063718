"""How a command ends when something goes wrong: one paragraph, exit 2, and no traceback but with --debug."""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path

from boussole.audits.errors import BoussoleError
from boussole.audits.faults import foreseen

HERE = Path(__file__).parents[3]


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
