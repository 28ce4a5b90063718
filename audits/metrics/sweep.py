"""Every selection and error rate at every threshold that the score could have had."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from boussole.audits.measures import Counts, attribute_of, label_of
from boussole.audits.metrics import errors, selection
from boussole.audits.metrics.groups import safe_ratio
from boussole.audits.metrics.scored import EVERY, EVERY_SEEN, ScoredTable

RATES = (*selection.RATES, *errors.RATES)


def swept(
    scored: ScoredTable, steps: Counts | None = None, thresholds: Sequence[float] = ()
) -> Iterator[Mapping[str, Any]]:
    """One row per group, rate and threshold: what the rate would be if all with that score or more were selected.

    Over decisions that have a score; rates of outcomes over those whose outcome is known. `steps`: counts (groups,
    thresholds, decision, outcome) of the scores from each of the `thresholds` up to the next; without them, thresholds
    are the edges of the bins. Where outcomes are seen only for the selected they cannot be had for others, and rates of
    outcomes are undefined (`selective_labels`). Groups that are hidden at the threshold in force are hidden at all.
    """
    view = scored.view
    if steps is None:
        steps, thresholds = scored.scores.counts.sum(axis=2), scored.scores.edges(scored.scores.bins)
    for position in view.known:
        group = view.table.groups[position]
        counts = decided(steps[position])
        for rate in RATES:
            like = EVERY_SEEN if rate.outcome else EVERY
            blocked, hidden = view.blocked(like), view.hidden(like).get(position)
            k, n = rate.counted(counts)
            values = safe_ratio(k.astype(np.float64), n.astype(np.float64))
            for threshold, value, size in zip(thresholds, values, n, strict=True):
                yield {
                    "by": attribute_of(view.table.by),
                    "group": label_of(group),
                    "metric": rate.metric,
                    "threshold": float(threshold),
                    **_shown(float(value), int(size), blocked, hidden),
                }


def _shown(value: float, n: int, blocked: str | None, hidden: str | None) -> dict[str, Any]:
    if blocked:
        return {"value": None, "n": None, "status": "undefined", "reason": blocked}
    if hidden:
        return {"value": None, "n": None, "status": "suppressed", "reason": hidden}
    if not n:
        return {"value": None, "n": 0, "status": "undefined", "reason": "zero_denominator"}
    return {"value": value, "n": n, "status": "ok", "reason": None}


def decided(counts: Counts) -> Counts:
    """Counts (steps, decision, outcome) if all from a step upwards were selected, for each step in turn.

    Input: counts of one group (steps, decision, outcome), whatever was decided.

    >>> one = np.zeros((2, 2, 3), dtype=np.int64)
    >>> one[0, 0, 0], one[1, 0, 1] = 5, 7
    >>> decided(one).tolist()
    [[[0, 0, 0], [5, 7, 0]], [[5, 0, 0], [0, 7, 0]]]
    """
    by_outcome = counts.sum(axis=1)
    above = np.cumsum(by_outcome[::-1], axis=0)[::-1]
    return np.stack([by_outcome.sum(axis=0) - above, above], axis=1)
