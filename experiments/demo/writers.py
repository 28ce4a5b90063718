"""Who uses ChatFT in the demo, for what, and since when they were trained; their accounts; but for what is planted."""

from __future__ import annotations

import numpy as np
import pandas as pd

from boussole.experiments.demo.places import AGENCIES, regions_of
from boussole.experiments.demo.planted import CHANGE, MONTHS, PLANTED, PlantedEffects
from boussole.experiments.demo.texts import AGENTS, TEAMS

PURPOSE, STRANGE = "écrire", "évaluer un collègue"
"""What it may be used for, and what nobody declared."""
TRAINED, TOO_LATE = pd.Timestamp("2025-10-20"), pd.Timestamp("2026-10-12")
NEVER = 0.004
"""Share of agents whom nobody trained."""
UNLABELLED = 0.002
"""Share of uses whose purpose nobody wrote down."""
IDLE = 8
"""Agents of each team who may use it and never do, beside those who do."""
OLDER = "50 ans et plus"
AGES, AGE_SHARES = ("moins de 30 ans", "30-49 ans", OLDER), (0.17, 0.45, 0.38)
ROLES, ROLE_SHARES = ("conseiller", "responsable"), (0.85, 0.15)


def writer_uses(texts: pd.DataFrame, *, rng: np.random.Generator, effects: PlantedEffects = PLANTED) -> pd.DataFrame:
    """One use for each text, by the agent who asked for it, with its `month`."""
    agents = pd.Index(sorted(texts["agent"].unique()))
    since = np.flatnonzero(texts["month"] >= CHANGE.strftime("%Y-%m"))
    purpose = pd.Series([PURPOSE if drawn else None for drawn in rng.random(len(texts)) >= UNLABELLED], dtype=object)
    purpose[rng.choice(since, effects.strange_texts, replace=False)] = STRANGE
    drawn = pd.Series(rng.random(len(agents)), index=agents)
    trained = pd.Series(TRAINED, index=agents).mask(drawn > 1 - effects.untrained_writers, TOO_LATE).mask(drawn < NEVER)
    return pd.DataFrame(
        {
            "use_id": "U" + texts["text_id"].str[1:],
            "used_at": texts["written_at"],
            "task": texts["task"],
            "purpose": purpose.to_numpy(),
            "agent": texts["agent"],
            "team": texts["team"],
            "region": regions_of(texts["team"]).to_numpy(),
            "trained_on": trained.reindex(texts["agent"]).to_numpy(),
            "month": texts["month"],
        }
    )


def writer_accounts(*, rng: np.random.Generator, effects: PlantedEffects = PLANTED) -> pd.DataFrame:
    """The export of each month: one account for each agent who may use it.

    All need a second factor but those that are planted.
    """
    people = _entitled(rng.spawn(1)[0], effects=effects)
    names = people["account"]
    found = []
    for month in MONTHS:
        day = pd.Period(month, "M").end_time.normalize()
        bare = rng.permutation(len(names))[: effects.writers_without_factor * (month >= CHANGE.strftime("%Y-%m"))]
        export = people.drop(columns="idle").assign(exported_on=day, rights="write")
        export["second_factor"] = np.where(np.isin(np.arange(len(names)), bare), "no", "yes")
        used = day - pd.to_timedelta(rng.integers(0, 60, len(names)), unit="D")
        export["last_used"] = pd.Series(used, index=export.index).mask(people["idle"])
        found.append(export.assign(month=month))
    return pd.concat(found, ignore_index=True)


def _entitled(rng: np.random.Generator, *, effects: PlantedEffects) -> pd.DataFrame:
    """Who may use it: those who do and those who do not, of whom more are of 50 and over if that is planted."""
    places = [(team, number) for team in range(TEAMS) for number in range(AGENTS + IDLE)]
    codes = AGENCIES["agency"].to_list()
    names = [f"{codes[team]}-{number:02}" for team, number in places]
    idle = np.array([number >= AGENTS for _, number in places])
    ages = rng.choice(AGES, len(names), p=AGE_SHARES).astype(object)
    older = idle & (rng.random(len(names)) < effects.older_left_out)
    return pd.DataFrame(
        {
            "account": names,
            "agent": names,
            "team": [codes[team] for team, _ in places],
            "region": [AGENCIES["region"][team] for team, _ in places],
            "age_band": np.where(older, OLDER, ages),
            "role": rng.choice(ROLES, len(names), p=ROLE_SHARES),
            "idle": idle,
        }
    )
