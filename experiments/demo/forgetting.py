"""People whom the tool of the demo passes over, whatever their score: always the same ones, of one age; and people whom
it puts last of those contacted."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from boussole.experiments.demo.planted import PLANTED, PlantedEffects

PLACE = ["rank", "shortlisted", "contacted"]
"""What somebody else gets in their place."""
YOUNG = 25
"""The first age that is not passed over."""


FEW = 2
"""On at most so many lists would they be who are passed over."""


def passed_over(
    seekers: pd.DataFrame, *, often: Mapping[str, int], rng: np.random.Generator, effects: PlantedEffects = PLANTED
) -> frozenset[str]:
    """Who is passed over, of those who would be on one list or two; `often`: on how many each person would be."""
    young = seekers.loc[seekers["age"] < YOUNG, "person_id"].to_numpy()
    few = np.array([1 <= often.get(each, 0) <= FEW for each in young], dtype=bool)
    return frozenset(young[few & (rng.random(len(young)) < effects.forgotten_young)])


def forget(log: pd.DataFrame, *, over: frozenset[str], often: Mapping[str, int]) -> pd.DataFrame:
    """The decisions with the young people of `over` passed over wherever somebody like them can take their place.

    That is somebody under 25 in the pool of the same offer, of the same sex if there is one, who is not on its list and
    is on others: the one who is on most, by how `often` each person is. So every figure by age stays what it was, those
    by sex nearly, and only a count by person shows that it is always the same ones who are forgotten.
    """
    young, forgotten = (log["age"] < YOUNG).to_numpy(), log["person_id"].isin(over).to_numpy()
    sex, times = log["gender"].to_numpy(), log["person_id"].map(often).fillna(0).to_numpy()
    order, listed = np.arange(len(log)), log["shortlisted"].to_numpy().copy()
    rows_of = log.assign(at=order)[young].groupby("offer_id", sort=False)["at"].agg(list)
    hit = forgotten & listed
    for offer, first in zip(log.loc[hit, "offer_id"], order[hit], strict=True):
        alike = [at for at in rows_of[offer] if not forgotten[at] and not listed[at] and times[at]]
        if alike:
            other = max(alike, key=lambda at: (sex[at] == sex[first], times[at]))
            order[[first, other]], listed[[first, other]] = order[[other, first]], (False, True)
    places = log[PLACE].iloc[order].set_axis(log.index)
    return log.assign(**{name: places[name] for name in PLACE})


def lowered(log: pd.DataFrame, *, rng: np.random.Generator, effects: PlantedEffects = PLANTED) -> pd.DataFrame:
    """The decisions with people of a priority neighbourhood last of those contacted, since the change, so that as many
    of them are contacted, and fewer are looked at: nothing that counts decisions shows it."""
    contacted = log["contacted"]
    chosen = contacted & log["after_change"] & log["qpv"].eq("yes") & (rng.random(len(log)) < effects.qpv_lower)
    place = (log["rank"] + len(log) * chosen)[contacted]
    ranks = place.groupby(log.loc[contacted, "offer_id"]).rank(method="first").astype("int64")
    return log.assign(rank=ranks.reindex(log.index).fillna(log["rank"]).astype("int64"))
