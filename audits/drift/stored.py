"""Where reports on drift are kept: `reports/drift/SYSTEM/WINDOW_vs_WINDOW.html` and `.json`, for their owner only."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from boussole.audits import private_files
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace

_DAYS = r"(\d{4}-\d{2}-\d{2})"
_NAME = re.compile(f"{_DAYS}_{_DAYS}_vs_{_DAYS}_{_DAYS}")
_HASH = re.compile(r"sha256-[A-Za-z0-9+/]{43}=")
SCRIPTS = "scripts"
"""Where the JSON of a report names the scripts of its page."""
_SYSTEM = re.compile(r"[a-z][a-z0-9_]{0,47}")


@dataclass(frozen=True, kw_only=True)
class StoredReport:
    """A stored report on two windows: the files of its page and of its JSON."""

    system: str
    window: Window
    against: Window
    html: Path

    @property
    def name(self) -> str:
        """The name under which the report is kept."""
        return self.html.stem

    @property
    def json(self) -> Path:
        return self.html.with_suffix(".json")


def name_of(window: Window, against: Window) -> str:
    """Return the name of a report on two windows."""
    return f"{window.start}_{window.end}_vs_{against.start}_{against.end}"


def place_of(workspace: Workspace, system: str, window: Window, against: Window) -> StoredReport:
    """Where the report on two windows is kept, whether it is there or not."""
    folder = _folder(workspace.home) / system
    return StoredReport(system=system, window=window, against=against, html=folder / f"{name_of(window, against)}.html")


def windows_of(name: str) -> tuple[Window, Window] | None:
    """The two windows that a name is made of; None for any other name."""
    found = _NAME.fullmatch(name)
    try:
        days = [dt.date.fromisoformat(day) for day in found.groups()] if found else []
    except ValueError:
        return None
    return (Window(*days[:2]), Window(*days[2:])) if days else None


def stored(home: Path, system: str, name: str) -> StoredReport | None:
    """A report by its name; None for any other name, and where there is none."""
    windows = windows_of(name)
    if windows is None or not _SYSTEM.fullmatch(system):
        return None
    path = _folder(home) / system / f"{name}.html"
    return StoredReport(system=system, window=windows[0], against=windows[1], html=path) if path.is_file() else None


def newest(home: Path, system: str) -> StoredReport | None:
    """The report on the window that ended last; of several, the one made last."""
    folder = _folder(home) / system
    if not _SYSTEM.fullmatch(system) or not folder.is_dir():
        return None
    found = [each for path in folder.glob("*.html") if (each := stored(home, system, path.stem))]
    return max(found, key=lambda each: (each.window.end, each.html.stat().st_mtime_ns), default=None)


def write(place: StoredReport, *, html: str, document: str) -> None:
    """Writes both files of a report; one who reads meanwhile reads the old one or the new one, whole."""
    for path, text in ((place.json, document), (place.html, html)):
        private_files.write(path, text)


def forget(workspace: Workspace, system: str) -> None:
    """Removes all reports of a system: they were made from samples of rows that are gone."""
    shutil.rmtree(_folder(workspace.home) / system, ignore_errors=True)


def scripts_of(report: StoredReport) -> list[str]:
    """The hashes of the scripts that its page had when it was made; none where its JSON does not say."""
    try:
        found = json.loads(report.json.read_text(encoding="utf-8"))[SCRIPTS]
    except (OSError, ValueError, KeyError):
        return []
    return [each for each in found if isinstance(each, str) and _HASH.fullmatch(each)]


def sha256_of(text: str) -> str:
    """The hash of a file's content."""
    return hashlib.sha256(text.encode()).hexdigest()


def _folder(home: Path) -> Path:
    return home / "reports" / "drift"
