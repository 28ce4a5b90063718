"""Invented offers, the people who compete for them, and what becomes of those contacted."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from boussole.experiments.demo.places import AGENCIES, home
from boussole.experiments.demo.planted import BLIND, CHANGE, FIRST_DAY, LAST_DAY, PLANTED, PlantedEffects

POOL, SHORTLIST, CONTACTS = 20, 10, 8
"""People assessed, shortlisted at most and contacted at most for one offer."""
OFFERS_PER_PERSON = 0.27
"""With 20 people assessed each, a person is assessed five to six times in the three months."""
SPARE = 10
"""People drawn for an offer beside these, who come in where others have found work."""
REPLIES, INTRODUCED, PICKY = 0.9, 0.235, -1.97
"""Share of those contacted who reply, and of these whom the adviser introduces to the employer; log-odds that today's
employers want somebody less than past ones. So close to a third of the offers end in a hire, as in the trial."""
SEASON = {7: 1.0, 8: 0.93, 9: 1.07}
"""Offers of a working day of each month, beside the first: fewer in August, more when the summer is over."""
IN_SEASON = {"A": {8: 1.2, 9: 1.3}, "G": {7: 1.2, 8: 1.2, 9: 0.85}, "K": {9: 1.1}}
"""The same of some families: harvests, hotels and restaurants in summer, personal services when schools begin."""
EVERY = 11
"""One offer in so many is of the largest agency."""
PARIS = ZoneInfo("Europe/Paris")


def offers(seekers: pd.DataFrame, *, rng: np.random.Generator) -> pd.DataFrame:
    """Offers in the order of their moment, of agencies that have started, by region, occupation and season."""
    within = pd.crosstab(home(seekers["person_id"]), seekers["rome_family"])
    within = within.where(within >= POOL, 0).pipe(lambda counts: counts[counts.sum(axis=1) > 0])
    number = round(OFFERS_PER_PERSON * len(seekers))
    days = [FIRST_DAY + dt.timedelta(days=i) for i in range((LAST_DAY - FIRST_DAY).days + 1)]
    worked = [day for day in days if day.weekday() < 5]
    often = np.array([SEASON[day.month] for day in worked])
    day = np.sort(rng.choice(len(worked), size=number, p=often / often.sum()))
    minute = rng.integers(9 * 60, 18 * 60, size=number)
    on = np.array(worked)[day]
    moments = [
        dt.datetime.combine(each, dt.time(m // 60, m % 60), tzinfo=PARIS) for each, m in zip(on, minute, strict=True)
    ]
    found = pd.DataFrame(
        {
            "offer_id": [f"O{i:05d}" for i in range(number)],
            "ts": pd.to_datetime(moments, utc=True).as_unit("us"),
            "after_change": on >= CHANGE,
        }
    )
    return _placed(found, on, within, rng=rng)


def _placed(posted: pd.DataFrame, on: np.ndarray, within: pd.DataFrame, *, rng: np.random.Generator) -> pd.DataFrame:
    open_ = AGENCIES[AGENCIES["of"].isin(within.index) & AGENCIES["started"].notna()]
    starts = pd.to_datetime(open_["started"]).dt.date.to_numpy()
    order, largest = rng.permutation(len(open_)), np.flatnonzero(open_["agency"] == BLIND)[0]
    turn, given = 0, np.empty(len(posted), dtype=int)
    for i, day in enumerate(on):
        if i % EVERY == 0:
            given[i] = largest
            continue
        while starts[order[turn % len(order)]] > day:
            turn += 1
        given[i] = order[turn % len(order)]
        turn += 1
    found = posted.assign(agency=open_["agency"].to_numpy()[given], region=open_["of"].to_numpy()[given])
    return found.assign(rome_family=_families(found, np.array([day.month for day in on]), within, rng=rng))


def _families(posted: pd.DataFrame, month: np.ndarray, within: pd.DataFrame, *, rng: np.random.Generator) -> np.ndarray:
    found, drawn, families = np.empty(len(posted), dtype=object), rng.random(len(posted)), within.columns.to_numpy()
    regions = posted["region"].to_numpy()
    for region, at in {*zip(regions, month, strict=True)}:
        rows = (regions == region) & (month == at)
        season = [IN_SEASON.get(family, {}).get(at, 1.0) for family in families]
        shares = np.cumsum(within.loc[region].to_numpy(dtype=float) * season)
        found[rows] = families[np.searchsorted(shares / shares[-1], drawn[rows])]
    return found


def pairs(
    seekers: pd.DataFrame, posted: pd.DataFrame, *, rng: np.random.Generator, effects: PlantedEffects = PLANTED
) -> pd.DataFrame:
    """Whom each offer may reach, in the order of assessment, drawn by nothing but occupation and region."""
    rows_of = {key: rows.index.to_numpy() for key, rows in seekers.groupby([home(seekers["person_id"]), "rome_family"])}
    keys = list(zip(posted["region"], posted["rome_family"], strict=True))
    drawn = [rng.choice(rows_of[key], size=min(POOL + SPARE, len(rows_of[key])), replace=False) for key in keys]
    sizes = [len(rows) for rows in drawn]
    repeated = posted.loc[posted.index.repeat(sizes), ["offer_id", "ts", "after_change", "agency"]]
    pool = pd.concat(
        [repeated.reset_index(drop=True), seekers.loc[np.concatenate(drawn)].reset_index(drop=True)], axis=1
    )
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
    """What would become of each person in a pool if contacted: reply, introduction, and how welcome they would be."""
    drawn = rng.random((3, len(pool)))
    would_reply = drawn[0] < REPLIES
    wanted = today_odds(pool, effects) - np.log(drawn[2] / (1 - drawn[2]))
    return pool.assign(would_reply=would_reply, would_meet=would_reply & (drawn[1] < INTRODUCED), wanted=wanted)


def today_odds(frame: pd.DataFrame, effects: PlantedEffects) -> np.ndarray:
    """Log-odds that an employer of today wants somebody who is introduced."""
    odds = hiring_odds(frame, against_age=effects.age_50_now, against_part_time=effects.part_time_now)
    return odds + PICKY


def outcomes(log: pd.DataFrame) -> pd.DataFrame:
    """Replies, introductions and hires of the contacted: an offer is one post, a person takes one."""
    contacted = log["contacted"]
    replied, presented = contacted & log["would_reply"], contacted & log["would_meet"]
    wanted = log[presented & (log["wanted"] > 0)].sort_values("wanted", ascending=False)
    best = wanted.drop_duplicates("offer_id").sort_values(["ts", "offer_id"]).drop_duplicates("person_id")
    hired = pd.Series(log.index.isin(best.index), index=log.index)
    # Somebody who was never contacted has no outcome, which is not the same as "not hired".
    return log.assign(replied=replied, presented=presented, hired=hired.astype("boolean").where(contacted))
