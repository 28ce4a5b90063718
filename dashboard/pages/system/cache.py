"""The page of an audited system, kept between two looks."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from boussole.audits.workspace import Workspace
from boussole.dashboard.runtime.cache import newest
from boussole.dashboard.runtime.stamps import Stamp, stamp
from boussole.dashboard.views import store
from boussole.dashboard.views.system.view import SystemPage
from boussole.dashboard.views.system.view import system_page as drawn
from boussole.dashboard.words.say import speaker


def system_page(workspace: Workspace, system: str, lang: str) -> SystemPage:
    """The page of an audited system."""
    return _system_page(workspace.home, stamp(workspace), store.day_in(workspace), system, lang)


@newest(400)
def _system_page(home: Path, seen_at: Stamp, today: dt.date, system: str, lang: str) -> SystemPage:
    return drawn(store.scene_at(home, seen_at, today), system, speaker(lang), query={"lang": lang})
