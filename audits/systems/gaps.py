"""Lines of a system file that somebody still has to fill in: while one stands, nothing is imported or sealed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from boussole.audits.errors import SystemFileError

MARK, FRENCH_MARK = "TO FILL IN", "À COMPLÉTER"
"""How such a line is marked: a comment that begins with it, or a value that does."""
_EITHER = rf"(?:{MARK}|{FRENCH_MARK})".replace(" ", " +")
_MARKED = re.compile(rf"""(?:^|\#|:|-|\[|,)\s*["']?{_EITHER}\b""")
_ASKED = re.compile(rf"  \# {_EITHER}\s?: ?(.*)")


@dataclass(frozen=True)
class MarkedLine:
    """A line that is marked: its number (from 1) and its text."""

    line: int
    text: str

    @property
    def mark(self) -> str:
        return FRENCH_MARK if FRENCH_MARK in self.text else MARK

    def told(self) -> str:
        """Describe the line for a terminal."""
        return f"line {self.line}: {self.text}"


def gaps_in(text: str) -> list[MarkedLine]:
    """Return the marked lines of the text of a system file."""
    return [MarkedLine(n, line.strip()) for n, line in enumerate(text.splitlines(), 1) if _MARKED.search(line)]


def gaps_of(path: Path) -> list[MarkedLine]:
    """The marked lines of a system file; none where there is no such file."""
    return gaps_in(path.read_text(encoding="utf-8")) if path.is_file() else []


def file_of(folder: Path, system_id: str) -> Path:
    """The file of a system in the folder of a workspace's systems."""
    other = folder / f"{system_id}.yml"
    return other if other.is_file() else folder / f"{system_id}.yaml"


def hold_filled(folder: Path, system_ids: Iterable[str]) -> None:
    """Raises SystemFileError where the file of one of these systems has lines to fill in: nothing of it is sealed."""
    for system_id in system_ids:
        shown = f"`boussole audit --system {system_id} --dry-run` shows what an audit would say."
        _hold(file_of(folder, system_id), "nothing is sealed: it would rest on guesses", shown)


def hold_known(folder: Path, system_id: str) -> None:
    """Do the same before rows are read as the file says, since they would keep what it guessed."""
    path = file_of(folder, system_id)
    shown = f"`boussole audit --dry-run DATAFILE --system-file {path}` shows what an audit would say."
    _hold(path, "nothing is imported: rows would keep what was guessed of them", shown)


def _hold(path: Path, refused: str, shown: str) -> None:
    found = gaps_of(path)
    if found:
        told = "".join(f"\n  {gap.told()}" for gap in found)
        raise SystemFileError(
            f"{len(found)} line(s) are still `{found[0].mark}`, so {refused}.{told}\n",
            where=str(path),
            next_step="Write what is true in each of them, take its mark away, and run the command again. Until then, "
            + shown,
        )


def gap_names(text: str) -> list[tuple[str, str]]:
    """Return the keys of the marked lines of a proposal, from the outermost on, each with what is asked."""
    found, above = [], list[tuple[int, str]]()
    for line in text.splitlines():
        bare = line.strip()
        if not bare or bare.startswith(("#", "-")):
            continue
        inset = len(line) - len(line.lstrip())
        above = [*(each for each in above if each[0] < inset), (inset, bare.partition(":")[0])]
        if asked := _ASKED.search(line):
            found.append((".".join(key for _, key in above), asked[1]))
    return found
