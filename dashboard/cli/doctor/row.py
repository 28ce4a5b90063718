"""One line of the table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from boussole.audits.workspace import Workspace

State = Literal["well", "mend", "unseen"]
Finding = tuple[str, str]
"""What was found, and the next step; none where nothing is to be done."""
Check = Callable[[Workspace], Iterator[Finding]]


@dataclass(frozen=True, kw_only=True)
class Row:
    """What a check found."""

    check: str
    state: State
    what: str
    next_step: str


def well(what: str) -> Finding:
    """A finding that asks for nothing."""
    return what, ""
