"""The page of a system as data: its questions, its models, and what its team declares."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.words import speaker_in
from boussole.dashboard.server.process import Stamp, newest, stamp
from boussole.dashboard.views import store
from boussole.dashboard.views.system import SystemHead, system_head
from boussole.dashboard.views.system_tables import Matrix, matrix


@dataclass(frozen=True, kw_only=True)
class SystemScreen:
    """What a system is, and all of its questions."""

    head: SystemHead
    matrix: Matrix


def system_page(workspace: Workspace, system: str, lang: str) -> SystemScreen:
    """The page of an audited system."""
    return _system_page(workspace.home, stamp(workspace), store.day_in(workspace), system, lang)


@newest(400)
def _system_page(home: Path, seen_at: Stamp, today: dt.date, system: str, lang: str) -> SystemScreen:
    scene, say = store.scene_at(home, seen_at, today), speaker_in(Workspace(home), lang)
    return SystemScreen(head=system_head(scene, system, say), matrix=matrix(scene, system, say, query={"lang": lang}))
