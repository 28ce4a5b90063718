"""The accounts of the demo: those of the advisers and a few others, in one export a month; but for what is planted."""

from __future__ import annotations

import numpy as np
import pandas as pd

from boussole.experiments.demo.planted import CHANGE, MONTHS, PLANTED, PlantedEffects

ADVISERS, STEWARDS = 1200, 40
READS, EXPORTS = "read", "read;export"


def accounts(*, rng: np.random.Generator, effects: PlantedEffects = PLANTED) -> pd.DataFrame:
    """The export of each month, with its `month`; what is wrong since the change is planted."""
    number = np.arange(ADVISERS + STEWARDS)
    roles = np.where(number < ADVISERS, "adviser", "steward")
    found = []
    for month in MONTHS:
        day = pd.Period(month, "M").end_time.normalize()
        since = month >= CHANGE.strftime("%Y-%m")
        drawn = rng.permutation(ADVISERS)
        bare = drawn[: effects.without_factor if since else 0]
        needless = drawn[ADVISERS - (effects.needless_rights if since else 0) :]
        export = pd.DataFrame({"account": [f"K{each:05}" for each in number], "exported_on": day, "role": roles})
        export["second_factor"] = np.where(np.isin(number, bare), "no", "yes")
        export["rights"] = np.where((roles == "steward") | np.isin(number, needless), EXPORTS, READS)
        export["last_used"] = day - pd.to_timedelta(rng.integers(0, 60, len(number)), unit="D")
        found.append(export.assign(month=month))
    return pd.concat(found, ignore_index=True)
