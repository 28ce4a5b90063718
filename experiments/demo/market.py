"""Invented offers, the people who compete for them, and what became of those contacted."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from boussole.experiments.demo.planted import CHANGE, FIRST_DAY, LAST_DAY, PLANTED, PlantedEffects

POOL, SHORTLIST, CONTACTS = 20, 10, 8
"""People assessed, shortlisted at most and contacted at most for one offer."""
OFFERS_PER_PERSON = 0.27
"""With 20 people assessed each, a person is assessed five to six times in the three months."""
PARIS = ZoneInfo("Europe/Paris")


def offers(seekers: pd.DataFrame, *, rng: np.random.Generator) -> pd.DataFrame:
    """Offers in the order of their moment, in occupations as frequent as among the people."""
    counts = seekers["rome_family"].value_counts().sort_index()
    counts = counts[counts >= POOL]
    number = round(OFFERS_PER_PERSON * len(seekers))
    days = [FIRST_DAY + dt.timedelta(days=i) for i in range((LAST_DAY - FIRST_DAY).days + 1)]
    worked = [day for day in days if day.weekday() < 5]
    day = np.sort(rng.integers(len(worked), size=number))
    minute = rng.integers(9 * 60, 18 * 60, size=number)
    moments = [
        dt.datetime.combine(worked[d], dt.time(m // 60, m % 60), tzinfo=PARIS) for d, m in zip(day, minute, strict=True)
    ]
    return pd.DataFrame(
        {
            "offer_id": [f"O{i:05d}" for i in range(number)],
            "rome_family": rng.choice(counts.index.to_numpy(), size=number, p=(counts / counts.sum()).to_numpy()),
            "ts": pd.to_datetime(moments, utc=True).as_unit("us"),
            "after_change": [worked[d] >= CHANGE for d in day],
        }
    )


def pairs(
    seekers: pd.DataFrame, posted: pd.DataFrame, *, rng: np.random.Generator, effects: PlantedEffects = PLANTED
) -> pd.DataFrame:
    """Everybody assessed for each offer: twenty people of its occupation, drawn without regard to anything else."""
    rows_of = {family: frame.index.to_numpy() for family, frame in seekers.groupby("rome_family")}
    drawn = np.concatenate([rng.choice(rows_of[family], size=POOL, replace=False) for family in posted["rome_family"]])
    repeated = posted.loc[posted.index.repeat(POOL), ["offer_id", "ts", "after_change"]].reset_index(drop=True)
    pool = pd.concat([repeated, seekers.loc[drawn].reset_index(drop=True)], axis=1)
    mean = np.where(pool["after_change"], effects.radius_km[1], effects.radius_km[0])
    return pool.assign(
        skills_match=skills(pool["ability"].to_numpy(), rng), distance_km=rng.gamma(2.0, mean / 2.0).round(1)
    )


def skills(ability: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Match between a person's skills and an offer, 0 to 1: half the person, half the offer."""
    return (1 / (1 + np.exp(-(ability + rng.normal(size=len(ability)))))).round(3)


def hiring_odds(frame: pd.DataFrame, *, against_age: float, against_part_time: float) -> np.ndarray:
    """Log-odds that an employer hires somebody: skills, distance, and what is held against age and part-time pasts."""
    odds = (
        4.0 * (frame["skills_match"] - 0.5)
        - 0.02 * frame["distance_km"]
        + against_age * (frame["age"] >= 50)
        + against_part_time * frame["part_time_share"]
    )
    return odds.to_numpy()


def outcomes(log: pd.DataFrame, *, rng: np.random.Generator, effects: PlantedEffects = PLANTED) -> pd.DataFrame:
    """Replies, introductions and hires of the contacted; employers now hold less against people than in the past."""
    drawn = rng.random((3, len(log)))
    contacted = log["contacted"].to_numpy()
    replied = contacted & (drawn[0] < 0.9)
    presented = replied & (drawn[1] < 0.45)
    odds = hiring_odds(log, against_age=effects.age_50_now, against_part_time=effects.part_time_now)
    hired = presented & (drawn[2] < 1 / (1 + np.exp(-odds)))
    # Somebody who was never contacted has no outcome, which is not the same as "not hired".
    known = pd.Series(hired, index=log.index).astype("boolean").where(log["contacted"])
    return log.assign(replied=replied, presented=presented, hired=known)
