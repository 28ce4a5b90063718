"""How well scores tell apart people whose outcome turns out positive from the others, within and across groups."""

from __future__ import annotations

from boussole.audits.measures import Measure
from boussole.audits.metrics.definition import Metric, RateComparison
from boussole.audits.metrics.filled import area_ends, score_bounds
from boussole.audits.metrics.scored import EVERY_SEEN, Refused, ScoredFigure, ScoredTable, group_figures, pair_figures
from boussole.audits.uncertainty.auc import Sides, area_interval, auc, bin_bound, compare_areas

AUC_DIFFERENCE = RateComparison(
    metric="auc_difference", rate=EVERY_SEEN, scale="difference", less_is_worse=True, turns=False
)
CROSS = tuple(
    RateComparison(metric=name, rate=EVERY_SEEN, scale="difference", less_is_worse=True, turns=False)
    for name in ("bpsn_auc", "bnsp_auc")
)
"""Shown beside the area of each group; their rate says what they are hidden and undefined with."""


def discrimination_measures(scored: ScoredTable) -> list[Measure]:
    """The area under the ROC curve of everybody or of each group, and what compares groups."""

    def own(group: list[int]) -> ScoredFigure | None:
        figure = _figure(scored, scored.sides(group, group))
        return figure and figure.told(score_bounds(scored, area_ends, group))

    def crossed(positives: list[int], negatives: list[int]) -> ScoredFigure | Refused:
        return _figure(scored, scored.sides(positives, negatives)) or "zero_denominator"

    found = group_figures(scored, "auc", EVERY_SEEN, own)
    if not scored.view.table.by:
        return found
    bpsn, bnsp = CROSS
    found += pair_figures(scored, bpsn, lambda group, other: crossed(other, group), beside=True)
    found += pair_figures(scored, bnsp, crossed, beside=True)
    return found + pair_figures(scored, AUC_DIFFERENCE, lambda group, other: _difference(scored, group, other))


def _figure(scored: ScoredTable, sides: Sides) -> ScoredFigure | None:
    if not all(part.sum() for part in sides.sums):
        return None
    interval = area_interval(sides, clustered=scored.view.table.clustered)
    reason = {} if interval else {"interval_reason": "degenerate"}
    params = {"bin_bound": bin_bound(*sides.sums), "bins": scored.scores.bins, **reason}
    return ScoredFigure(value=float(auc(*sides.sums)), n=sides.per_bucket, interval=interval, params=params)


def _difference(scored: ScoredTable, group: list[int], other: list[int]) -> ScoredFigure | Refused:
    one, two = scored.sides(group, group), scored.sides(other, other)
    if not all(part.sum() for sides in (one, two) for part in sides.sums):
        return "zero_denominator"
    compared = compare_areas(one, two, clustered=scored.view.table.clustered)
    if compared is None:
        return "degenerate"
    interval, test = compared
    values = [float(auc(*sides.sums)) for sides in (one, two)]
    return ScoredFigure(
        value=values[0] - values[1],
        n=one.per_bucket + two.per_bucket,
        interval=interval,
        params={
            "bin_bound": bin_bound(*one.sums) + bin_bound(*two.sums),
            "bins": scored.scores.bins,
            "values": values,
            "decisions": int(scored.view.table.sizes()[[*group, *other]].sum()),
            "test": test,
            **score_bounds(scored, area_ends, group, other),
        },
    )


_SEEN = "outcomes are seen only for the selected; outcomes are not mature yet"
_BOUND = "from 100 bins of the score: `bin_bound` says how far the area of the rows can be"
_BORKAN = "Borkan, Dixon, Sorensen, Thain & Vasserman (2019), WWW Companion: 491-500"

METRICS = (
    Metric(
        name="auc",
        kind="group",
        formula="share of pairs of a positive and a negative outcome in which the positive has the higher score, equal"
        f" scores counted one half ({_BOUND})",
        range="[0, 1]",
        ideal=1.0,
        undefined=f"no positive or no negative outcome among those with a score; {_SEEN}; its interval, where it is 0"
        " or 1",
        source="Hanley & McNeil (1982), Radiology 143:29-36; interval: DeLong et al. (1988), Biometrics 44:837-845;"
        " scikit-learn, roc_auc_score",
    ),
    Metric(
        name="bpsn_auc",
        kind="beside",
        formula="the same share, of positives of the declared reference, else of all other known groups, and negatives"
        " of the group (background positive, subgroup negative): low where the group is scored too high",
        range="[0, 1]",
        ideal=1.0,
        undefined=f"one of the two has none; {_SEEN}",
        source=_BORKAN,
    ),
    Metric(
        name="bnsp_auc",
        kind="beside",
        formula="the same share, of positives of the group and negatives of the declared reference, else of all other"
        " known groups (background negative, subgroup positive): low where the group is scored too low",
        range="[0, 1]",
        ideal=1.0,
        undefined=f"one of the two has none; {_SEEN}",
        source=_BORKAN,
    ),
    Metric(
        name="auc_difference",
        kind="comparison",
        formula="AUC of the group − that of the declared reference, else of all other known groups",
        range="[-1, 1]",
        ideal=0.0,
        undefined=f"a group has no positive or no negative outcome; {_SEEN}; nothing varies",
        source="DeLong, DeLong & Clarke-Pearson (1988), Biometrics 44:837-845",
    ),
)
