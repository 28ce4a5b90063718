"""What the demo plants and what it does not: the constants of the simulation, and the facts an audit should find."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

SEED = 20260925
PEOPLE = 20_000
MONTHS = ("2026-07", "2026-08", "2026-09")
FIRST_DAY, LAST_DAY = dt.date(2026, 7, 1), dt.date(2026, 9, 30)
CHANGE = dt.date(2026, 9, 1)
"""The day on which version 2.0 replaces 1.4 and the search radius grows."""


@dataclass(frozen=True, kw_only=True)
class Planted:
    """Every bias and shift of the simulation, in one place; log-odds unless said otherwise."""

    age_50_hired: float = -0.65
    """Past employers hired people of 50 and over less: both versions learn it through experience_years."""
    part_time_hired: float = -1.6
    """Past employers hired people with part-time pasts less (per share of 1): only version 2.0 sees that feature."""
    women_part_time: float = 0.42
    men_part_time: float = 0.12
    """Share of people with a part-time past: this is how version 2.0 reaches women."""
    radius_km: tuple[float, float] = (14.0, 18.8)
    """Mean distance between person and offer, before and after the change."""


PLANTED = Planted()


def facts(*, seed: int, people: int) -> dict[str, Any]:
    """The planted truth as JSON: effects with their mechanism, what was left alone, expected verdicts by month."""
    return {
        "schema": "boussole.demo/1",
        "seed": seed,
        "people": people,
        "system": "matchft",
        "months": list(MONTHS),
        "effects": _effects(),
        "intersections": _intersections(),
        "not_planted": [
            "gender in July and August: version 1.4 sees nothing that separates women from men",
            "age below 25 against 25-49: hiring history treats them alike",
            "qpv: no feature, no hiring history and no selection depends on it",
            "precision: hiring after contact depends on skills and distance only; people of 50 and over face a higher "
            "bar to be contacted, so those contacted are hired a little more often, not less",
        ],
        "drift": {
            "reference": MONTHS[0],
            "distance_km": {"2026-08": "none", "2026-09": "shifted", "psi_between": [0.12, 0.24]},
            "experience_years": {"2026-08": "none", "2026-09": "none"},
            "skills_match": {"2026-08": "none", "2026-09": "none"},
            "score": {"2026-08": "none", "2026-09": "moves a little with distance and version, below 0.1"},
        },
        "expected_verdicts": _expected(),
    }


def _effects() -> list[dict[str, Any]]:
    return [
        {
            "id": "age_50",
            "attribute": "age",
            "group": "50+",
            "against": "25-49",
            "months": list(MONTHS),
            "ratio_between": [0.62, 0.75],
            "mechanism": "past hires disfavour people of 50 and over; the model has no age but learns a penalty on "
            "long experience",
        },
        {
            "id": "women_version_2",
            "attribute": "gender",
            "group": "F",
            "against": "M",
            "months": [MONTHS[2]],
            "ratio_between": [0.84, 0.91],
            "mechanism": "version 2.0 adds part_time_share, which past hires disfavour and which women have more often",
        },
    ]


def _intersections() -> dict[str, Any]:
    """Cells of gender and age inherit the two effects, multiplied; nothing is planted on a cell itself."""
    young, middle, senior = "<25", "25-49", "50+"
    return {
        "attribute": ["gender", "age"],
        "against": {"gender": "M", "age": middle},
        "low_in_all_months": [{"gender": "F", "age": senior}, {"gender": "M", "age": senior}],
        "low_in_september_only": [{"gender": "F", "age": young}, {"gender": "F", "age": middle}],
        "never_low": [{"gender": "M", "age": young}],
    }


def _expected() -> dict[str, dict[str, str]]:
    constant = {"age": "broken", "gender_age": "broken", "qpv": "kept"}
    return {month: {"gender": "watch" if month == MONTHS[2] else "kept", **constant} for month in MONTHS}
