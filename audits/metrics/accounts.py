"""A promise about access: no account without a second factor, and no right that a role does not need."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from boussole.audits.measures import Measure
from boussole.audits.metrics.cases import cases_measure
from boussole.audits.metrics.definition import Metric
from boussole.audits.metrics.shares import PART_OF_MONTH, of_months, sides_of, untold
from boussole.audits.systems.logs.registry import BEYOND, FACTOR, UNTOLD, UNUSED
from boussole.audits.systems.model import System

WITHOUT_FACTOR = "accounts_without_second_factor_share"


def account_measures(read: pa.Table, system: System) -> list[Measure]:
    """Measure the accounts of a window without a second factor, from their counts (`counts.read.SHARES`).

    Suppressed: `small_group`, fewer accounts than `suppress_below`; `small_numerator`, some but fewer with, or without,
    a second factor. Undefined: `no_second_factor`, where the export tells it of no account.
    """
    if PART_OF_MONTH in read["part"].to_pylist():
        return [untold(WITHOUT_FACTOR, bad_side="above")]
    section, limit = system.accounts, system.privacy.suppress_below
    assert section is not None  # noqa: S101 (its log is declared)
    factor, every = sides_of(read, section.part(FACTOR)), sides_of(read, section.part(UNTOLD))
    k, n, months = int(factor[1].sum()), int(factor.sum()), of_months(read, section.part(FACTOR))
    told: dict[str, Any] = {
        name: sum(max(found, limit) for found in of_months(read, section.part(part), cases=True))
        for name, part in (("unlabelled", UNTOLD), ("beyond", BEYOND), ("unused", UNUSED))
    }
    told |= {"all": int(every.sum()), "lacking": k}
    found = cases_measure(
        WITHOUT_FACTOR, factor, months, limit=limit, none="no_second_factor", told=told, repeated=True
    )
    if found.status == "undefined":
        return [found]
    few = any(0 < side < limit for month in _by_month(read, section.part(FACTOR)) for side in month)
    reason = "small_numerator" if few else found.reason
    if found.status == "ok" and reason is None:
        return [found]
    hidden = {"some": bool(k or told["beyond"]), "lacking": bool(k)}
    return [Measure(metric=WITHOUT_FACTOR, status="suppressed", reason=reason, params=hidden) if n else found]


def _by_month(read: pa.Table, part: str) -> list[tuple[int, int]]:
    """How many accounts of a part are no case, and are one, in each month."""
    found: dict[str | None, list[int]] = {}
    for row in read.to_pylist():
        if row["part"] == part:
            found.setdefault(row["window"], [0, 0])[row["decision"]] += row["n"]
    return [(no, yes) for no, yes in found.values()]


METRICS = (
    Metric(
        name=WITHOUT_FACTOR,
        kind="share",
        formula="accounts of the last export of each month that need no second factor to sign in ÷ accounts of which"
        " the export tells it, month by month",
        range="[0, 1]",
        ideal=0.0,
        undefined="the export tells of no account whether it needs a second factor; too few accounts with, or without,"
        " to be told",
        source="CNIL, deliberation of 22 January 2026; GDPR, Art. 32; interval: Wilson (1927), JASA 22:209-212",
    ),
)
