"""When advisers of the demo introduce somebody to an employer: after the reply, in office hours, half within a day."""

from __future__ import annotations

import numpy as np
import pandas as pd

from boussole.experiments.demo.market import PARIS
from boussole.experiments.demo.messages import CLOSED

DAYS, OFTEN = (0, 1, 2, 3, 4, 5), (0.53, 0.38, 0.04, 0.02, 0.02, 0.01)
"""Working days from the reply to the introduction, and how often it is so many."""
OPENS, CLOSES = 9, 17
"""Hours between which advisers introduce people."""


def introduced_at(log: pd.DataFrame, messages: pd.DataFrame, *, rng: np.random.Generator) -> pd.Series:
    """The moment of each introduction of a log of decisions, whose messages name their decision; else nothing."""
    replies = messages.dropna(subset="replied_at").set_index("decision_id")["replied_at"]
    local = log["ts"].dt.tz_convert(PARIS).dt.tz_localize(None)
    after = log["decision_id"].map(replies).fillna(local)[log["presented"]]
    days = rng.choice(DAYS, len(after), p=OFTEN)
    second = (after - after.dt.normalize()).dt.total_seconds().to_numpy()
    opens, closes = OPENS * 3600, CLOSES * 3600
    too_late = second >= closes - 60
    begins = np.where((days == 0) & ~too_late, np.maximum(second + 60, opens), opens)
    hour = pd.to_timedelta(np.floor(begins + rng.random(len(after)) * (closes - begins)), unit="s")
    open_days = np.busdaycalendar(holidays=np.array(CLOSED, dtype="datetime64[D]"))
    first = np.busday_offset(after.to_numpy().astype("datetime64[D]"), 0, roll="forward", busdaycal=open_days)
    day = np.busday_offset(first, np.maximum(days, too_late), busdaycal=open_days)
    found = pd.Series(day.astype("datetime64[us]"), index=after.index) + hour
    every: pd.Series = found.dt.tz_localize(PARIS).dt.tz_convert("UTC").reindex(log.index)
    return every
