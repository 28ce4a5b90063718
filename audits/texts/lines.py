"""Texts as JSON lines, `{"id", "text"}`: read within bounds, each answered by one line, whatever the others are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from boussole.audits.errors import printable

LONGEST = 64 * 2**20
"""Bytes of a line that is still read."""
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class TextLine:
    """One text of a file. `fault` says why a line holds none that can be checked."""

    number: int
    id: str | int | None
    text: str = ""
    fault: str = ""


def read_lines(file: IO[bytes]) -> Iterator[TextLine]:
    """Read the texts of a file, line by line, without empty lines; a faulty line says so, and the others follow."""
    number = 0
    while line := file.readline(LONGEST + 1):
        number += 1
        if len(line) > LONGEST:
            while not line.endswith(b"\n") and (line := file.readline(LONGEST)):
                pass
            yield TextLine(number, None, fault=f"it is longer than {LONGEST:,} bytes")
        elif line.strip():
            yield _read(number, line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line)


def _read(number: int, line: bytes) -> TextLine:
    try:
        held = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        return TextLine(number, None, fault=f"byte {error.start + 1} is not UTF-8")
    except json.JSONDecodeError as error:
        return TextLine(number, None, fault=f"it is not JSON (character {error.pos + 1}: {error.msg})")
    except (RecursionError, ValueError):
        return TextLine(number, None, fault="it is not JSON that can be read")
    if not isinstance(held, dict):
        return TextLine(number, None, fault='it is not an object {"id", "text"}')
    return _held(number, held)


def _held(number: int, held: dict[str, Any]) -> TextLine:
    name = held.get("id")
    if "id" not in held or name is None:
        return TextLine(number, None, fault="it has no 'id'")
    if isinstance(name, bool) or not isinstance(name, str | int):
        return TextLine(number, None, fault="its 'id' is neither text nor a whole number")
    if not isinstance(held.get("text"), str):
        return TextLine(number, name, fault="its 'text' is not text" if "text" in held else "it has no 'text'")
    return TextLine(number, name, text=held["text"])


def json_line(document: dict[str, Any]) -> str:
    """A document on one line, which no terminal obeys."""
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def fault_told(line: TextLine) -> str:
    """What is wrong with a line, in one sentence."""
    return printable(f"line {line.number}: {line.fault}.")
