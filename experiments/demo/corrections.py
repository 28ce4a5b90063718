"""What the advisers of the demo correct: in a list that they change, somebody is taken out and somebody else put in, of
whom they know that they fit; but for what is planted. And what became of those put in, which is known later."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from boussole.experiments.demo.market import today_odds
from boussole.experiments.demo.planted import CORRECTED, PLANTED, PlantedEffects

SENIOR = 50


def swaps(
    log: pd.DataFrame, lists: Collection[str], *, rng: np.random.Generator, effects: PlantedEffects = PLANTED
) -> pd.DataFrame:
    """Of each list that is changed the proposal of somebody who is taken out (`kept` False), and that of somebody who
    is put in: the one of three drawn who fits best."""
    pool = log[log["offer_id"].isin(lists)]
    planted = pool["ts"].dt.strftime("%Y-%m").eq(CORRECTED) & (rng.random(len(pool)) < effects.age_50_taken_out)
    senior = (pool["age"] >= SENIOR) & planted
    odds = today_odds(pool, effects)
    order = pool.assign(drawn=rng.random(len(pool)), first=senior, last=senior, odds=odds)
    out = order[order["contacted"]].sort_values(["offer_id", "first", "drawn"], ascending=[True, False, True])
    out = out.drop_duplicates("offer_id").assign(kept=False)
    others = order[~order["contacted"]].sort_values(["offer_id", "last", "drawn"]).groupby("offer_id").head(3)
    into = others.sort_values(["offer_id", "last", "odds"], ascending=[True, True, False])
    into = into.drop_duplicates("offer_id").assign(kept=True)
    columns = [*(["decision_id"] if "decision_id" in log else []), "offer_id", "ts", "contacted", "kept"]
    return pd.concat([out[columns], into[columns]])


def late_outcomes(log: pd.DataFrame, corrected: pd.DataFrame, *, working: Collection[str]) -> pd.DataFrame:
    """What becomes of those put in, all of whom get to the employer; who is `working` already is not hired again."""
    put_in = log.loc[corrected.index[corrected["kept"]], ["person_id", "wanted", "ts"]]
    wanted = (put_in["wanted"] > 0) & ~put_in["person_id"].isin(working)
    hired = wanted & ~put_in["person_id"].where(wanted).duplicated()
    return put_in.assign(hired=hired, month=put_in["ts"].dt.strftime("%Y-%m"))[["person_id", "hired", "month"]]
