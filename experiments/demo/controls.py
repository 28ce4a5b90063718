"""The controls of the demo, drawn each working day among all people, but for what is planted."""

from __future__ import annotations

import numpy as np
import pandas as pd

from boussole.experiments.demo.messages import CLOSED
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
