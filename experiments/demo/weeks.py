"""The offers of the demo week by week: who has found work is assessed for no offer of a later week."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from boussole.experiments.demo.corrections import late_outcomes, swaps
from boussole.experiments.demo.forgetting import forget, lowered
from boussole.experiments.demo.market import PARIS, POOL, outcomes
from boussole.experiments.demo.model import decide
from boussole.experiments.demo.planted import PLANTED, PlantedEffects


@dataclass(frozen=True, kw_only=True)
class Decided:
    """What the tool decided, what advisers corrected in it, and what became of those whom they put in."""

    log: pd.DataFrame
    corrected: pd.DataFrame
    late: pd.DataFrame


def week_of(moments: pd.Series) -> pd.Series:
    """The ISO week of each moment."""
    code, hours = pd.factorize(moments.dt.floor("h"))  # a name is made once an hour, and not a row
    names = pd.DatetimeIndex(hours).tz_convert(PARIS).strftime("%G-W%V")
    return pd.Series(names.to_numpy()[code], index=moments.index)


def decided(
    pool: pd.DataFrame,
    *,
    changed: frozenset[str],
    over: frozenset[str],
    often: Mapping[str, int],
    rng: np.random.Generator,
    effects: PlantedEffects = PLANTED,
) -> Decided:
    """The decisions about a pool of people with scores and fates, in the order of its offers.

    `changed`: offers whose list an adviser corrects; `over`: people who are passed over; `often`: on how many lists
    each person would be.
    """
    planting = rng.spawn(1)[0]
    working: set[str] = set()
    silent: set[str] = set()
    found: list[Decided] = []
    for _, week in pool.groupby(week_of(pool["ts"]), sort=True):
        here = week[~week["person_id"].isin(working)].groupby("offer_id").head(POOL)
        put_last = here["person_id"].isin(silent) & here["after_change"]
        put_last &= planting.random(len(here)) < effects.silent_left_out
        placed = forget(decide(here, last=put_last.to_numpy(dtype=float)), over=over, often=often)
        log = outcomes(lowered(placed, rng=planting, effects=effects))
        silent -= set(log.loc[log["replied"], "person_id"])
        silent |= set(log.loc[log["contacted"] & ~log["replied"], "person_id"])
        working |= set(log.loc[log["hired"].fillna(False).astype(bool), "person_id"])
        corrected = swaps(log, changed, rng=rng, effects=effects)
        late = late_outcomes(log, corrected, working=working)
        working |= set(late.loc[late["hired"], "person_id"])
        found.append(Decided(log=log, corrected=corrected, late=late))
    return Decided(
        log=pd.concat([each.log for each in found]),
        corrected=pd.concat([each.corrected for each in found]),
        late=pd.concat([each.late for each in found]),
    )


def how_often(pool: pd.DataFrame) -> Mapping[str, int]:
    """On how many lists each person would be if nobody found work."""
    every = decide(pool.groupby("offer_id").head(POOL))
    counts = every.groupby("person_id")["shortlisted"].sum()
    return {str(person): int(count) for person, count in counts.items()}
