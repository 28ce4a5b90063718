"""The uses of the demo: one for each list that an adviser reviews, for a declared purpose, by somebody who was trained;
but for what is planted."""

from __future__ import annotations

import numpy as np
import pandas as pd

from boussole.experiments.demo.places import regions_of
from boussole.experiments.demo.planted import CHANGE, PLANTED, PlantedEffects

PURPOSE, TASK = "proposer des candidats", "consulter une liste"
OTHER = "contrôle de la recherche d’emploi"
"""A purpose that nobody declared."""
UNLABELLED = 0.003
"""Share of uses whose purpose nobody wrote down."""
NEVER = 0.002
"""Share of advisers whom nobody trained."""
TRAINED, AGAIN, TOO_LATE = (pd.Timestamp(day) for day in ("2025-09-29", "2026-08-24", "2026-10-05"))
"""When advisers were trained for the first version, and for the one of the change: before it, or after it."""
COLUMNS = ["use_id", "used_at", "task", "purpose", "excluded", "agent", "agency", "region", "trained_on", "month"]


def uses(reviews: pd.DataFrame, *, rng: np.random.Generator, effects: PlantedEffects = PLANTED) -> pd.DataFrame:
    """The log of uses, of a log of reviews; `month` names the run."""
    keys = ["agent", "reviewed_at"]
    found = reviews[[*keys, "agency", "month"]].drop_duplicates(keys).sort_values(keys, ignore_index=True)
    purpose = pd.Series([PURPOSE if drawn else None for drawn in rng.random(len(found)) >= UNLABELLED], dtype=object)
    since = np.flatnonzero(found["month"] >= CHANGE.strftime("%Y-%m"))
    purpose[rng.choice(since, min(effects.undeclared_uses, len(since)), replace=False)] = OTHER
    excluded = np.zeros(len(found), dtype=bool)
    excluded[rng.spawn(1)[0].choice(since, min(effects.excluded_uses, len(since)), replace=False)] = True
    found["trained_on"] = _trained(found, rng=rng, effects=effects)
    return found.assign(
        use_id=[f"U{number:06}" for number in range(len(found))],
        used_at=found["reviewed_at"],
        task=TASK,
        purpose=purpose,
        excluded=np.where(excluded, "oui", "non"),
        region=regions_of(found["agency"]),
    )[COLUMNS]


def _trained(found: pd.DataFrame, *, rng: np.random.Generator, effects: PlantedEffects) -> pd.Series:
    """When the agent of each use was trained for the version that it used."""
    agents = pd.Index(sorted(found["agent"].unique()))
    drawn = pd.Series(rng.random(len(agents)), index=agents).reindex(found["agent"]).to_numpy()
    since = (found["month"] >= CHANGE.strftime("%Y-%m")).to_numpy()
    late = since & (drawn > 1 - effects.untrained_since)
    trained = pd.Series(TRAINED, index=found.index).mask(since, AGAIN).mask(late, TOO_LATE)
    return trained.mask(drawn < NEVER)
