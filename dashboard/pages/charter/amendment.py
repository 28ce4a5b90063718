"""What another version of the charter would change: its differences, and which past verdicts would be others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from boussole.audits.errors import CharterError
from boussole.audits.systems import System
from boussole.audits.workspace import Workspace
from boussole.charter.amending.changes import CharterChange
from boussole.charter.amending.diff import diff
from boussole.charter.auditing.replay import Replay, replay
from boussole.charter.records.in_force import InForce, Version, draft, in_force, kept_charter, versions
from boussole.charter.text.model import Charter
from boussole.dashboard.server.cache import Stamp, newest, stamp

MONTHS = 12
"""How many months of stored audits a page judges again."""


@dataclass(frozen=True, kw_only=True)
class Amendment:
    """Another version beside the one in force. `drafted`: it is the text of the workspace, which nobody adopted."""

    charter: Charter
    drafted: bool
    changes: tuple[CharterChange, ...]
    replay: Replay
    since: dt.date


@dataclass(frozen=True, kw_only=True)
class CharterView:
    """The charter as its page sees it. `fault`: why the text of the workspace cannot be used; nothing of it judges."""

    judging: InForce
    versions: tuple[Version, ...]
    amendment: Amendment | None
    fault: str
    systems: Mapping[str, System]


def look(workspace: Workspace, *, against: str, today: dt.date) -> CharterView:
    """The charter in force, and what a kept version (`against`: its hash), else the draft, would change."""
    judging, kept, fault = in_force(workspace), tuple(versions(workspace)), ""
    other: Charter | None = None
    try:
        known = next((each for each in kept if against and each.sha256.startswith(against)), None)
        other = kept_charter(workspace, known.sha256) if known else draft(workspace)
    except CharterError as error:
        fault = error.what
    changed = other if other is not None and other.document() != judging.charter.document() else None
    return CharterView(
        judging=judging,
        versions=kept,
        amendment=amend(workspace, judging, changed, drafted=known is None, today=today) if changed else None,
        fault=fault,
        systems=workspace.deciding,
    )


def amend(workspace: Workspace, judging: InForce, other: Charter, *, drafted: bool, today: dt.date) -> Amendment:
    """What a version would change, in its text and over the audits of the last twelve months."""
    since = today - dt.timedelta(days=round(MONTHS * 30.44))
    return Amendment(
        charter=other,
        drafted=drafted,
        changes=tuple(diff(judging.charter, other)),
        replay=replay(workspace, other, since=since),
        since=since,
    )


def charter(workspace: Workspace, against: str, today: dt.date) -> CharterView:
    """The charter as its page sees it, beside another version of it."""
    return _charter(workspace.home, stamp(workspace), against, today)


@newest(8)
def _charter(home: Path, _stamp: Stamp, against: str, today: dt.date) -> CharterView:
    return look(Workspace(home), against=against, today=today)
