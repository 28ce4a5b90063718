"""Files that commands write: known to be writable before anything is done, and written whole or not at all."""

from __future__ import annotations

import json
import os
import re
import tempfile
from pathlib import Path
from typing import Any

from boussole.audits import private_files
from boussole.audits.errors import BoussoleError

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
