"""Lines of a system file that somebody still has to fill in: while one stands, every audit of it is a dry run."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from audits.errors import SystemFileError

MARK = "TO FILL IN"
"""How such a line is marked: a comment that begins with it, or a value that does."""
_MARKED = re.compile(rf"""(?:\#|:|-|\[|,)\s*["']?{MARK}\b""")


@dataclass(frozen=True)
class Gap:
    """A line that is marked: its number (from 1) and its text."""

    line: int
    text: str

    def told(self) -> str:
        """One line for a terminal.

        >>> Gap(7, 'owner: "To be named"  # TO FILL IN: a role').told()
        'line 7: owner: "To be named"  # TO FILL IN: a role'
        """
        return f"line {self.line}: {self.text}"


def gaps_in(text: str) -> list[Gap]:
    """The marked lines of the text of a system file.

    >>> gaps_in("# `TO FILL IN` is what no data can tell.\\nstatus: pilot  # TO FILL IN: where it stands\\n")
    [Gap(line=2, text='status: pilot  # TO FILL IN: where it stands')]
    """
    return [Gap(n, line.strip()) for n, line in enumerate(text.splitlines(), 1) if _MARKED.search(line)]


def gaps_of(path: Path) -> list[Gap]:
    """The marked lines of a system file; none where there is no such file."""
    return gaps_in(path.read_text(encoding="utf-8")) if path.is_file() else []


def file_of(folder: Path, system_id: str) -> Path:
    """The file of a system in the folder of a workspace's systems."""
    other = folder / f"{system_id}.yml"
    return other if other.is_file() else folder / f"{system_id}.yaml"


def hold_filled(folder: Path, system_ids: Iterable[str]) -> None:
    """Raises SystemFileError where the file of one of these systems has lines to fill in: nothing of it is sealed."""
    for system_id in system_ids:
        path = file_of(folder, system_id)
        found = gaps_of(path)
        if found:
            told = "".join(f"\n  {gap.told()}" for gap in found)
            raise SystemFileError(
                f"{len(found)} line(s) are still `{MARK}`, so nothing is sealed: it would rest on guesses.{told}\n",
                where=str(path),
                next_step="Write what is true in each of them, take its mark away, and run the command again. Until "
                f"then, `boussole audit --system {system_id} --dry-run` shows what an audit would say.",
            )
