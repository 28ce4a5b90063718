"""What is set, where it is set, and what is wrong with it. Everything is looked at, whatever else is broken."""

from __future__ import annotations

import os
import platform
import re
import sqlite3
import stat
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal, TypeVar

from boussole.audits.distribution import own_version
from boussole.audits.errors import BoussoleError
from boussole.audits.privacy import keys
from boussole.audits.runs import code_hash
from boussole.audits.signing.key import verifier_of
from boussole.audits.systems import System
from boussole.audits.systems.loading import faults_in
from boussole.audits.workspace import SETTINGS_FILE, Settings, Workspace
from boussole.charter.records.in_force import in_force
from boussole.charter.text.loading import load_charter
from boussole.charter.text.model import Charter
from boussole.dashboard.alerts.page import AlertFacts, alert_facts

T = TypeVar("T")
Origin = Literal["file", "environment", "absent"]
RINGS = ("pseudonym", "text", "bucket", "access")
"""Secrets of which a page tells how many there are, and the eight digits by which each can be named."""
PACKAGES = ("streamlit", "mlflow", "duckdb", "evidently", "fairlearn", "typst")


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Something that is wrong: what, where, and what to do."""

    what: str
    where: str
    next_step: str


@dataclass(frozen=True, kw_only=True)
class Set:
    """One setting: its value as it may be shown, and where it comes from."""

    key: str
    value: str
    origin: Origin


@dataclass(frozen=True, kw_only=True)
class Ring:
    """The keys of one use: the digits by which each can be named."""

    name: str
    ids: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class SettingsFacts:
    """What is set here. What cannot be read is None, and its fault says why."""

    home: str
    settings: Settings | None
    listed: Sequence[Set]
    systems: Mapping[str, System] | None
    charter: Charter | None
    adopted: bool
    draft_differs: bool
    rings: Sequence[Ring] | None
    ledger_key: str
    versions: Sequence[tuple[str, str]]
    code: str
    faults: Sequence[Fault]
    alerts: AlertFacts | None


def settings_facts(workspace: Workspace) -> SettingsFacts:
    """Looks at a workspace."""
    faults: list[Fault] = []
    settings = _tried(lambda: workspace.settings, faults)
    systems = _tried(lambda: workspace.systems, [])  # what is wrong with each file is told below
    rings = [_ring(workspace.keys, name, faults) for name in RINGS]
    judging = _tried(lambda: in_force(workspace), faults)
    draft = _tried(lambda: load_charter(workspace), faults if judging is None or judging.act else [])
    ledger = _tried(lambda: verifier_of(workspace), faults)
    faults += [_told(fault) for fault in faults_in(workspace.home / "systems")]
    faults += open_to_others(workspace.keys)
    return SettingsFacts(
        home=str(workspace.home),
        settings=settings,
        listed=_listed(workspace, settings) if settings else [],
        systems=systems,
        charter=judging.charter if judging else None,
        adopted=bool(judging and judging.act),
        draft_differs=bool(judging and judging.act and draft and draft.sha256 != judging.charter.sha256),
        rings=None if None in rings else [ring for ring in rings if ring and ring.ids],
        ledger_key=str(ledger) if ledger else "",
        versions=[*_versions(), ("SQLite", sqlite3.sqlite_version), ("Python", platform.python_version())],
        code=code_hash(),
        faults=faults,
        alerts=_tried(lambda: alert_facts(workspace), [] if settings is None or judging is None else faults),
    )


def _tried(look: Callable[[], T], faults: list[Fault]) -> T | None:
    """What a look gives; None, and a fault, where it fails."""
    try:
        return look()
    except BoussoleError as error:
        faults.append(_told(error))
        return None


def _told(error: BoussoleError) -> Fault:
    return Fault(what=error.what, where=error.where or "", next_step=error.next_step or "")


def _ring(folder: Path, name: str, faults: list[Fault]) -> Ring | None:
    found = _tried(lambda: keys.ring(folder, name), faults)
    return None if found is None else Ring(name=name, ids=[keys.key_id(key) for key in found])


def _listed(workspace: Workspace, settings: Settings) -> list[Set]:
    """The plain keys of `boussole.toml`, as they hold."""
    written = tomllib.loads((workspace.home / SETTINGS_FILE).read_text(encoding="utf-8"))
    plain = [name for name in Settings.model_fields if name not in ("access", "alerts", "ledger")]
    return [Set(key=name, value=shown(getattr(settings, name)), origin=_origin(name, written)) for name in plain]


def _origin(name: str, written: Mapping[str, Any]) -> Origin:
    if any(key.upper() == f"BOUSSOLE_{name}".upper() for key in os.environ):
        return "environment"
    return "file" if name in written else "absent"


def shown(value: object) -> str:
    """A value without what is secret in it: the name and password of an address, and what follows its path.

    >>> shown("postgresql://admin:hunter2@db.example:5432/mlflow?sslkey=x"), shown(None), shown("sqlite:///mlflow.db")
    ('postgresql://…@db.example:5432/mlflow', '', 'sqlite:///mlflow.db')
    """
    text = "" if value is None else str(value)
    return re.sub(r"\?.*", "", re.sub(r"//[^/@]*@", "//…@", text)) if "://" in text else text


def _versions() -> Iterator[tuple[str, str]]:
    yield "boussole", own_version()
    for name in PACKAGES:
        yield name, version(name)


def open_to_others(folder: Path) -> Iterator[Fault]:
    """Key files, and their folder, that others than their owner may read."""
    for path in [folder, *sorted(folder.glob("*"))] if folder.is_dir() else []:
        mode = path.stat().st_mode
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield Fault(
                what=f"others than its owner may open {path.name if path == folder else f'{folder.name}/{path.name}'}.",
                where=str(path),
                next_step=f"chmod go= {path}",
            )
