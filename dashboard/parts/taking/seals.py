"""The seal of a figure: the entries that sealed what it shows, and the root of the ledger with the last of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from boussole.audits.ledger.log import entry_at
from boussole.audits.ledger.tree import size_of
from boussole.audits.workspace import Workspace
from boussole.charter.document import Standing
from boussole.charter.records.database import reading
from boussole.dashboard.runtime.cache import newest
from boussole.dashboard.runtime.stamps import Stamp, records_stamp


@dataclass(frozen=True, kw_only=True)
class Seal:
    """`entries` sealed what is shown; with entry `at` the ledger had the root `root`, in hexadecimal.

    Without entries nothing sealed it: the root only says how the ledger stood when it was made.
    """

    entries: Sequence[int]
    at: int
    root: str


def sealed(workspace: Workspace, entries: Iterable[int | None], *, now: bool = False) -> Seal | None:
    """The seal of these entries, at the last of them; `now`, or without any, at the newest entry of the ledger.

    None where the ledger has no entry. Raises BoussoleError where it cannot be read, or is damaged there. Kept until
    something is written to the records: a page asks for that of each of its figures, in each language.
    """
    found = tuple(sorted({each for each in entries if each is not None}))
    return _sealed(workspace.home, records_stamp(workspace), found, now)


@newest(400)
def _sealed(home: Path, _stamp: Stamp, found: tuple[int, ...], now: bool) -> Seal | None:
    with reading(Workspace(home)) as connection:
        size = size_of(connection) if connection is not None else 0
        if connection is None or not size:
            return None
        at = size - 1 if now or not found else found[-1]
        return Seal(entries=found, at=at, root=entry_at(connection, at).root)


def sealed_now(workspace: Workspace, documents: Iterable[Standing]) -> Seal | None:
    """The seal of verdicts as they stand: of the audits behind them, and of all that people have stated since."""
    return sealed(workspace, (each.entry for each in documents), now=True)
