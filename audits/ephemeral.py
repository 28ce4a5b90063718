"""Audits that leave nothing behind: files are brought into a workspace of their own, which is deleted afterwards."""

from __future__ import annotations

import json
import signal
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import yaml

from boussole.audits import private_files
from boussole.audits.decisions import IngestReport, ingest
from boussole.audits.log_names import LOGS, LogName
from boussole.audits.systems.model import Files, System
from boussole.audits.systems.parts import Windows
from boussole.audits.workspace import SETTINGS_FILE, Settings, Workspace


@dataclass(frozen=True, kw_only=True)
class LogFile:
    """A file to audit: path, log, the name its user knows it by, how it is written, and `added` constant columns."""

    path: str | Path
    log: LogName = "decisions"
    origin: str | None = None
    files: Files | None = None
    added: Mapping[str, str] = field(default_factory=dict)


@contextmanager
def ephemeral(system: System, *, parent: Workspace | None = None) -> Iterator[Workspace]:
    """Yield a private workspace (0700) for one system, deleted at the end, with the settings and keys of a `parent`."""
    with _ended_orderly(), tempfile.TemporaryDirectory(prefix="boussole-audit-") as name:
        home = Path(name)
        Workspace.create(home)
        workspace = Workspace(home, lent_keys=_lent(parent) if parent is not None else None)
        _write_settings(home, parent.settings if parent else Settings())
        file = system.model_dump(mode="json", by_alias=True, exclude_none=True)
        text = yaml.safe_dump(file, allow_unicode=True, sort_keys=False)
        private_files.write(home / "systems" / f"{system.id}.yaml", text)
        yield workspace


def whole_log(system: System, *, home: Path | None = None) -> System:
    """Return the system as one file or run is audited: the whole log at once, without sources and without drift."""
    changes: dict[str, object] = {"windows": Windows(audit="all"), "features": [], "sources": []}
    if system.sensitive is not None:
        path = _rooted(system.sensitive.path, home or Path.cwd())
        changes["sensitive"] = system.sensitive.model_copy(update={"path": path})
    return system.model_copy(update=changes)


def incoming_of(workspace: Workspace) -> Path:
    """An empty folder of a workspace, for files that are fetched before they are brought in."""
    folder = workspace.home / "incoming"
    folder.mkdir(mode=private_files.FOLDER)
    return folder


def bring_in(workspace: Workspace, system: System, files: Sequence[LogFile]) -> list[IngestReport]:
    """Brings files into a workspace, log by log, as any import does; bad rows are in the reports."""
    ordered = sorted(files, key=lambda file: LOGS.index(file.log))
    return [
        ingest(workspace, system, file.path, log=file.log, origin=file.origin, files=file.files, added=file.added)
        for file in ordered
    ]


def _lent(parent: Workspace) -> Path:
    """Return the parent's folder of keys, as a copy of a key is one more place to lose it."""
    return private_files.make_folder(parent.keys)


def _write_settings(home: Path, settings: Settings) -> None:
    told = settings.model_dump(include={"organisation", "language", "memory_limit", "threads"}, exclude_none=True)
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in told.items()]
    private_files.write(home / SETTINGS_FILE, "\n".join(lines) + "\n")


def _rooted(path: str, home: Path) -> str:
    """A path of a system file from the root: `duckdb:PATH?…` keeps its form."""
    prefix = "duckdb:" if path.startswith("duckdb:") else ""
    return f"{prefix}{home / path.removeprefix(prefix)}"


@contextmanager
def _ended_orderly() -> Iterator[None]:
    """A polite order to end (SIGTERM) unwinds like an exit, so that the folder goes too; a set handler stays."""
    main = threading.current_thread() is threading.main_thread()
    if not main or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, _leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _leave(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 (the shape of a handler)
    raise SystemExit(128 + number)
