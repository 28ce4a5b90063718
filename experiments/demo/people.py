"""Invented job seekers: who they are, what a matching model sees of them, and the controls of their search."""

from __future__ import annotations

import numpy as np
import pandas as pd

from boussole.experiments.demo.market import CLOSED
from boussole.experiments.demo.planted import CHANGE, FIRST_DAY, LAST_DAY, PLANTED, PlantedEffects

DAILY = 0.0016
"""Share of people who are controlled on a working day."""
TRIGGERS, OFTEN = ("tirage au sort", "ciblage", "signalement"), (0.5, 0.3, 0.2)
SILENCE = "absence de réponse à MatchFT"
"""A trigger that nobody should ever read."""
UNKNOWN = 0.003
"""Share of controls of which nobody wrote down what triggered them."""
ANSWER_DAYS, WITHIN = 7, 14
"""Who has not answered after so many days is silent; a control that comes of it begins within so many more."""
COLUMNS = ["person_id", "controlled_on", "trigger", "month"]


def controls(
    people: pd.Series, messages: pd.DataFrame, *, rng: np.random.Generator, effects: PlantedEffects = PLANTED
) -> pd.DataFrame:
    """The log of controls of `people` (identifiers), some of whom got `messages`; `month` names the run."""
    days = pd.bdate_range(FIRST_DAY, LAST_DAY, freq="C", holidays=list(CLOSED))
    drawn = rng.random((len(days), len(people))) < DAILY
    day, who = np.nonzero(drawn)
    found = pd.DataFrame({"person_id": people.to_numpy()[who], "controlled_on": days[day]})
    found["trigger"] = rng.choice(TRIGGERS, len(found), p=OFTEN)
    found.loc[rng.random(len(found)) < UNKNOWN, "trigger"] = None
    found = pd.concat([found, _of_silence(messages, days, rng=rng, effects=effects)])
    found = found.drop_duplicates(["person_id", "controlled_on"], keep="last")
    found["month"] = found["controlled_on"].dt.strftime("%Y-%m")
    return found[COLUMNS].sort_values(["controlled_on", "person_id"], ignore_index=True)


def _of_silence(
    messages: pd.DataFrame, days: pd.DatetimeIndex, *, rng: np.random.Generator, effects: PlantedEffects
) -> pd.DataFrame:
    """Controls of people who did not answer a message sent since the change: that is planted."""
    sent = messages.loc[messages["kind"] == "contact", ["person_id", "sent_at", "replied_at"]]
    silent = sent[sent["replied_at"].isna() & (sent["sent_at"] >= pd.Timestamp(CHANGE))]
    chosen = silent[rng.random(len(silent)) < effects.silent_controlled]
    after = ANSWER_DAYS + rng.integers(1, WITHIN + 1, len(chosen))
    began = chosen["sent_at"].dt.normalize() + pd.to_timedelta(after, unit="D")
    place = days.searchsorted(began)  # the next working day
    inside = place < len(days)
    found = pd.DataFrame({"person_id": chosen["person_id"][inside], "controlled_on": days[place[inside]]})
    told = rng.permutation(len(found)) < effects.controls_from_silence
    return found.assign(trigger=np.where(told, SILENCE, TRIGGERS[-1]))


FAMILIES: dict[str, tuple[float, float]] = {
    "A": (0.05, 0.30),
    "C": (0.04, 0.58),
    "D": (0.15, 0.62),
    "E": (0.04, 0.50),
    "F": (0.10, 0.10),
    "G": (0.13, 0.55),
    "H": (0.09, 0.32),
    "I": (0.07, 0.11),
    "J": (0.08, 0.78),
    "K": (0.14, 0.82),
    "M": (0.08, 0.64),
    "N": (0.03, 0.18),
}
"""Occupation families (letters of ROME): share of all job seekers, share of women. Round, invented numbers."""

AGES = ((18, 25, 0.15), (25, 50, 0.58), (50, 65, 0.27))
"""Lowest age, first age beyond, share of people."""


def people(count: int, *, rng: np.random.Generator, effects: PlantedEffects = PLANTED) -> pd.DataFrame:
    """One row per person; the group attributes are independent of one another given the occupation."""
    shares = np.array([share for share, _ in FAMILIES.values()])
    family = rng.choice(list(FAMILIES), size=count, p=shares / shares.sum())
    woman = rng.random(count) < np.array([FAMILIES[letter][1] for letter in family])
    age = _ages(count, rng)
    return pd.DataFrame(
        {
            "person_id": [f"P{number:06d}" for number in range(count)],
            "rome_family": family,
            "gender": np.where(woman, "F", "M"),
            "age": age,
            "qpv": _qpv(count, rng),
            "experience_years": np.clip(age - 20 - rng.exponential(2.0, count), 0, None).round(1),
            "part_time_share": _part_time(woman, rng, effects),
            "ability": rng.normal(size=count),
        }
    )


def _ages(count: int, rng: np.random.Generator) -> np.ndarray:
    band = rng.choice(len(AGES), size=count, p=[share for *_, share in AGES])
    low, high = (np.array([row[i] for row in AGES])[band] for i in (0, 1))
    return rng.integers(low, high)


def _qpv(count: int, rng: np.random.Generator) -> np.ndarray:
    """Priority neighbourhood: independent of everything, and unknown for the addresses that could not be located."""
    drawn = rng.random(count)
    value = np.where(drawn < 0.20, "yes", "no").astype(object)
    value[drawn < 0.015] = None
    return value


def _part_time(woman: np.ndarray, rng: np.random.Generator, effects: PlantedEffects) -> np.ndarray:
    has_past = rng.random(len(woman)) < np.where(woman, effects.women_part_time, effects.men_part_time)
    return np.where(has_past, rng.uniform(0.2, 1.0, len(woman)), 0.0).round(2)
