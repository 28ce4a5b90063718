"""The counts by agency and month of the demo, of agencies that have started with the system and of others."""

from __future__ import annotations

import numpy as np
import pandas as pd

from boussole.experiments.demo.places import AGENCIES
from boussole.experiments.demo.planted import PLANTED, PlantedEffects

FIRST, MONTHS = "2025-01", 21
RATE, SPREAD = 0.06, 0.012
"""Returns to work a month, over people, and how far agencies lie apart."""
SEASON, NOISE = 0.006, 0.002
PEOPLE = (600, 2500)


def agency_months(*, rng: np.random.Generator, effects: PlantedEffects = PLANTED) -> pd.DataFrame:
    """One row per agency and month: its start, its people, and how many of them returned to work."""
    started = AGENCIES["started"]
    months = pd.date_range(f"{FIRST}-01", periods=MONTHS, freq="MS")
    size = len(started)
    people = rng.integers(*PEOPLE, size)[:, None] + rng.integers(-20, 21, (size, MONTHS))
    level = np.clip(rng.normal(RATE, SPREAD, size), RATE / 3, None)[:, None]
    season = SEASON * np.sin(2 * np.pi * np.arange(MONTHS) / 12) - 0.0002 * np.arange(MONTHS)
    first = pd.to_datetime(started).dt.to_period("M").dt.to_timestamp()
    since = first.to_numpy()[:, None] <= months.to_numpy()[None, :]
    rate = level + season + rng.normal(0, NOISE, (size, MONTHS)) + effects.returns_added * since
    found = pd.DataFrame(
        {
            "agency": np.repeat(AGENCIES["agency"].to_numpy(), MONTHS),
            "month": np.tile(months.date, size),
            "started": np.repeat(started.to_numpy(), MONTHS),
            "people": people.ravel(),
            "returns": rng.binomial(people, np.clip(rate, 0.001, 1.0)).ravel(),
        }
    )
    return found.sort_values(["agency", "month"], ignore_index=True)
