"""Files that somebody hands in: only regular ones are read, since a pipe can keep a check waiting for ever."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from boussole.audits.errors import BoussoleError


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a file to read from. Raises BoussoleError for what is no regular file, OSError where it cannot be read."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)  # without waiting for who writes to a pipe
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise BoussoleError(
                "this is a pipe or a device, not a file.", where=str(path), next_step="Save it as a file first."
            )
        yield file


def read_bytes(path: Path) -> bytes:
    """What a file holds. Raises as `opened` does."""
    with opened(path) as file:
        return file.read()


def read_text(path: Path) -> str:
    """The same as text in UTF-8. Raises UnicodeDecodeError where it is none."""
    return read_bytes(path).decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
