"""What has moved in a system month by month: the drift page in print, with the figures of every drawing beside it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from boussole.audits.errors import NoLakeError
from boussole.audits.lake import reading
from boussole.audits.lake.tables import exists, table
from boussole.audits.languages import capital
from boussole.audits.systems.model import System
from boussole.audits.workspace import Workspace
from boussole.charter.document import AuditDocument
from boussole.charter.drift.series_document import MONTHS
from boussole.charter.drift.system_drift import Drift, drift_of
from boussole.charter.text.model import Charter
from boussole.dashboard.report.words import ReportSay
from boussole.dashboard.views.drift.figures import brief
from boussole.dashboard.views.drift.multiples import Multiple
from boussole.dashboard.views.drift.view import Column, DriftPage, DriftQuery, drift_page
from boussole.dashboard.views.scene import Scene
from boussole.dashboard.words.say import speaker

Data = dict[str, Any]
WRITTEN = 6
"""Months whose figures stand beside a drawing; all of those shown are attached."""
DRAWN = 12
"""Columns of a part that are drawn, those that moved first; the others are named with their newest figure."""


def drifts(
    workspace: Workspace, latest: Mapping[str, AuditDocument], charters: Mapping[str, Charter], *, as_of: dt.date
) -> dict[str, Drift]:
    """The months of each audited system whose decisions are here, up to the end of its audit, as read on a day, by the
    charter that judged it."""
    found = {}
    for system_id, document in latest.items():
        system = workspace.systems.get(system_id)
        if system is None or not _has_decisions(workspace, system):
            continue
        end = document.window.end
        charter = charters[system_id]
        seen = drift_of(workspace, system, against="reference", step="month", today=as_of, until=end, charter=charter)
        if any(point.reason is None for point in seen.series.points):
            found[system_id] = seen
    return found


def _has_decisions(workspace: Workspace, system: System) -> bool:
    try:
        with reading(workspace) as connection:
            if not exists(connection, system):
                return False
            return connection.execute(f"SELECT 1 FROM {table(system, 'daily')} LIMIT 1").fetchone() is not None
    except NoLakeError:
        return False


def section(scene: Scene, drift: Drift, tell: ReportSay) -> Data:
    """The section as the template prints it. Incidents are told by their day: not everybody may read more of them."""
    system = drift.series.system.id
    page = drift_page(
        scene,
        drift,
        DriftQuery(system=system),
        speaker(tell.lang),
        query={},
        systems=[],
        fine=False,
        with_incidents=True,
        incident_titles=False,
    )
    columns = page.columns[-MONTHS:]
    return {
        "title": tell("What has moved, month by month"),
        "subtitle": page.subtitle + ".",
        "tone": page.summary.tone,
        "headline": page.summary.headline,
        "more": [text.replace("`", "") for text in page.summary.more],
        "notes": [text for text, _ in page.notes],
        "timeline": _timeline(page, columns, tell),
        "level": page.level,
        "sections": [{"title": title, **_drawings(found, tell)} for _, title, found in page.sections],
        "gaps": _gaps(page, tell),
    }


def _timeline(page: DriftPage, columns: Sequence[Column], tell: ReportSay) -> Data:
    """A row for each part of the system, a column for each month, and what happened, by letters."""
    happened = list(dict.fromkeys(event for column in columns for event in column.events))
    letters = {event: chr(ord("A") + at) if at < 26 else "…" for at, event in enumerate(happened)}
    return {
        "title": tell("From month to month"),
        "header": [tell("What"), *[" ".join(column.short) for column in columns]],
        "rows": [
            {"name": name, "states": [{"verdict": cell.state, "word": cell.text} for cell in cells[-MONTHS:]]}
            for name, cells in page.rows
        ],
        "meanwhile": tell("Meanwhile"),
        "letters": [" ".join(letters[event] for event in column.events) for column in columns],
        "events": [
            [letters[event], tell("{date}: {what}.", date=tell.date(event.on), what=event.said)] for event in happened
        ],
        "words": [
            {"verdict": state, "word": word}
            for state, word in dict.fromkeys((cell.state, cell.text) for _, cells in page.rows for cell in cells)
        ],
    }


def _drawings(found: Sequence[Multiple], tell: ReportSay) -> Data:
    """Those that are drawn, in the order of the page, and the others in one table."""
    moved = [each for each in found if each.state in ("watch", "broken")]
    kept = [*moved, *[each for each in found if each not in moved]][:DRAWN]
    return {
        "drawn": [_drawing(each, tell) for each in found if each in kept],
        "others": {
            "title": tell("Other columns, in the newest period"),
            "header": [tell("Column"), tell("Distance (PSI)"), tell("Reading")],
            "rows": [
                [each.title, _newest(each), {"verdict": each.state, "word": each.badge}]
                for each in found
                if each not in kept
            ],
        },
    }


def _newest(each: Multiple) -> str:
    return each.rows[-1][brief(each.head)[2]]


def _drawing(each: Multiple, tell: ReportSay) -> Data:
    chosen = brief(each.head)
    rows = list(zip(each.rows, each.states, each.words, strict=True))[-WRITTEN:]
    if set(each.states) == {"not_examined"}:  # nothing to draw: the sentence says why
        rows = []
    return {
        "title": each.title,
        "verdict": each.state,
        "word": each.badge,
        "sentence": " ".join([*each.sentences, each.distance]),
        "svg": each.svg,
        "alt": each.alt,
        "ends": list(each.ends),
        "header": [each.head[at] for at in chosen] + [tell("Reading")],
        "rows": [{**_cells([row[at] for at in chosen]), "verdict": state, "word": word} for row, state, word in rows],
    }


def _cells(cells: Sequence[str]) -> Data:
    """A row; of a month without figures, its name and the reason, which stands where the first figure would."""
    without = not any(cells[3:])
    return {"cells": list(cells[:2] if without else cells), "reason": cells[2] if without else None}


def _gaps(page: DriftPage, tell: ReportSay) -> Data | None:
    """Which figures of audits moved for good."""
    if page.gaps is None:
        return None
    return {
        "title": tell("Figures of the audits that moved for good"),
        "told": page.gaps.told,
        "none": "" if page.gaps.moved else tell("None of them moved for good."),
        "header": [tell("Figure"), tell("Before"), tell("Since then"), tell("Moved in"), tell("Reading")],
        "rows": [
            {
                "cells": [each.name, each.before, each.after, capital(each.since)],
                "verdict": each.state,
                "word": each.text,
            }
            for each in page.gaps.moved
        ],
    }
