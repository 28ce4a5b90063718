"""What is wrong with settings, system files, charter and keys, and sources that everybody reads."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

from boussole.audits.workspace import Workspace
from boussole.dashboard.alerts.problems import caution_words
from boussole.dashboard.alerts.words import teller
from boussole.dashboard.cli.doctor.row import Finding
from boussole.dashboard.pages.settings.facts import open_to_others, settings_facts


def settings(workspace: Workspace) -> Iterator[Finding]:
    """What the page of settings would show, but modes, which are looked at as a whole."""
    modes, facts, tell = list(open_to_others(workspace.keys)), settings_facts(workspace), teller("en")
    for fault in facts.faults:
        if fault not in modes:
            yield f"{fault.where}: {fault.what}", fault.next_step or "Mend it."
    for way in facts.alerts.ways if facts.alerts else ():
        for caution in way.cautions:
            yield f"[alerts.channels.{way.channel.name}]: {caution_words(caution, tell)}", "See docs/alerts.md."


def sources(workspace: Workspace) -> Iterator[Finding]:
    """Files that system files name, and that everybody on the machine may read."""
    for path in sorted(set(_named(workspace))):
        if path.is_file() and path.stat().st_mode & stat.S_IROTH and not _behind(path):
            yield f"everybody on this machine may read {path}, which a system file names.", f"chmod o= {path}"


def _named(workspace: Workspace) -> Iterator[Path]:
    for system in workspace.systems.values():
        named = [system.sensitive.path] if system.sensitive else []
        named += [source.duckdb.path for source in system.sources if source.duckdb is not None]
        for text in named:
            yield workspace.home / text.removeprefix("duckdb:").partition("?")[0]


def _behind(path: Path) -> bool:
    """Whether a folder above keeps everybody out."""
    return any(not above.stat().st_mode & stat.S_IXOTH for above in path.resolve().parents)
