"""Promises about messages: at decent hours, not too often, none after a STOP (clusters: people)."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from boussole.audits.measures import Measure
from boussole.audits.metrics.cases import cases_measure
from boussole.audits.metrics.definition import Metric
from boussole.audits.metrics.notices import WITHOUT_NOTICE, notice_measures, noticed
from boussole.audits.metrics.shares import PART_OF_MONTH, of_months, share_measure, sides_of, too_many, untold
from boussole.audits.systems.logs.contacts import DAYS, GRACE_HOURS, HOURS, MOST, OFTEN, PLACED, STOPPED, TIMED
from boussole.audits.systems.model import System

OUTSIDE_HOURS, TOO_OFTEN = "outside_hours_share", "written_too_often_share"
AFTER_STOP = "written_after_stop_share"
ASKED = {OUTSIDE_HOURS: HOURS, TOO_OFTEN: OFTEN}


def contact_measures(read: pa.Table, system: System) -> list[Measure]:
    """Measure the shares of a window from the counts of its messages (`counts.read.SHARES`).

    Suppressed: `small_group`, fewer people than `suppress_below` in a month; few cases (`share_measure`). Undefined:
    `no_times`, more than 1 message in 100 has no time of day; `part_of_month`.
    """
    if PART_OF_MONTH in read["part"].to_pylist():
        names = (*ASKED, AFTER_STOP, *([WITHOUT_NOTICE] if noticed(system) else []))
        return [untold(name, bad_side="above") for name in names]
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
    after_stop = cases_measure(
        AFTER_STOP,
        sides_of(read, STOPPED),
        of_months(read, STOPPED),
        limit=limit,
        none="no_stop",
        told={"hours": GRACE_HOURS},
        repeated=True,
    )
    return [*found, after_stop, *notice_measures(read, system)]


def _untimed(read: pa.Table) -> bool:
    """Whether too many messages have no time of day, or all."""
    untimed = sides_of(read, TIMED)
    return too_many(untimed) or not sides_of(read, HOURS).sum()


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
