"""Invented offers, the people who compete for them, what becomes of them, and the messages that are sent."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from boussole.experiments.demo.places import AGENCIES, departments, home
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


HOURS = (10, 11, 12, 14, 15, 16, 17, 18, 19)
EVENING = 21
CLOSED = ("2026-07-14",)
"""Public holidays on a weekday of these months."""
MOST, DAYS = 4, 30
STOPS = 0.004
"""Share of messages that are answered with a STOP."""
CLOSES_AFTER = pd.Timedelta(hours=3)
"""So long a list stays open after its messages."""
SOON = 1210
"""Mean seconds until most replies: with the slow ones, half of all come within 19 minutes, as in the trial."""
SLOW, SLOW_HOURS = 0.18, (1, 5)
"""Share of replies that take some hours, and how many: half of these come too late."""
NO_SMARTPHONE = 8
"""One person in so many has none."""
TEMPLATE, NEW_TEMPLATE = "SMS-3", "SMS-4"
"""The template of messages, whose notice somebody approved, and a newer one, whose nobody did."""
REMINDERS = 4
"""Reminders to whoever does not answer, where they are planted: with the first message one more than may be sent."""
COLUMNS = [
    "person_id",
    "sent_at",
    "kind",
    "replied_at",
    "closes_at",
    "smartphone",
    "department",
    "template",
    "week",
    "decision_id",
]


def messages(log: pd.DataFrame, *, rng: np.random.Generator, effects: PlantedEffects = PLANTED) -> pd.DataFrame:
    """The log of messages of a log of decisions; `week` names the run of the decision."""
    sent = log.loc[log["contacted"], ["person_id", "ts", "replied", "age", "run", "decision_id"]].reset_index(drop=True)
    decided = sent["ts"].dt.tz_convert(PARIS).dt.tz_localize(None)
    day = _working_day(decided.dt.normalize())
    # Of the hours that are left of the day: a message comes after its decision.
    gone = np.where(day == decided.dt.normalize(), np.searchsorted(HOURS, decided.dt.hour, side="right"), 0)
    hour = np.array(HOURS)[gone + (rng.random(len(sent)) * (len(HOURS) - gone)).astype(int)]
    late = (rng.random(len(sent)) < effects.evening_share) & (day >= pd.Timestamp(CHANGE))
    moment = pd.Series(np.where(late, EVENING, hour)) * 3600 + rng.integers(0, 3600, len(sent))
    at = day + pd.to_timedelta(moment, unit="s")
    reply = (at + pd.to_timedelta(rng.exponential(SOON, len(sent)).round(), unit="s")).where(sent["replied"])
    number = sent["person_id"].str[1:].astype(int)
    found = pd.DataFrame(
        {
            "person_id": sent["person_id"],
            "sent_at": at,
            "kind": "contact",
            "replied_at": reply,
            "closes_at": at + CLOSES_AFTER,
            "smartphone": np.where(number % NO_SMARTPHONE == 0, "no", "yes"),
            "age": sent["age"],
            "department": departments(sent["person_id"]),
            "week": sent["run"],
            "decision_id": sent["decision_id"],
        }
    ).sort_values(["person_id", "sent_at"], kind="stable", ignore_index=True)
    stop = rng.random(len(found)) < STOPS
    changed = found["sent_at"] >= pd.Timestamp(CHANGE)
    found["replied_at"] = _slower(found, changed, rng=rng, effects=effects)
    none = pd.Series(dtype=reply.dtype)
    stops = found[stop].assign(kind="STOP", replied_at=none, closes_at=none)
    stops["sent_at"] = stops["sent_at"] + pd.Timedelta(minutes=10)
    first = stops.groupby("person_id")["sent_at"].min()
    after = found["sent_at"] > found["person_id"].map(first)
    long_after = found["sent_at"] > found["person_id"].map(first) + pd.Timedelta(days=1)
    ignored = long_after & changed & (rng.random(len(found)) < effects.stop_ignored_share)
    heeded = found[~after | ignored]
    kept = pd.concat([heeded[_within_limit(heeded)], stops[stops["sent_at"].eq(stops["person_id"].map(first))]])
    kept = pd.concat([kept, _reminders(kept, first, rng=rng.spawn(1)[0], effects=effects)], ignore_index=True)
    newer = (rng.random(len(kept)) < effects.new_template_share) & (kept["sent_at"] >= pd.Timestamp(CHANGE))
    kept = kept.assign(template=np.where(newer, NEW_TEMPLATE, TEMPLATE))
    return kept[COLUMNS].sort_values(["sent_at", "person_id"], kind="stable", ignore_index=True)


def _reminders(
    sent: pd.DataFrame, stops: pd.Series, *, rng: np.random.Generator, effects: PlantedEffects
) -> pd.DataFrame:
    """Reminders to people who did not answer, one a working day after the other, until they say STOP; planted."""
    silent = sent[(sent["kind"] == "contact") & sent["replied_at"].isna() & (sent["sent_at"] >= pd.Timestamp(CHANGE))]
    chosen = silent[rng.random(len(silent)) < effects.reminders_since]
    time = chosen["sent_at"] - chosen["sent_at"].dt.normalize()
    found = []
    for number in range(1, REMINDERS + 1):
        day = _working_day(chosen["sent_at"].dt.normalize() + pd.Timedelta(days=1), more=number - 1)
        found.append(chosen.assign(sent_at=(day + time).astype(chosen["sent_at"].dtype), kind="relance"))
    # The list of the first message has closed by then, and a row with an earlier end would be set aside.
    every = pd.concat(found).assign(closes_at=pd.Series(dtype=chosen["closes_at"].dtype))
    return every[~(every["sent_at"] > every["person_id"].map(stops))]


def _slower(found: pd.DataFrame, changed: pd.Series, *, rng: np.random.Generator, effects: PlantedEffects) -> pd.Series:
    share = np.full(len(found), SLOW)
    share += np.where(changed & (found["age"] >= 50), effects.age_50_slower, 0.0)
    share += np.where(changed & (found["smartphone"] == "no"), effects.no_smartphone_slower, 0.0)
    slow = rng.random(len(found)) < share
    hours = pd.Series(rng.uniform(*SLOW_HOURS, len(found)) * 3600, index=found.index).round()
    later = found["sent_at"] + pd.to_timedelta(hours, unit="s")
    return found["replied_at"].mask(slow & found["replied_at"].notna(), later)


def _working_day(days: pd.Series, *, more: int = 0) -> pd.Series:
    open_days = np.busdaycalendar(holidays=np.array(CLOSED, dtype="datetime64[D]"))
    moved = np.busday_offset(days.to_numpy().astype("datetime64[D]"), more, roll="forward", busdaycal=open_days)
    return pd.Series(moved.astype("datetime64[ns]"), index=days.index)


def _within_limit(sent: pd.DataFrame) -> np.ndarray:
    keep = np.ones(len(sent), dtype=bool)
    before: list[pd.Timestamp] = []
    person = None
    for i, (who, at) in enumerate(zip(sent["person_id"], sent["sent_at"], strict=True)):
        before = before if who == person else []
        person = who
        keep[i] = len(before) < MOST or at - before[-MOST] >= pd.Timedelta(days=DAYS)
        before += [at] if keep[i] else []
    return keep
