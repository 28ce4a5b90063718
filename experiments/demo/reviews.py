"""The reviews of the demo: of each list an adviser looks at the first proposals, corrects some, and takes time to read;
but for what is planted."""

from __future__ import annotations

import numpy as np
import pandas as pd

from boussole.experiments.demo.planted import BLIND, CHANGE, PLANTED, PlantedEffects

ADVISERS, MOST = 11, 60
"""How many advisers review lists in an agency, and in the largest: nobody is told of alone."""
LOOKED_AT = 3
"""Proposals of a list that its adviser opens."""
WORDS = (60, 140)
"""Words that a proposal shows, from and to."""
CHANGED, HASTY = 0.12, 0.03
"""Share of lists that are changed, and of reviews that are too short, where nothing is planted."""
COLUMNS = ["decision_id", "kept", "seconds", "reviewed_at", "agent", "agency", "words", "month"]


def lists(posted: pd.DataFrame, *, rng: np.random.Generator, effects: PlantedEffects = PLANTED) -> pd.DataFrame:
    """Who reviews the list of each offer, how fast, and whether something is changed in it."""
    found = posted[["offer_id", "ts", "agency"]].sort_values("ts", kind="stable", ignore_index=True)
    since = (found["ts"] >= pd.Timestamp(CHANGE, tz=found["ts"].dt.tz)).to_numpy()
    count, largest = len(found), (found["agency"] == BLIND).to_numpy()
    adviser = found.groupby("agency").cumcount().to_numpy() % np.where(largest, MOST, ADVISERS)
    blind = largest & effects.blind_agency
    hasty = rng.random(count) < _share(since, effects.hasty_since, HASTY)
    return found.assign(
        agent=[f"{agency}-{each:02}" for agency, each in zip(found["agency"], adviser, strict=True)],
        changed=(rng.random(count) < _share(since, effects.changed_since, CHANGED)) & ~blind,
        pace=np.where(hasty, rng.uniform(500, 1500, count), rng.uniform(80, 280, count)),
        wait=pd.to_timedelta(rng.integers(5, 600, count), unit="min"),
    ).drop(columns="ts")


def reviews(
    log: pd.DataFrame, reviewed: pd.DataFrame, corrected: pd.DataFrame, *, rng: np.random.Generator
) -> pd.DataFrame:
    """The log of what advisers decided, of a log of decisions: of each list its first proposals and those that were
    `corrected`; `month` names the run."""
    columns = ["decision_id", "offer_id", "ts", "contacted"]
    seen = log.loc[log["rank"] <= LOOKED_AT, [*columns, "rank"]].sort_values(["offer_id", "rank"], ignore_index=True)
    proposals = pd.concat([seen.assign(kept=seen["contacted"]), corrected[[*columns, "kept"]]], ignore_index=True)
    proposals = proposals.drop_duplicates("decision_id", keep="last").sort_values("decision_id")
    found = proposals.drop(columns="rank").merge(reviewed, on="offer_id")
    words = rng.integers(*WORDS, len(found))
    return found.assign(
        seconds=(words / found["pace"] * 60).round(1),
        reviewed_at=found["ts"] + found["wait"],
        words=words,
        month=found["ts"].dt.strftime("%Y-%m"),
    )[COLUMNS]


def _share(since: np.ndarray, planted: float | None, usual: float) -> np.ndarray:
    """The share of each list, since the change or before."""
    return np.where(since & (planted is not None), usual if planted is None else planted, usual)
