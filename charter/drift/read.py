"""How every window of a system stands, theme by theme, with what all months together say of it."""

from __future__ import annotations

from boussole.audits.drift.series import Point
from boussole.charter.drift.readings import GAPS, MEANING, ThemeReading, gap_reading, meaning_reading, readings
from boussole.charter.drift.system_drift import Drift


def read_all(drift: Drift) -> list[dict[str, ThemeReading]]:
    """One for each window of the series, in its order."""

    def read(point: Point) -> dict[str, ThemeReading]:
        own = readings(point, drift.rule)
        gap = gap_reading(point.window, drift.looked, drift.shifts)
        return own | {MEANING: meaning_reading(own[MEANING], point, drift.meant, drift.rule), GAPS: gap}

    return [read(point) for point in drift.series.points]
