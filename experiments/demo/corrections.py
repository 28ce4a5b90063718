"""What the advisers of the demo correct: in a list that they change, somebody is taken out and somebody else put in, of
whom they know that they fit; but for what is planted. And what became of those put in, which is known later."""

from __future__ import annotations

import numpy as np
import pandas as pd

from boussole.experiments.demo.market import hiring_odds
from boussole.experiments.demo.planted import CORRECTED, PLANTED, PlantedEffects

SENIOR = 50


def swaps(
    log: pd.DataFrame, lists: pd.Series, *, rng: np.random.Generator, effects: PlantedEffects = PLANTED
) -> pd.DataFrame:
    """Of each list that is changed the proposal of somebody who is taken out (`kept` False), and that of somebody who
    is put in: the one of three drawn who fits best."""
    pool = log[log["offer_id"].isin(set(lists))]
    planted = pool["ts"].dt.strftime("%Y-%m").eq(CORRECTED) & (rng.random(len(pool)) < effects.age_50_taken_out)
    senior = (pool["age"] >= SENIOR) & planted
    order = pool.assign(drawn=rng.random(len(pool)), first=senior, last=senior, odds=_odds(pool, effects))
    out = order[order["contacted"]].sort_values(["offer_id", "first", "drawn"], ascending=[True, False, True])
    out = out.drop_duplicates("offer_id").assign(kept=False)
    others = order[~order["contacted"]].sort_values(["offer_id", "last", "drawn"]).groupby("offer_id").head(3)
    into = others.sort_values(["offer_id", "last", "odds"], ascending=[True, True, False])
    into = into.drop_duplicates("offer_id").assign(kept=True)
    columns = ["decision_id", "offer_id", "ts", "contacted", "kept"]
    return pd.concat([out[columns], into[columns]], ignore_index=True)


def late_outcomes(
    log: pd.DataFrame, reviews: pd.DataFrame, *, rng: np.random.Generator, effects: PlantedEffects = PLANTED
) -> pd.DataFrame:
    """The log of what became of those put in, all of whom get to the employer; `month` names the run."""
    found = reviews.merge(log, on="decision_id", suffixes=("", "_logged"))
    put_in = found[found["kept"] & ~found["contacted"]]
    hired = rng.random(len(put_in)) < 1 / (1 + np.exp(-_odds(put_in, effects)))
    return pd.DataFrame({"decision_id": put_in["decision_id"], "hired": hired, "month": put_in["month"]})


def _odds(frame: pd.DataFrame, effects: PlantedEffects) -> np.ndarray:
    return hiring_odds(frame, against_age=effects.age_50_now, against_part_time=effects.part_time_now)
