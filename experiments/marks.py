"""What a sync remembers of each source to save work, in a JSON file beside the lake and lost with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from filelock import FileLock

from boussole.audits import private_files
from boussole.audits.errors import LakeError
from boussole.audits.workspace import Workspace

MARGIN = 30 * 24 * 3600 * 1000
"""Milliseconds before the last sync from which runs are looked at again: artifacts can be added to finished runs."""
VERSION = 2


@dataclass(frozen=True, kw_only=True)
class SyncMark:
    """What a sync remembers of one source; moments are milliseconds since 1970.

    `store` tells one experiment from another of the same name; all its runs were looked for at `whole`. `runs` are
    those that this store has shown, each as [listed, files, start, end, artifacts, signature, tagged]; `unread` are
    those of which something could not be used yet.
    """

    system: str
    source: str
    last_attempt: int | None = None
    last_success: int | None = None
    last_new: int | None = None
    since: int | None = None
    whole: int | None = None
    traces_since: int | None = None
    store: str | None = None
    failure: str | None = None
    runs: dict[str, list[Any]] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)


def key_of(system: str, source: str) -> str:
    return f"{system} {source}"


def _path(workspace: Workspace) -> Path:
    return workspace.lake / "sync.json"


def read_marks(workspace: Workspace) -> dict[str, SyncMark]:
    """The marks by key; empty when nothing was ever synced. Raises LakeError when they cannot be read."""
    path = _path(workspace)
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        if held["version"] != VERSION:
            raise _unreadable(path)
        return {key_of(mark["system"], mark["source"]): SyncMark(**mark) for mark in held["sources"]}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _unreadable(path) from error


def _unreadable(path: Path) -> LakeError:
    return LakeError(
        "what the last syncs noted of the sources cannot be read.",
        where=str(path),
        next_step="Run `boussole sync`: it looks at every source again, and notes it anew.",
    )


def _usable(workspace: Workspace) -> dict[str, SyncMark]:
    """The marks for a sync, which begins anew where they cannot be read: they only save work."""
    try:
        return read_marks(workspace)
    except LakeError:
        return {}


def read_mark(workspace: Workspace, system: str, source: str) -> SyncMark:
    """The mark of one source for a sync; a blank one when it was never read."""
    return _usable(workspace).get(key_of(system, source), SyncMark(system=system, source=source))


def update_mark(workspace: Workspace, system: str, source: str, change: Callable[[SyncMark], SyncMark]) -> None:
    """Changes the mark of one source; two processes that change different sources do not undo each other."""
    path = _path(workspace)
    private_files.make_folder(path.parent)
    with FileLock(path.with_suffix(".lock"), mode=private_files.FILE):
        marks = _usable(workspace)
        key = key_of(system, source)
        marks[key] = change(marks.get(key, SyncMark(system=system, source=source)))
        held = {"version": VERSION, "sources": [vars(marks[name]) for name in sorted(marks)]}
        try:
            private_files.write(path, json.dumps(held, separators=(",", ":")))
        except OSError as error:
            raise LakeError(
                f"how far the sync has come cannot be noted: {(error.strerror or str(error)).lower()}.",
                where=str(path),
                next_step="Make room, then run the sync again.",
            ) from error


def attempted(workspace: Workspace, system: str, source: str, *, now: int) -> None:
    """Notes that a source is being read."""
    update_mark(workspace, system, source, lambda mark: replace(mark, last_attempt=now))


def failed(workspace: Workspace, system: str, source: str, why: str) -> None:
    """Notes that a source could not be read at all."""
    update_mark(workspace, system, source, lambda mark: replace(mark, failure=why))
