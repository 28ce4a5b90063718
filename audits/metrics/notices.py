"""A promise about messages: the first one to a person says, in an approved notice, that a machine writes."""

from __future__ import annotations

import pyarrow as pa

from boussole.audits.measures import Measure
from boussole.audits.metrics.cases import cases_measure
from boussole.audits.metrics.definition import Metric
from boussole.audits.metrics.shares import of_months, sides_of
from boussole.audits.systems.logs.contacts import FIRST, LACKING, UNTOLD
from boussole.audits.systems.model import System

WITHOUT_NOTICE = "first_without_notice_share"


def noticed(system: System) -> bool:
    """Whether the system file says which templates have a notice."""
    return system.contacts is not None and bool(system.contacts.notices)


def notice_measures(read: pa.Table, system: System) -> list[Measure]:
    """Measure the first messages of a window without an approved notice, from their counts (`counts.read.SHARES`).

    Suppressed: `small_group`, fewer people than `suppress_below`. Undefined: `no_template`, no first message names its
    template. Nothing is measured where the system file names no notice.
    """
    section = system.contacts
    if section is None or not section.notices or section.part(FIRST) not in read["part"].to_pylist():
        return []
    first, untold, lacking = (sides_of(read, section.part(part)) for part in (FIRST, UNTOLD, LACKING))
    limit = system.privacy.suppress_below
    told = {"unlabelled": int(untold[1].sum()), "all": int(untold.sum()), "lacking": int(lacking[1].sum())}
    months = of_months(read, section.part(FIRST))
    return [cases_measure(WITHOUT_NOTICE, first, months, limit=limit, none="no_template", told=told)]


METRICS = (
    Metric(
        name=WITHOUT_NOTICE,
        kind="share",
        formula="people whose first message in the log left from a template whose notice nobody had approved by then ÷"
        " people whose first message names its template",
        range="[0, 1]",
        ideal=0.0,
        undefined="no first message names its template; too few people to be told",
        source="AI Act, Art. 50(1) and (5); bound of what may still come: rule of three, Hanley & Lippman-Hand (1983),"
        " JAMA 249:1743-1745; interval: Wilson (1927), JASA 22:209-212",
    ),
)
