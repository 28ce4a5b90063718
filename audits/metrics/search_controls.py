"""A promise about silence: no reply to the system, and no lack of one, leads to a control of a search for work."""

from __future__ import annotations

import pyarrow as pa

from boussole.audits.measures import Measure
from boussole.audits.metrics.cases import cases_measure
from boussole.audits.metrics.definition import Metric
from boussole.audits.metrics.shares import PART_OF_MONTH, of_months, sides_of, untold
from boussole.audits.systems.logs.search_controls import FROM_REPLIES, UNTOLD
from boussole.audits.systems.model import System

FROM_REPLIES_SHARE = "controls_from_replies_share"


def control_measures(read: pa.Table, system: System) -> list[Measure]:
    """Measure the people controlled in a window because of a reply or its absence (`counts.read.SHARES`).

    Suppressed: `small_group`, fewer people than `suppress_below` in a month. Undefined: `no_trigger`, told of nobody.
    """
    if PART_OF_MONTH in read["part"].to_pylist():
        return [untold(FROM_REPLIES_SHARE, bad_side="above")]
    section = system.search_controls
    assert section is not None  # noqa: S101 (its log is declared)
    known, every = (sides_of(read, section.part(part)) for part in (FROM_REPLIES, UNTOLD))
    found = cases_measure(
        FROM_REPLIES_SHARE,
        known,
        of_months(read, section.part(FROM_REPLIES)),
        limit=system.privacy.suppress_below,
        none="no_trigger",
        told={"unlabelled": int(every[1].sum()), "all": int(every.sum())},
        repeated=True,
    )
    return [found]


METRICS = (
    Metric(
        name=FROM_REPLIES_SHARE,
        kind="share",
        formula="people controlled, each month, because of a reply to the system or its absence ÷ people controlled of"
        " whom it is told what led to it",
        range="[0, 1]",
        ideal=0.0,
        undefined="the log tells of nobody what led to the control; too few people to be told",
        source="GDPR, Art. 5(1)(b); bound of what may still come: rule of three, Hanley & Lippman-Hand (1983), JAMA"
        " 249:1743-1745; interval: Wilson (1927), JASA 22:209-212",
    ),
)
