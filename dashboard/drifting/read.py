"""How every window of a system stands, theme by theme, with what all months together say of it."""

from __future__ import annotations

from audits.drift.series import Point
from charter.model import Charter
from dashboard.drifting.gaps import gap_reading
from dashboard.drifting.look import Drift
from dashboard.drifting.readings import GAPS, MEANING, Reading, levels, meaning_reading, readings
from dashboard.words import Say


def read_all(drift: Drift, charter: Charter, say: Say) -> list[dict[str, Reading]]:
    """One for each window of the series, in its order."""
    level = levels(charter, drift.series.system)

    def read(point: Point) -> dict[str, Reading]:
        own = readings(point, level)
        gap = gap_reading(point.window, drift.looked, drift.shifts, drift.series, say)
        return own | {MEANING: meaning_reading(own[MEANING], point, drift.meant), GAPS: gap}

    return [read(point) for point in drift.series.points]
