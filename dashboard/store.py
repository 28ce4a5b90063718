"""What pages read, kept between two looks: drawing a page again costs seconds, and audits change a few times a day."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from audits.languages import LANGUAGES
from audits.workspace import SETTINGS_FILE, Workspace
from dashboard.scene import Scene, load
from dashboard.system_view import SystemPage
from dashboard.system_view import system_page as drawn
from dashboard.words import speaker

Stamp = tuple[tuple[str, int, int], ...]


def scene(workspace: Workspace) -> Scene:
    """The workspace as pages see it, read anew when one of its files has changed."""
    return _scene(workspace.home, stamp(workspace))


def system_page(workspace: Workspace, system: str, lang: str) -> SystemPage:
    """The page of an audited system."""
    return _system_page(workspace.home, stamp(workspace), system, lang)


def warm(workspace: Workspace) -> None:
    """Draw every page ahead, in both languages, so that nobody waits for the first look."""
    for system in scene(workspace).latest:
        for lang in LANGUAGES:
            system_page(workspace, system, lang)


def stamp(workspace: Workspace) -> Stamp:
    """Name, time and size of every file that pages depend on."""
    home = workspace.home
    watched = [home / SETTINGS_FILE, workspace.governance, home / f"{workspace.governance.name}-wal"]
    watched += sorted([*home.glob("systems/*"), *home.glob("charter/*")])
    return tuple((str(path), found.st_mtime_ns, found.st_size) for path in watched if (found := _stat(path)))


def _stat(path: Path) -> os.stat_result | None:
    return path.stat() if path.exists() else None


@lru_cache(maxsize=4)
def _scene(home: Path, _stamp: Stamp) -> Scene:
    return load(Workspace(home))


@lru_cache(maxsize=64)
def _system_page(home: Path, seen_at: Stamp, system: str, lang: str) -> SystemPage:
    return drawn(_scene(home, seen_at), system, speaker(lang))
