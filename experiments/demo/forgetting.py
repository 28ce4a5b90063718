"""People whom the tool of the demo passes over, whatever their score: always the same ones, of one age."""

from __future__ import annotations

import numpy as np
import pandas as pd

from boussole.experiments.demo.planted import PLANTED, PlantedEffects

PLACE = ["rank", "shortlisted", "contacted", "replied", "presented", "hired"]
"""What somebody else gets in their place."""
YOUNG = 25
"""The first age that is not passed over."""


def forget(log: pd.DataFrame, *, rng: np.random.Generator, effects: PlantedEffects = PLANTED) -> pd.DataFrame:
    """The decisions with some young people passed over wherever somebody like them can take their place.

    That is somebody under 25 of the same sex in the pool of the same offer who is not on its list and is on others: the
    one who is on most. So every figure by age and sex stays what it was, and only a count by person shows that it is
    always the same ones who are forgotten.
    """
    young = (log["age"] < YOUNG).to_numpy()
    people = np.sort(log.loc[young, "person_id"].unique())
    passed_over = people[rng.random(len(people)) < effects.forgotten_young]
    over, sex = log["person_id"].isin(set(passed_over)).to_numpy(), log["gender"].to_numpy()
    order, listed = np.arange(len(log)), log["shortlisted"].to_numpy().copy()
    often = log.groupby("person_id")["shortlisted"].transform("sum").to_numpy()
    rows_of = log.assign(at=order)[young].groupby("offer_id", sort=False)["at"].agg(list)
    for offer, first in zip(log.loc[over & listed, "offer_id"], order[over & listed], strict=True):
        alike = [at for at in rows_of[offer] if sex[at] == sex[first] and not over[at] and not listed[at] and often[at]]
        if alike:
            other = max(alike, key=lambda at: often[at])
            order[[first, other]], listed[[first, other]] = order[[other, first]], (False, True)
    places = log[PLACE].iloc[order].set_axis(log.index)
    return log.assign(**{name: places[name] for name in PLACE})
