"""What a machine refuses, in plain words, whichever library ran into it: one message that says what to do next."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from boussole.audits.errors import BoussoleError, from_database, reason_of

AGAIN = "then run the command again."


@dataclass(frozen=True, kw_only=True)
class FaultKind:
    """A kind of fault: its message, the next step, and how it is recognised; `machine`: a state of the machine."""

    what: str
    next_step: str
    codes: tuple[int, ...] = ()
    sqlite: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    machine: bool = False


FULL = FaultKind(
    what="the disk is full: what was being written is not there.",
    next_step=f"Make room, {AGAIN}",
    codes=(errno.ENOSPC, errno.EDQUOT, errno.EFBIG),
    sqlite=("SQLITE_FULL",),
    signs=("No space left on device", "disk is full", "File too large", "Disk quota exceeded"),
    machine=True,
)
FILES = FaultKind(
    what="too many files are open.",
    next_step=f"Allow more (`ulimit -n 4096`), or end other programs, {AGAIN}",
    codes=(errno.EMFILE, errno.ENFILE),
    signs=("Too many open files",),
    machine=True,
)
MEMORY = FaultKind(
    what="the memory that may be used is too small for this.",
    next_step=f"Set a larger `memory_limit` in boussole.toml, or end other programs, {AGAIN}",
    codes=(errno.ENOMEM,),
    sqlite=("SQLITE_NOMEM",),
    signs=("Out of Memory Error", "could not allocate block", "Allocation failure", "Cannot allocate memory"),
    machine=True,
)
READ_ONLY = FaultKind(
    what="this place can only be read.",
    next_step=f"Mount the disk for writing, or give another place, {AGAIN}",
    codes=(errno.EROFS,),
    sqlite=("SQLITE_READONLY",),
    signs=("Read-only file system", "attempt to write a readonly database"),
    machine=True,
)
LOCKED = FaultKind(
    what="another process has been holding a database for too long.",
    next_step=f"Wait for it to end, {AGAIN}",
    sqlite=("SQLITE_BUSY", "SQLITE_LOCKED"),
    signs=("database is locked", "database table is locked", "Could not set lock on file"),
    machine=True,
)
DENIED = FaultKind(
    what="this account may not open or write it.",
    next_step=f"Ask its owner, or run the command as the owner of the workspace (`boussole doctor` looks), {AGAIN}",
    codes=(errno.EACCES, errno.EPERM),
    sqlite=("SQLITE_PERM", "SQLITE_AUTH"),
    signs=("Permission denied", "Operation not permitted"),
    machine=True,
)
CLOSED_UP = FaultKind(
    what="a database cannot be opened.",
    next_step=f"See that its folder is there, that this account may write to it and that the disk has room, {AGAIN}",
    sqlite=("SQLITE_CANTOPEN",),
    signs=("unable to open database file",),
    machine=True,
)
FAILING = FaultKind(
    what="the disk is failing, or is full.",
    next_step=f"Check the disk (`boussole doctor` looks at its room), {AGAIN}",
    codes=(errno.EIO,),
    sqlite=("SQLITE_IOERR", "SQLITE_PROTOCOL"),
    signs=("disk I/O error", "Input/output error"),
    machine=True,
)
DAMAGED = FaultKind(
    what="a database is damaged, or is none.",
    next_step="Find out which with `boussole doctor`, and restore it from a backup.",
    sqlite=("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_FORMAT"),
    signs=("database disk image is malformed", "file is not a database", "file is encrypted or is not a database"),
)
GONE = FaultKind(
    what="a file or folder is missing.",
    next_step=f"Put it back, or check the path, {AGAIN}",
    codes=(errno.ENOENT, errno.ENOTDIR, errno.ESTALE),
)
SILENT = FaultKind(
    what="a server does not answer.",
    next_step=f"Check its address and the network, {AGAIN}",
    codes=(errno.ECONNREFUSED, errno.ECONNRESET, errno.ETIMEDOUT, errno.EHOSTUNREACH, errno.ENETUNREACH),
    signs=("API request to", "Max retries exceeded", "Connection refused", "Name or service not known"),
)
CLOSED = FaultKind(
    what="whoever read the output has closed it.",
    next_step="Write it to a file, or let the other program read to the end.",
    codes=(errno.EPIPE,),
)
KINDS = (FULL, FILES, MEMORY, READ_ONLY, LOCKED, DENIED, CLOSED_UP, FAILING, DAMAGED, GONE, CLOSED, SILENT)
"""In the order in which they are looked for: what is certain first."""
UNREADABLE = {
    "JSONDecodeError": "JSON",
    "TOMLDecodeError": "TOML",
    "UnicodeDecodeError": "UTF-8 text",
    "BadZipFile": "a zip archive",
    "BadGzipFile": "a gzip file",
    "ArrowInvalid": "what its name says",
    "ArrowTypeError": "what its name says",
}
"""By the name of the error: what a file is not. Only the kind is told, as their words can quote it."""


class MachineError(BoussoleError):
    """What the machine refused: a full disk, a lock, a missing right."""


def foreseen(error: BaseException, *, where: str = "") -> BoussoleError | None:
    """Describe a fault in plain words; None for an unforeseen one, and for an error that describes itself best."""
    found = kind_of(error)
    ours = error if isinstance(error, BoussoleError) else None
    if ours is not None and (found is None or _knows_better(ours, found[0])):
        return None
    if found is not None:
        kind, cause = found
        place = where or (ours.where if ours else "") or _place(cause)
        return MachineError(kind.what, where=place, next_step=kind.next_step)
    return _otherwise(error)


def _knows_better(ours: BoussoleError, kind: FaultKind) -> bool:
    """Whether an error of ours says more: of a place that may not be written to it says which other one would do."""
    advised = "backup" not in ours.next_step and kind is DENIED
    return isinstance(ours, MachineError) or not kind.machine or advised


def kind_of(error: BaseException) -> tuple[FaultKind, BaseException] | None:
    """The kind of fault that lies behind an error, and which of its causes said so."""
    chain = list(_chain(error))
    return next(((kind, cause) for kind in KINDS for cause in chain if _is(cause, kind)), None)


def _is(error: BaseException, kind: FaultKind) -> bool:
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno in kind.codes
    if kind is MEMORY and (isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryException"):
        return True
    if isinstance(error, sqlite3.Error):
        name = getattr(error, "sqlite_errorname", None) or ""
        return name.startswith(kind.sqlite) if kind.sqlite and name else _says(error, kind)
    if isinstance(error, BoussoleError) or not (from_database(error) or _of_a_store(error)):
        return False
    return _says(error, kind)


def _of_a_store(error: BaseException) -> bool:
    """Whether MLflow, its database or its connection raised it."""
    return type(error).__module__.partition(".")[0] in (
        "mlflow",
        "sqlalchemy",
        "requests",
        "urllib3",
        "httpx",
        "pyarrow",
    )


def _says(error: BaseException, kind: FaultKind) -> bool:
    return any(sign in str(error) for sign in kind.signs)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error and what led to it, once each."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        found = waiting.pop(0)
        if found is None or id(found) in seen:
            continue
        seen.add(id(found))
        yield found
        waiting += [getattr(found, "orig", None), found.__cause__]
        waiting += [] if found.__suppress_context__ else [found.__context__]
        waiting += found.exceptions if isinstance(found, BaseExceptionGroup) else []


def _place(error: BaseException) -> str:
    return os.fsdecode(error.filename) if isinstance(error, OSError) and isinstance(error.filename, str | bytes) else ""


def _otherwise(error: BaseException) -> BoussoleError | None:
    """Faults that no kind names: of the system, of a database, of a file that is not what its name says."""
    for cause in _chain(error):
        name = type(cause).__name__
        if isinstance(cause, OSError):
            reason = cause.strerror or name
            return MachineError(
                f"the system refused: {reason}.", where=_place(cause), next_step="Give --debug to see where."
            )
        if isinstance(cause, ValidationError):
            told = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in _problems(cause))
            return BoussoleError(f"a value has not the form that it must have: {told}.", next_step="Give another one.")
        if name in UNREADABLE or "yaml" in type(cause).__module__:
            what = UNREADABLE.get(name, "YAML")
            return MachineError(
                f"a file is not {what}.", next_step="Give --debug to see which, then mend or restore it."
            )
        if isinstance(cause, Exception) and (
            from_database(cause) or isinstance(cause, sqlite3.Error) or _of_a_store(cause)
        ):
            return MachineError(_stopped(cause), next_step="Give --debug to see where.")
    return None


def _problems(error: ValidationError) -> list[Any]:
    return error.errors(include_url=False, include_context=False, include_input=False)


def _stopped(error: Exception) -> str:
    """Describe only the kind of an error whose words can quote a row, or the password of an address."""
    if from_database(error):
        return f"the database stopped: {reason_of(error)}."
    of = type(error).__module__.partition(".")[0]
    return f"{'the records' if of in ('sqlite3', 'sqlalchemy') else of} refused: {type(error).__name__}."
