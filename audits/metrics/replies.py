"""Time to answer: replies that came after the list had closed, by group (clusters: people)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

import pyarrow as pa

from boussole.audits.measures import SELECTED, Cells, Measure
from boussole.audits.metrics.adjusted import comparison_measures
from boussole.audits.metrics.definition import Metric, Rate, RateComparison
from boussole.audits.metrics.shares import METRICS as SIDE_METRICS
from boussole.audits.metrics.shares import SIDES, two_sides
from boussole.audits.metrics.view import View, rate_measures
from boussole.audits.standing import WindowStanding
from boussole.audits.suppression.lattice import Key
from boussole.audits.suppression.rules import NOTHING, Suppression, suppress
from boussole.audits.systems.logs.contacts import LATE
from boussole.audits.systems.model import System

_CASES = tuple((SELECTED, outcome) for outcome in range(3))
_ALL = tuple((decision, outcome) for decision in range(2) for outcome in range(3))
LATE_SHARE = Rate(metric="late_reply_share", numerator=_CASES, denominator=_ALL)
LATE_RATIO = RateComparison(metric="late_reply_ratio", rate=LATE_SHARE, scale="ratio", less_is_worse=False, turns=False)
"""Coming too late is a harm, whatever being selected is."""


@dataclass(frozen=True, kw_only=True)
class Counting:
    """How counts become tables: `counts.read.cells_from_counts`."""

    cells: Callable[[pa.Table, System], list[Cells]]


def reply_measures(
    read: pa.Table, system: System, *, standing: WindowStanding, counting: Counting, withheld: Suppression = NOTHING
) -> list[Measure]:
    """Measure late replies of everybody and each group, and their comparisons, from `counts.replies.REPLIED`."""
    if not read.num_rows:
        return []
    found = [each for name in SIDES if (each := two_sides(read, name, system)) is not None]
    for by, view in views_of_part(read, LATE, system, standing, counting, withheld).items():
        found += rate_measures(view, LATE_SHARE)
        if by:
            found += [_alone(each) for each in comparison_measures(view, LATE_RATIO)]
    return found


def _alone(measure: Measure) -> Measure:
    """Keep a measure out of those that are put together over windows."""
    return replace(measure, parts=None)


def views_of_part(  # noqa: PLR0917 (what tables of replies are made of)
    read: pa.Table, part: str, system: System, standing: WindowStanding, counting: Counting, withheld: Suppression
) -> Mapping[tuple[str, ...], View]:
    """What a part counts as tables of everybody and of each attribute, hidden as those of decisions are."""
    rows = read.filter(pa.compute.equal(read["part"], part))
    apart = {(by, group) for by, group in withheld.apart}
    tables = [_of_people(each, apart) for each in counting.cells(rows, system) if standing.ended(each.by) is None]
    also = Suppression(decisions={key: why for key, why in withheld.decisions.items() if key not in apart}, outcomes={})
    held = {(table.by, group) for table in tables for group in table.groups}
    also = replace(also, decisions={key: why for key, why in also.decisions.items() if key in held})
    hidden = suppress(tables, system=system, also=also)
    return {
        table.by: View(table=table, system=system, suppression=hidden, standing=standing, by_fairlearn=False)
        for table in tables
    }


def _of_people(table: Cells, apart: Collection[Key]) -> Cells:
    """The table with people as clusters, without groups whose rows are set apart: nothing is told of them anywhere."""
    keep = [i for i, group in enumerate(table.groups) if (table.by, group) not in apart]
    groups = tuple(table.groups[i] for i in keep)
    return Cells(by=table.by, groups=groups, counts=table.counts[keep], clustered=True)


_FEW = "too few people of a group replied, or were written to, to be told"

METRICS = (
    *SIDE_METRICS,
    Metric(
        name=LATE_SHARE.metric,
        kind="group",
        formula="replies that came after the list had closed ÷ replies to messages about a list with a known end",
        range="[0, 1]",
        ideal=0.0,
        undefined=f"no reply; {_FEW}",
        source="Wilson (1927), JASA 22:209-212, at effective sizes: Rao & Scott (1992), Biometrics 48:577-585",
    ),
    Metric(
        name=LATE_RATIO.metric,
        kind="comparison",
        formula="late_reply_share of the group ÷ that of the declared reference, else of all other known groups",
        range="[0, ∞)",
        ideal=1.0,
        undefined=f"nobody of the reference replied late; no reply; {_FEW}",
        source="Miettinen & Nurminen (1985), Statistics in Medicine 4:213-226, at effective sizes",
    ),
)
