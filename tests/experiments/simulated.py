"""Steps of the demo's simulation put together, for tests."""

from __future__ import annotations

import numpy as np
import pandas as pd

from boussole.experiments.demo.model import swaps
from boussole.experiments.demo.planted import PlantedEffects, lists, reviews


def reviewed(log: pd.DataFrame, effects: PlantedEffects) -> pd.DataFrame:
    """The reviews of a log of decisions."""
    rng = np.random.default_rng(7)
    assigned = lists(log.drop_duplicates("offer_id"), rng=rng, effects=effects)
    changed = set(assigned.loc[assigned["changed"], "offer_id"])
    return reviews(log, assigned, swaps(log, changed, rng=rng, effects=effects), rng=rng)
