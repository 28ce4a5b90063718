"""A lost ledger: its file is missing or holds no entry, and what lies beside it shows that there was one."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
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
    """A lost ledger: the state of its file, the traces by kind, the `backups` (newest first), the `kept` checkpoint."""

    state: RecordsState
    evidence: int
    documents: int
    reports: int
    rows: int
    signed: bool
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
    if state_of(path) is None or not _signs(workspace, path):
        return None
    state = state_of(path, after_writers=True)  # whoever writes the first entry leaves its evidence just before
    if state is None:
        return None
    return Lost(
        state=state,
        evidence=_count(workspace.evidence, _EVIDENCE),
        documents=_count(workspace.documents, _DOCUMENT),
        reports=len(_reports(workspace)),
        rows=_rows(path),
        signed=_signed(workspace),
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


def _signs(workspace: Workspace, path: Path) -> bool:
    """Whether anything shows that there was a ledger."""
    evidence = any(_named(workspace.evidence, _EVIDENCE)) or any(_named(workspace.documents, _DOCUMENT))
    return evidence or bool(_reports(workspace)) or _signed(workspace) or _rows(path) > 0


def _signed(workspace: Workspace) -> bool:
    """Whether a checkpoint was signed here; keys that another workspace lends say nothing of this one."""
    return not workspace.keys.is_symlink() and any(workspace.keys.glob("ledger*.key"))


def _reports(workspace: Workspace) -> list[Path]:
    return list(workspace.reports.glob("boussole-*.pdf"))


def _named(folder: Path, form: re.Pattern[str]) -> Iterator[Path]:
    return (path for path in folder.glob("*") if form.fullmatch(path.name))


def _count(folder: Path, form: re.Pattern[str]) -> int:
    return sum(1 for _ in _named(folder, form))


def _rows(path: Path) -> int:
    """How many audits, records and charters a file without entries still holds."""
    if not path.exists() or not path.stat().st_size:
        return 0
    try:
        with closing(_opened(path, "ro")) as connection:
            known = _tables(connection).intersection(_TABLES)
            return sum(connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in known)
    except sqlite3.DatabaseError:
        return 0


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
        f"the ledger is lost: {states[lost.state]}, and {_shown(lost)} that there was one.",
        where=str(workspace.governance),
        next_step=f"{_restore(lost)} Where none is left, start a new one, which says so for ever: `{RESTART}`.",
    )


def _shown(lost: Lost) -> str:
    """What shows that there was a ledger, as the subject of a sentence with its verb."""
    counts = {
        "file(s) of evidence": lost.evidence,
        "kept document(s)": lost.documents,
        "report(s)": lost.reports,
        "audit(s), record(s) and charter(s) without their entry": lost.rows,
    }
    parts = [f"{count} {name}" for name, count in counts.items() if count]
    parts += ["the key that signed a checkpoint (keys/ledger.key)"] if lost.signed else []
    return f"{', '.join(parts)} show" if len(parts) > 1 or not lost.signed else f"{parts[0]} shows"


def _restore(lost: Lost) -> str:
    first = "Restore governance.sqlite from the newest backup"
    if lost.backups:
        first += f" (beside it: {', '.join(lost.backups)})"
    if lost.kept:
        first += f"; it has to fit the kept checkpoint {lost.kept[0]} ({lost.kept[1]} entries)"
    return f"{first}; `boussole verify --ledger --checkpoint` tells whether it does."
