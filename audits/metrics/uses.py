"""A promise about purposes: a system is used for what was declared, and for nothing else.

Clusters are teams, whose members work by the same instructions; of agents and teams nothing is told.
"""

from __future__ import annotations

import pyarrow as pa

from boussole.audits.measures import Measure
from boussole.audits.metrics.cases import cases_measure
from boussole.audits.metrics.definition import Metric
from boussole.audits.metrics.shares import PART_OF_MONTH, of_months, sides_of, untold
from boussole.audits.systems.logs.usage import MONTHS, SQUARES, UNDECLARED, UNLABELLED
from boussole.audits.systems.model import System

UNDECLARED_SHARE = "undeclared_use_share"


def use_measures(read: pa.Table, system: System) -> list[Measure]:
    """The uses of a window that nobody declared, from their counts (`counts.read.SHARES`).

    Beside them: of how many uses nobody can tell (`unlabelled`), of how many in all (`all`). Suppressed: `small_group`,
    fewer uses than `suppress_below` in a month. Undefined: `no_label`, where no use says what it was for.
    """
    if PART_OF_MONTH in read["part"].to_pylist():
        return [untold(UNDECLARED_SHARE, bad_side="above")]
    section = system.usage
    assert section is not None  # noqa: S101 (its log is declared)
    labelled, every = (sides_of(read, section.part(part)) for part in (UNDECLARED, UNLABELLED))
    told = {"unlabelled": int(every[1].sum()), "all": int(every.sum())}
    limit = system.privacy.suppress_below
    squares, months = (int(sides_of(read, part).sum()) for part in (SQUARES, MONTHS))
    alike = told["all"] * int(labelled.sum()) / (months * squares)  # as if all uses of a team were alike
    found = cases_measure(
        UNDECLARED_SHARE,
        labelled,
        of_months(read, section.part(UNDECLARED)),
        limit=limit,
        none="no_label",
        told=told,
        clusters=alike,
    )
    return [found]


METRICS = (
    Metric(
        name=UNDECLARED_SHARE,
        kind="share",
        formula="uses whose purpose or task is none of the declared ones, or that are about an excluded offer ÷ uses"
        " that say what they are for",
        range="[0, 1]",
        ideal=0.0,
        undefined="no use says what it is for; too few uses to be told",
        source="GDPR, Art. 5(1)(b); bound of what may still come: rule of three, Hanley & Lippman-Hand (1983), JAMA"
        " 249:1743-1745; interval: Wilson (1927), JASA 22:209-212, at effective sizes: Rao & Scott (1992), Biometrics"
        " 48:577-585",
    ),
)
