"""A lost ledger: its file is missing or holds no entry, and what lies beside it shows that there was one."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from boussole.audits.errors import BoussoleError, LostLedgerError
from boussole.audits.regular import read_text
from boussole.audits.workspace import Workspace

WAIT_SECONDS = 60
_EVIDENCE = re.compile(r"[0-9a-f]{64}\.(parquet|json)")
_DOCUMENT = re.compile(r"[0-9a-f]{64}")
_TABLES = ("audits", "records", "charter_versions")
PASSING = (".lock", ".new", "-shm")
"""Endings of files beside it that bring nothing back."""
RESTART = 'boussole ledger begin --start-new-ledger --reason "…"'


class RecordsState(StrEnum):
    """What was found in the place of governance.sqlite."""

    missing = "missing"
    empty = "empty"
    """The file has no byte, or no table."""
    bare = "bare"
    """It has its tables, and no entry."""


@dataclass(frozen=True, kw_only=True)
class Lost:
    """A lost ledger: the state of its file, the `traces` of it, the `backups` (newest first), the `kept` checkpoint."""

    state: RecordsState
    traces: tuple[str, ...]
    backups: tuple[str, ...]
    kept: tuple[str, int] | None


def hold_ledger(workspace: Workspace) -> None:
    """Checks that the ledger is not lost. Raises LostLedgerError where it is."""
    error = refusal_of(workspace)
    if error is not None:
        raise error


def refusal_of(workspace: Workspace) -> LostLedgerError | None:
    """Why nothing is read or written; None where the ledger is not lost."""
    lost = lost_ledger(workspace)
    return None if lost is None else _refusal(workspace, lost)


def lost_ledger(workspace: Workspace) -> Lost | None:
    """Return what is known of a lost ledger; None where it is there, or there never was one."""
    path = workspace.governance
    if state_of(path) is None or not (traces := _traces(workspace, path)):
        return None
    state = state_of(path, after_writers=True)  # whoever writes the first entry leaves its evidence just before
    if state is None:
        return None
    return Lost(
        state=state,
        traces=traces,
        backups=tuple(item.name for item in _left_behind(path)),
        kept=_kept(workspace.home),
    )


def state_of(path: Path, *, after_writers: bool = False) -> RecordsState | None:
    """Return why the file holds no ledger; None where it holds an entry, or cannot be read."""
    if not path.exists():
        return RecordsState.missing
    if not path.stat().st_size:  # never opened: SQLite would remove the journal that a backup may need
        return RecordsState.empty
    try:
        with closing(_opened(path, "rw" if after_writers else "ro")) as connection:
            tables = _tables(connection)
            if after_writers and tables:
                with suppress(sqlite3.OperationalError):  # a copy that only reads, where nobody writes
                    connection.execute("BEGIN IMMEDIATE")
            if "entries" not in tables:
                return RecordsState.bare if tables else RecordsState.empty
            found = connection.execute("SELECT 1 FROM entries LIMIT 1").fetchone()
            return None if found else RecordsState.bare
    except sqlite3.DatabaseError:
        return None


def _left_behind(path: Path) -> list[Path]:
    """Copies of the file and journals beside it, the newest first: what it may be restored from."""
    others = [item for item in path.parent.glob(f"{path.stem}*") if item.is_file() and item != path]
    found = [item for item in others if not item.name.endswith(PASSING) and item.stat().st_size]
    return sorted(found, key=lambda item: (-item.stat().st_mtime_ns, item.name))


def _traces(workspace: Workspace, path: Path) -> tuple[str, ...]:
    """Which places of the workspace show that there was a ledger; a key that another workspace lends does not."""
    found = {
        "evidence": any(_EVIDENCE.fullmatch(each.name) for each in workspace.evidence.glob("*")),
        "documents": any(_DOCUMENT.fullmatch(each.name) for each in workspace.documents.glob("*")),
        "reports": any(workspace.reports.glob("boussole-*.pdf")),
        "keys/ledger.key": not workspace.keys.is_symlink() and any(workspace.keys.glob("ledger*.key")),
        path.name: _rows(path),
    }
    return tuple(place for place, there in found.items() if there)


def _rows(path: Path) -> bool:
    """Whether a file without entries still holds audits, records or charters."""
    if not path.exists() or not path.stat().st_size:
        return False
    try:
        with closing(_opened(path, "ro")) as connection:
            known = _tables(connection).intersection(_TABLES)
            return any(connection.execute(f"SELECT 1 FROM {name} LIMIT 1").fetchone() for name in known)
    except sqlite3.DatabaseError:
        return False


def _opened(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=WAIT_SECONDS, isolation_level=None
    )


def _tables(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _kept(home: Path) -> tuple[str, int] | None:
    """The checkpoint in the workspace, or in a folder of it, that knows most entries."""
    from boussole.audits.ledger.checkpoint import parse_request

    found = []
    for path in [*home.glob("*.checkpoint"), *home.glob("*/*.checkpoint")]:
        try:
            found.append((parse_request(read_text(path)).checkpoint.size, path))
        except (BoussoleError, OSError, UnicodeDecodeError):
            continue
    if not found:
        return None
    size, path = max(found)
    return str(path.relative_to(home)), size


def _refusal(workspace: Workspace, lost: Lost) -> LostLedgerError:
    states = {
        RecordsState.missing: "governance.sqlite is missing",
        RecordsState.empty: "governance.sqlite is empty",
        RecordsState.bare: "governance.sqlite holds no entry",
    }
    return LostLedgerError(
        f"the ledger is lost: {states[lost.state]}, and what is in {', '.join(lost.traces)} shows that there was one.",
        where=str(workspace.governance),
        next_step=f"{_restore(lost)} Where none is left, start a new one, which says so for ever: `{RESTART}`.",
    )


def _restore(lost: Lost) -> str:
    first = "Restore governance.sqlite from the newest backup"
    if lost.backups:
        first += f" (beside it: {', '.join(lost.backups)})"
    if lost.kept:
        first += f"; it has to fit the kept checkpoint {lost.kept[0]} ({lost.kept[1]} entries)"
    return f"{first}; `boussole verify --ledger --checkpoint` tells whether it does."
