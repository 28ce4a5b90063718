"""Time to answer: replies that came after the list had closed, by group; and, shown beside it, how soon they came.

Clusters are people: a person's messages are in one bucket.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from boussole.audits.measures import SELECTED, Cells, Group, Measure
from boussole.audits.metrics.comparisons import comparison_measures
from boussole.audits.metrics.definition import Metric, Rate, RateComparison
from boussole.audits.metrics.groups import rate_measures
from boussole.audits.metrics.shares import few
from boussole.audits.metrics.sides_of_replies import METRICS as SIDE_METRICS
from boussole.audits.metrics.sides_of_replies import SIDES, two_sides
from boussole.audits.metrics.view import View, known_values
from boussole.audits.standing import WindowStanding
from boussole.audits.suppression.lattice import Key
from boussole.audits.suppression.rules import NOTHING, Suppression, suppress
from boussole.audits.systems.logs.contacts import ANSWERED, LATE, PROMPT, PROMPT_HOURS, WAIT, WAITED
from boussole.audits.systems.model import System
from boussole.audits.uncertainty.jackknife import Ints

_CASES = tuple((SELECTED, outcome) for outcome in range(3))
_ALL = tuple((decision, outcome) for decision in range(2) for outcome in range(3))
LATE_SHARE = Rate(metric="late_reply_share", numerator=_CASES, denominator=_ALL)
PROMPT_SHARE = Rate(metric="prompt_reply_share", numerator=_CASES, denominator=_ALL)
LATE_RATIO = RateComparison(metric="late_reply_ratio", rate=LATE_SHARE, scale="ratio", less_is_worse=False, turns=False)
"""Coming too late is a harm, whatever being selected is."""
MEDIAN = "median_reply_minutes"
SMALL = "small_group"


@dataclass(frozen=True, kw_only=True)
class Counting:
    """How counts become tables: `counts.read.cells_from_counts` and `counts.read.positions`."""

    cells: Callable[[pa.Table, System], list[Cells]]
    positions: Callable[[pa.Table, Cells], npt.NDArray[np.intp]]


def reply_measures(
    read: pa.Table, system: System, *, standing: WindowStanding, counting: Counting, withheld: Suppression = NOTHING
) -> list[Measure]:
    """Of everybody and each group: late replies and their comparisons, prompt replies, and the median time to reply.

    From counts of a window (`counts.replies.REPLIED`); none where there are none. Groups are hidden as those of
    decisions are, by how many replied, or were written to: each part by itself; and so are those that are hidden of the
    decisions because of other windows (`withheld`). The median is told of groups that no part hides, nor the replies to
    messages with a time of day; of nobody where these are, perhaps, of fewer people than `suppress_below`.
    """
    if not read.num_rows:
        return []
    late, prompt, answered = (
        views_of_part(read, part, system, standing, counting, withheld) for part in (LATE, PROMPT, ANSWERED)
    )
    nobody = few(answered[()].table.counts.sum(axis=(0, 2, 3))[:, None], system.privacy.suppress_below)
    found = [each for name in SIDES if (each := two_sides(read, name, system)) is not None]
    for by, view in late.items():
        found += rate_measures(view, LATE_SHARE)
        if by:
            found += [_alone(each) for each in comparison_measures(view, LATE_RATIO)]
        found += rate_measures(prompt[by], PROMPT_SHARE)
        hidden = _hidden(view, prompt[by], answered[by])
        found += _medians(read, view, counting, hidden=dict.fromkeys(view.table.groups, SMALL) if nobody else hidden)
    return found


def _alone(measure: Measure) -> Measure:
    """Judged window by window: it is not put together with that of others."""
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


def _hidden(*views: View) -> dict[Group, str]:
    """The groups that are hidden in one of the parts at least, each with a reason."""
    return {view.table.groups[i]: reason for view in reversed(views) for i, reason in view.hidden(PROMPT_SHARE).items()}


def _medians(read: pa.Table, late: View, counting: Counting, *, hidden: Mapping[Group, str]) -> list[Measure]:
    """Within how many minutes half of the replies of each group came; nothing of groups that are `hidden`."""
    by = late.table.by
    rows = read.filter(
        pa.compute.and_(pa.compute.equal(read["part"], WAIT), pa.compute.equal(read["by"], "*".join(by)))
    )
    where = counting.positions(rows, late.table)
    bins, n = rows["bin"].to_numpy(), rows["n"].to_numpy()
    return [
        _median(late, i, bins[where == i], n[where == i], hidden=hidden.get(late.table.groups[i])) for i in late.known
    ]


def _median(view: View, position: int, bins: Ints, n: Ints, *, hidden: str | None) -> Measure:
    group = view.table.groups[position]
    if hidden is not None:
        return view.without_value(MEDIAN, "suppressed", hidden, group=group)
    if not n.sum():
        return view.without_value(MEDIAN, "undefined", "zero_denominator", group=group, n=0)
    return Measure(
        metric=MEDIAN,
        by=view.table.by,
        group=known_values(group),
        value=float(median_of(bins, n)),
        n=int(n.sum()),
    )


def median_of(bins: Ints, n: Ints) -> int:
    """The least number of minutes within which at least half of the replies came.

    >>> median_of(np.array([3, 19, 25]), np.array([4, 1, 5])), median_of(np.array([3, 19, 25]), np.array([4, 2, 5]))
    (19, 19)
    """
    order = np.argsort(bins)
    total = np.cumsum(n[order])
    return int(bins[order][np.searchsorted(total, total[-1] / 2)])


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
    Metric(
        name=PROMPT_SHARE.metric,
        kind="group",
        formula=f"messages with a reply within {PROMPT_HOURS} hours ÷ messages with a time of day",
        range="[0, 1]",
        ideal=None,
        undefined=f"no message; {_FEW}",
        source="Wilson (1927), JASA 22:209-212, at effective sizes: Rao & Scott (1992), Biometrics 48:577-585",
    ),
    Metric(
        name=MEDIAN,
        kind="group",
        formula="the least number of minutes within which half of the replies came: in steps of 1 up to an hour, 5 up"
        f" to five hours, 60 up to two days, then of a day; {WAITED} at most",
        range="[1, 20160]",
        ideal=None,
        undefined=f"no reply; {_FEW}",
        source="a description of the pilot's published figures, without an interval",
    ),
)
