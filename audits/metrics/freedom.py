"""Promises about messages: at decent hours, not too often, none after a STOP. Shares of messages or people, not
compared between groups.

Clusters are people: a person's messages are in one bucket.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from boussole.audits.measures import Measure
from boussole.audits.metrics.definition import Metric
from boussole.audits.metrics.shares import PART_OF_MONTH, of_months, share_measure, sides_of, too_many, untold
from boussole.audits.systems.logs.contacts import DAYS, GRACE_HOURS, HOURS, MOST, OFTEN, PLACED, STOPPED, TIMED
from boussole.audits.systems.model import System
from boussole.audits.uncertainty.jackknife import Ints
from boussole.audits.uncertainty.wilson import wilson

OUTSIDE_HOURS, TOO_OFTEN = "outside_hours_share", "written_too_often_share"
AFTER_STOP = "written_after_stop_share"
ASKED = {OUTSIDE_HOURS: HOURS, TOO_OFTEN: OFTEN}


def contact_measures(read: pa.Table, system: System) -> list[Measure]:
    """The shares of a window, from the counts of its messages (`counts.read.SHARES`).

    Suppressed: `small_group`, where fewer people than `suppress_below` were written to in a month; few cases:
    `share_measure`. Undefined: `no_times`, where more than 1 message in 100 has no time of day; `part_of_month`.
    """
    if PART_OF_MONTH in read["part"].to_pylist():
        return [untold(name, bad_side="above") for name in (*ASKED, AFTER_STOP)]
    limit, people = system.privacy.suppress_below, of_months(read, OFTEN)
    found = [
        share_measure(
            name,
            sides_of(read, part),
            limit=limit,
            bad_side="above",
            told=_told(name, read),
            hidden="small_group" if min(people, default=0) < limit else None,
            undefined="no_times" if name == OUTSIDE_HOURS and _untimed(read) else None,
            cases=of_months(read, part, cases=True),
        )
        for name, part in ASKED.items()
    ]
    if STOPPED not in read["part"].to_pylist():  # counted by an earlier version
        return found
    return [*found, _after_stop(sides_of(read, STOPPED), of_months(read, STOPPED), limit=limit)]


def _untimed(read: pa.Table) -> bool:
    """Whether too many messages have no time of day, or all."""
    untimed = sides_of(read, TIMED)
    return too_many(untimed) or not sides_of(read, HOURS).sum()


def _after_stop(sides: Ints, months: Sequence[int], *, limit: int) -> Measure:
    """People who had said STOP and were written to all the same. No case is tolerated: how many there are is told, as
    that is something that was done and not what somebody is, and only among so many people that they are told.

    Over several `months` somebody counts in each: they are as many people as the month that has most, for sure.
    """
    k, n = int(sides[1].sum()), int(sides.sum())
    if not n:
        return Measure(metric=AFTER_STOP, status="undefined", reason="no_stop", n=0)
    people = max(months)
    if min(months) < limit:  # that there is a case is not hidden
        return Measure(metric=AFTER_STOP, status="suppressed", reason="small_group", params={"some": bool(k)})
    return Measure(
        metric=AFTER_STOP,
        value=k / n,
        n=n,
        clusters=int(np.count_nonzero(sides.sum(axis=0))),
        interval=wilson(k / n * people, people),
        params={"cases": k, "hours": GRACE_HOURS} | ({"people": people} if people < n else {}),
    )


def _told(name: str, read: pa.Table) -> dict[str, Any]:
    """What a reader must know of a figure: the rule it holds messages to, and those it could not place."""
    if name == TOO_OFTEN:
        return {"most": MOST, "days": DAYS}
    sides = {part: sides_of(read, part) for part in (PLACED, TIMED)}
    return {
        "in_zone_of_system": int(sides[PLACED][1].sum()),
        "without_time": int(sides[TIMED][1].sum()),
    }


_SMALL = "too few people were written to, or too few cases found among few messages, to be told"

METRICS = (
    Metric(
        name=OUTSIDE_HOURS,
        kind="share",
        formula="messages sent outside Monday to Friday, 10:00 to 13:00 and 14:00 to 20:00 (public holidays are"
        " outside), by the clock and calendar of the person's department ÷ messages",
        range="[0, 1]",
        ideal=0.0,
        undefined=f"more than 1 message in 100 has no time of day; {_SMALL}",
        source="French Consumer Code, D. 223-9, by analogy; Labour Code, L. 3133-1, L. 3134-13 and L. 3422-2; interval:"
        " Wilson (1927), JASA 22:209-212, at effective sizes: Rao & Scott (1992), Biometrics 48:577-585",
    ),
    Metric(
        name=TOO_OFTEN,
        kind="share",
        formula=f"people who got more than {MOST} messages within {DAYS} days, the last of them in the month ÷ people"
        " written to, month by month",
        range="[0, 1]",
        ideal=0.0,
        undefined=_SMALL,
        source="French Consumer Code, D. 223-9, by analogy; interval: Wilson (1927), JASA 22:209-212",
    ),
    Metric(
        name=AFTER_STOP,
        kind="share",
        formula=f"people who got a message in the month more than {GRACE_HOURS} hours after their first STOP ÷ people"
        f" whose STOP was more than {GRACE_HOURS} hours old when the last message of the month left, month by month",
        range="[0, 1]",
        ideal=0.0,
        undefined="the log holds no STOP; too few people had said STOP to be told",
        source="GDPR, Art. 21; bound of what may still come: rule of three, Hanley & Lippman-Hand (1983), JAMA"
        " 249:1743-1745; interval: Wilson (1927), JASA 22:209-212",
    ),
)
