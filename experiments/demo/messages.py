"""The messages of the demo, one to each person contacted, within the rules but for what is planted."""

from __future__ import annotations

import numpy as np
import pandas as pd

from boussole.experiments.demo.market import PARIS
from boussole.experiments.demo.places import departments
from boussole.experiments.demo.planted import CHANGE, PLANTED, PlantedEffects

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
