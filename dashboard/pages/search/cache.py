"""Everything that can be found, kept between two looks."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from boussole.audits.workspace import Workspace
from boussole.dashboard.pages.search.index import Index
from boussole.dashboard.pages.search.pieces import pieces
from boussole.dashboard.runtime.cache import newest
from boussole.dashboard.runtime.stamps import Stamp, house_stamp, stamp
from boussole.dashboard.views import store
from boussole.dashboard.words.speaking import speaker_in


def index(workspace: Workspace, lang: str) -> Index:
    """Everything that can be found, in one language."""
    return _index(workspace.home, stamp(workspace), house_stamp(workspace), store.day_in(workspace), lang)


@newest(4)
def _index(home: Path, seen_at: Stamp, _house: Stamp, today: dt.date, lang: str) -> Index:
    return Index(
        pieces(
            store.scene_at(home, seen_at, today),
            store.chambers(Workspace(home)),
            speaker_in(Workspace(home), lang),
        ),
        lang,
    )
