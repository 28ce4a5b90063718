"""Invented offers, the people who compete for them, and what becomes of those contacted."""

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
SPARE = 10
"""People drawn for an offer beside these, who come in where others have found work."""
REPLIES, INTRODUCED, PICKY = 0.9, 0.235, -1.97
"""Share of those contacted who reply, and of these whom the adviser introduces to the employer; log-odds that today's
employers want somebody less than past ones. So close to a third of the offers end in a hire, as in the trial."""
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
    """Whom each offer may reach, in the order in which they are assessed: more people of its occupation than are, as
    some of them will have found work by then; drawn without regard to anything else."""
    rows_of = {family: frame.index.to_numpy() for family, frame in seekers.groupby("rome_family")}
    most = {family: min(POOL + SPARE, len(rows)) for family, rows in rows_of.items()}
    drawn = [rng.choice(rows_of[family], size=most[family], replace=False) for family in posted["rome_family"]]
    sizes = [len(rows) for rows in drawn]
    repeated = posted.loc[posted.index.repeat(sizes), ["offer_id", "ts", "after_change"]].reset_index(drop=True)
    pool = pd.concat([repeated, seekers.loc[np.concatenate(drawn)].reset_index(drop=True)], axis=1)
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


def fates(pool: pd.DataFrame, *, rng: np.random.Generator, effects: PlantedEffects = PLANTED) -> pd.DataFrame:
    """What would become of everybody in a pool if they were contacted: whether they would reply and be introduced, and
    how much the employer would want them, who hires nobody whom he wants less than nothing.

    Employers now hold less against people than in the past.
    """
    drawn = rng.random((3, len(pool)))
    would_reply = drawn[0] < REPLIES
    wanted = today_odds(pool, effects) - np.log(drawn[2] / (1 - drawn[2]))
    return pool.assign(would_reply=would_reply, would_meet=would_reply & (drawn[1] < INTRODUCED), wanted=wanted)


def today_odds(frame: pd.DataFrame, effects: PlantedEffects) -> np.ndarray:
    """Log-odds that an employer of today wants somebody who is introduced."""
    odds = hiring_odds(frame, against_age=effects.age_50_now, against_part_time=effects.part_time_now)
    return odds + PICKY


def outcomes(log: pd.DataFrame) -> pd.DataFrame:
    """Replies, introductions and hires of the contacted: an offer is one post, a person takes one.

    The employer takes whom he wants most of those introduced; of two who want the same person on one list after the
    other the first has them.
    """
    contacted = log["contacted"]
    replied, presented = contacted & log["would_reply"], contacted & log["would_meet"]
    wanted = log[presented & (log["wanted"] > 0)].sort_values("wanted", ascending=False)
    best = wanted.drop_duplicates("offer_id").sort_values(["ts", "offer_id"]).drop_duplicates("person_id")
    hired = pd.Series(log.index.isin(best.index), index=log.index)
    # Somebody who was never contacted has no outcome, which is not the same as "not hired".
    return log.assign(replied=replied, presented=presented, hired=hired.astype("boolean").where(contacted))
