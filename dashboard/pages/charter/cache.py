"""The charter beside another version, kept between two looks."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from boussole.audits.workspace import Workspace
from boussole.dashboard.pages.charter.amendment import CharterView, look
from boussole.dashboard.runtime.cache import newest
from boussole.dashboard.runtime.stamps import Stamp, stamp


def charter(workspace: Workspace, against: str, today: dt.date) -> CharterView:
    """The charter as its page sees it, beside another version of it."""
    return _charter(workspace.home, stamp(workspace), against, today)


@newest(8)
def _charter(home: Path, _stamp: Stamp, against: str, today: dt.date) -> CharterView:
    return look(Workspace(home), against=against, today=today)
