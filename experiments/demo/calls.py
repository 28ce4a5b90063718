"""The calls of models behind the texts of the demo: where they ran, and what they took; but for what is planted."""

from __future__ import annotations

import numpy as np
import pandas as pd

from boussole.experiments.demo.planted import CHANGE, MONTHS, PLANTED, PlantedEffects

PROVIDER, PLACE = "Mistral AI", "France (Île-de-France)"
OUTSIDE = "Irlande (Dublin)"
"""A place that is in no list."""
SMALL, LARGE, UNEXAMINED = "petit-24b", "grand-123b", "petit-24b-compact"
"""Two models that the register names as examined, and one that it does not, of the size of the first."""
TOKENS = {"offre": 320, "courriel": 180, "synthèse": 450}
"""Mean tokens of a text, by task."""
METERED = 0.3
"""Share of calls whose electricity is metered."""
WH_A_TOKEN = 0.0003
"""Watt-hours of a token, of machines that are as busy as the estimates take them to be."""
QUESTIONS = 3000
"""Calls of MatchFT's model in a month: what it asks people of whom it is not sure."""


def with_calls(texts: pd.DataFrame, *, rng: np.random.Generator, effects: PlantedEffects = PLANTED) -> pd.DataFrame:
    """A log of texts with the call behind each."""
    n = len(texts)
    since = texts["month"].to_numpy() >= CHANGE.strftime("%Y-%m")
    tokens = rng.gamma(4, 1, n) / 4 * texts["task"].map(TOKENS).to_numpy()
    tokens = np.where(since & (texts["outcome"] == "rejected"), tokens * effects.discarded_length, tokens)
    tokens = np.maximum(tokens.round(), 1).astype("int64")
    metered = rng.random(n) < METERED
    watt_hours = np.where(since, tokens * WH_A_TOKEN + effects.idle_watt_hours, tokens * WH_A_TOKEN)
    place = np.full(n, PLACE, dtype=object)
    place[rng.choice(np.flatnonzero(since), min(effects.calls_outside, int(since.sum())), replace=False)] = OUTSIDE
    model = np.where(rng.random(n) < 0.8, SMALL, LARGE).astype(object)
    model[_few(since & (model == SMALL), effects.unexamined_texts, rng=rng.spawn(1)[0])] = UNEXAMINED
    untold = np.zeros(n, dtype=bool)
    untold[_few(since, round(effects.untold_calls * int(since.sum())), rng=rng.spawn(1)[0])] = True
    read, seconds = rng.integers(80, 900, n), (tokens / 45 + rng.random(n)).round(2)
    return texts.assign(
        provider=PROVIDER,
        place=place,
        model=model,
        tokens_in=pd.Series(read, dtype="Int64").mask(untold).array,
        tokens=pd.Series(tokens, dtype="Int64").mask(untold).array,
        seconds=seconds,
        watt_hours=np.where(metered & ~untold, watt_hours.round(4), np.nan),
    )


def _few(among: np.ndarray, n: int, *, rng: np.random.Generator) -> np.ndarray:
    """The places of `n` of those that are true."""
    places = np.flatnonzero(among)
    return rng.choice(places, min(n, len(places)), replace=False)


def questions(*, rng: np.random.Generator, effects: PlantedEffects = PLANTED) -> pd.DataFrame:
    """The calls of the model that asks people questions for MatchFT, whose size nobody knows; but for what is
    planted."""
    found = []
    for month in MONTHS:
        days = pd.Period(month, "M").days_in_month
        minutes = rng.integers(0, days, QUESTIONS) * 1440 + rng.integers(0, 600, QUESTIONS)
        called = pd.Timestamp(f"{month}-01T08:00") + pd.to_timedelta(minutes, unit="min")
        found.append(pd.DataFrame({"called_at": called, "tokens": rng.integers(20, 120, QUESTIONS)}))
    calls = pd.concat(found, ignore_index=True)
    names = [f"Q{number:06}" for number in range(len(calls))]
    place = np.full(len(calls), PLACE, dtype=object)
    since = (calls["called_at"] >= pd.Timestamp(CHANGE)).to_numpy()
    place[_few(since, effects.questions_outside, rng=rng.spawn(1)[0])] = OUTSIDE
    return calls.assign(call_id=names, provider=PROVIDER, place=place, model="questions")
