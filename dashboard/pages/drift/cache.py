"""The page of drift, kept between two looks."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from boussole.audits.workspace import Workspace
from boussole.charter.drift.system_drift import Drift, drift_of, with_versions
from boussole.dashboard.runtime.cache import newest
from boussole.dashboard.runtime.stamps import Stamp, lake_files, stamp, stamp_of
from boussole.dashboard.views import store
from boussole.dashboard.views.drift.query import DriftQuery
from boussole.dashboard.views.drift.view import DriftPage
from boussole.dashboard.views.drift.view import drift_page as drawn
from boussole.dashboard.words.speaking import speaker_in


def drift_page(workspace: Workspace, asked: DriftQuery, lang: str, *, fine: bool, with_incidents: bool) -> DriftPage:
    """How a system has moved, drawn anew when decisions come or an audit is made.

    `fine`: weeks and days may be seen. Raises BoussoleError where it has no decision.
    """
    shadows = sorted((workspace.reports / "shadow").glob("*/*.json"))
    seen_at = (*stamp(workspace), *stamp_of([*lake_files(workspace), *shadows]))
    return _drift_page(workspace.home, seen_at, store.day_in(workspace), (asked, lang, fine, with_incidents))


@newest(8)
def _drift(home: Path, _stamp: Stamp, today: dt.date, asked: DriftQuery) -> Drift:
    """All that is measured of it, the same in every language."""
    workspace = Workspace(home)
    drift = drift_of(workspace, workspace.system(asked.system), against=asked.against, step=asked.by, today=today)
    return with_versions(drift, workspace, today=today)


@newest(400)
def _drift_page(home: Path, _stamp: Stamp, today: dt.date, shown: tuple[DriftQuery, str, bool, bool]) -> DriftPage:
    workspace, (asked, lang, fine, with_incidents) = Workspace(home), shown
    return drawn(
        store.scene(workspace),
        _drift(home, _stamp, today, asked),
        asked,
        speaker_in(workspace, lang),
        query={"lang": lang},
        systems=store.with_decisions(workspace),
        fine=fine,
        with_incidents=with_incidents,
    )
