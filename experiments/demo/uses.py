"""The uses of the demo: one for each list that an adviser reviews, for a declared purpose; but for what is planted."""

from __future__ import annotations

import numpy as np
import pandas as pd

from boussole.experiments.demo.planted import CHANGE, PLANTED, PlantedEffects

PURPOSE, TASK = "proposer des candidats", "consulter une liste"
OTHER = "contrôle de la recherche d’emploi"
"""A purpose that nobody declared."""
UNLABELLED = 0.003
"""Share of uses whose purpose nobody wrote down."""
REGIONS = ("Centre-Val de Loire", "Pays de la Loire")
COLUMNS = ["use_id", "used_at", "task", "purpose", "agency", "region", "month"]


def uses(reviews: pd.DataFrame, *, rng: np.random.Generator, effects: PlantedEffects = PLANTED) -> pd.DataFrame:
    """The log of uses, of a log of reviews; `month` names the run."""
    keys = ["agent", "reviewed_at"]
    found = reviews[[*keys, "agency", "month"]].drop_duplicates(keys).sort_values(keys, ignore_index=True)
    purpose = pd.Series([PURPOSE if drawn else None for drawn in rng.random(len(found)) >= UNLABELLED], dtype=object)
    since = np.flatnonzero(found["month"] >= CHANGE.strftime("%Y-%m"))
    purpose[rng.choice(since, min(effects.undeclared_uses, len(since)), replace=False)] = OTHER
    return found.assign(
        use_id=[f"U{number:06}" for number in range(len(found))],
        used_at=found["reviewed_at"],
        task=TASK,
        purpose=purpose,
        region=np.array(REGIONS)[found["agency"].str[1:].astype(int) % len(REGIONS)],
    )[COLUMNS]
