"""Promises about messages: at decent hours, not too often, none after a STOP. Shares of messages or people, not
compared between groups.

Clusters are people: a person's messages are in one bucket.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from scipy.stats import t as student

from boussole.audits.measures import Interval, Measure
from boussole.audits.metrics.definition import Metric
from boussole.audits.systems.kinds import BUCKETS
from boussole.audits.systems.logs.contacts import DAYS, GRACE_HOURS, HOURS, MOST, OFTEN, PLACED, STOPPED, TIMED
from boussole.audits.systems.model import System
from boussole.audits.uncertainty.jackknife import Ints, fewest_clusters
from boussole.audits.uncertainty.share import worth_of_share
from boussole.audits.uncertainty.wilson import wilson, wilson_bounds

OUTSIDE_HOURS, TOO_OFTEN = "outside_hours_share", "written_too_often_share"
AFTER_STOP = "written_after_stop_share"
ASKED = {OUTSIDE_HOURS: HOURS, TOO_OFTEN: OFTEN}
MOST_UNTIMED = 0.01
"""Of more messages without a time of day than this, nothing is said of hours."""
FEW_OF = 100
"""Cases too few to be told are told as the fewest that may be, where there are so many times as many messages."""

METHOD = "wilson_clusters"


def contact_measures(read: pa.Table, system: System) -> list[Measure]:
    """The shares of a window, from its counts (`counts.contacts.CONTACTED`); none where the log holds no messages.

    Suppressed: `small_group`, where fewer people than `suppress_below` were written to; `small_numerator`, where fewer
    cases were found and they would be told by a figure of few messages: else they are told as that number, at most.
    Undefined: `no_times`, where more than 1 message in 100 has no time of day.
    """
    if not read.num_rows:
        return []
    limit, people = system.privacy.suppress_below, int(_sides(read, OFTEN).sum())
    found = [_share(name, _sides(read, part), read, limit=limit, people=people) for name, part in ASKED.items()]
    if STOPPED not in read["part"].to_pylist():  # counted by an earlier version
        return found
    return [*found, _after_stop(_sides(read, STOPPED), limit=limit)]


def _sides(read: pa.Table, part: str) -> Ints:
    """Counts of a part by case or not, and bucket."""
    found = np.zeros((2, BUCKETS), dtype=np.int64)
    rows = read.filter(pa.compute.equal(read["part"], part))
    np.add.at(found, (rows["decision"].to_numpy(), rows["bucket"].to_numpy()), rows["n"].to_numpy())
    return found


def _share(name: str, sides: Ints, read: pa.Table, *, limit: int, people: int) -> Measure:
    params: dict[str, Any] = {"bad_side": "above", "scale": "share", **_told(name, read)}
    k, n = int(sides[1].sum()), int(sides.sum())
    if people < limit:
        return Measure(metric=name, status="suppressed", reason="small_group", params=_bare(params))
    untimed = _sides(read, TIMED)
    if name == OUTSIDE_HOURS and (not n or untimed[1].sum() > MOST_UNTIMED * untimed.sum()):
        return Measure(metric=name, status="undefined", reason="no_times", n=n, params=params)
    if 0 < k < limit:
        if n < FEW_OF * limit:
            return Measure(metric=name, status="suppressed", reason="small_numerator", params=_bare(params))
        k, params["at_most"] = limit, True
    few, every = "at_most" in params, sides.sum(axis=0)
    buckets = int(np.count_nonzero(every))
    size, df = (fewest_clusters(every), max(buckets - 1.0, 1.0)) if few else worth_of_share(sides[1], every)
    value = k / n
    low, high = wilson_bounds(value * size, size, z=float(student.ppf(0.975, df)))
    test = {"kind": "score_share", "estimate": value, "size": size, "df": df, "method": METHOD}
    return Measure(
        metric=name,
        value=value,
        n=n,
        clusters=buckets,
        interval=Interval(low=0.0 if few else low, high=high, method=METHOD),
        params={**params, "test": {**test, "at_most": True} if few else test},
    )


def _after_stop(sides: Ints, *, limit: int) -> Measure:
    """People who had said STOP and were written to all the same. No case is tolerated: how many there are is told, as
    that is something that was done and not what somebody is, and only among so many people that they are told."""
    k, n = int(sides[1].sum()), int(sides.sum())
    if not n:
        return Measure(metric=AFTER_STOP, status="undefined", reason="no_stop", n=0)
    if n < limit:  # that there is a case is not hidden
        return Measure(metric=AFTER_STOP, status="suppressed", reason="small_group", params={"some": bool(k)})
    return Measure(
        metric=AFTER_STOP,
        value=k / n,
        n=n,
        clusters=int(np.count_nonzero(sides.sum(axis=0))),
        interval=wilson(k, n),
        params={"cases": k, "hours": GRACE_HOURS},
    )


def _told(name: str, read: pa.Table) -> dict[str, Any]:
    """What a reader must know of a figure: the rule it holds messages to, and those it could not place."""
    if name == TOO_OFTEN:
        return {"most": MOST, "days": DAYS}
    sides = {part: _sides(read, part) for part in (PLACED, TIMED)}
    return {
        "in_zone_of_system": int(sides[PLACED][1].sum()),
        "without_time": int(sides[TIMED][1].sum()),
    }


def _bare(params: Mapping[str, Any]) -> dict[str, Any]:
    """Of what is hidden, only how it would have been judged."""
    return {name: params[name] for name in ("bad_side", "scale")}


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
