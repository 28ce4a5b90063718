"""Lists of windows that share days: means over lists are sums that can be subtracted.

A quarter of which all other months are told tells the month whose few lists were hidden. So a mean over lists is hidden
where telling it would give the sum over few lists away, or, at the first places, that over lists in which a few people
of a group stand there, or all but a few. Ratios between groups are no such sums: their weights are not told.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from boussole.audits.measures import Lists, measure_id
from boussole.audits.metrics.ranking import NDKL, OF_GROUPS, MeanOverLists
from boussole.audits.suppression.additive import gives_away
from boussole.audits.suppression.lattice import Key
from boussole.audits.suppression.over_time import REASON
from boussole.audits.systems.model import System
from boussole.audits.windows import Window

METRICS = frozenset(mean.metric for mean in (*OF_GROUPS, NDKL))


def lists_withheld(
    window: Window,
    told: Mapping[Window, Collection[str]],
    lists: Mapping[Window, Sequence[Lists]],
    *,
    system: System,
) -> dict[str, dict[Key, str]]:
    """By metric, the groups whose mean over lists a window must hide; no group: the measure across groups.

    `told`: the ids of the measures that each earlier window tells; `lists`: those of each piece of all these windows,
    in order, with the same groups in each, or none. A piece whose rows would be needed and were purged counts as few.
    """
    found: dict[str, dict[Key, str]] = {}
    limit, cut = system.privacy.suppress_below, list(lists)
    for i, any_ in enumerate(next((each for each in lists.values() if each), ())):
        by, groups = any_.by, any_.groups
        known = [at for at, group in enumerate(groups) if None not in group]
        figures = [(mean, at) for mean in OF_GROUPS for at in known] + [(NDKL, None)]
        for mean, at in figures:
            key = by, () if at is None else groups[at]
            name = measure_id(mean.metric, by, key[1] or None)
            shown = [each for each, ids in told.items() if name in ids]
            counts = [_counts(each[i] if each else None, mean, at, known) for each in lists.values()]
            if any(gives_away(window, shown, cut, each, limit=limit) for each in zip(*counts, strict=True)):
                found.setdefault(mean.metric, {})[key] = REASON
    return found


def _counts(lists: Lists | None, mean: MeanOverLists, at: int | None, known: Sequence[int]) -> list[int]:
    """How many lists a mean rests on, then, at the first places, the people there and below of each group."""
    parts = 1 + 2 * len(known) * mean.at_top
    if lists is None or lists.purged:
        return [0 if lists is None else 1] * parts
    sums = lists.whole if at is None else lists.sums.at(at)
    own = int(sums.totals[mean.lists])
    if not mean.at_top:
        return [own]
    top, pool = (lists.sums.totals[name][list(known)] for name in ("top", "pool"))
    return [own, *(int(n) for n in (*top, *(pool - top)))]
