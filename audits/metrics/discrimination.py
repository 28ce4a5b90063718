"""How well scores tell apart people whose outcome turns out positive from the others."""

from __future__ import annotations

from boussole.audits.measures import Measure
from boussole.audits.metrics.definition import Metric
from boussole.audits.metrics.scored import EVERY_SEEN, ScoredFigure, ScoredTable, area_ends, group_figures, score_bounds
from boussole.audits.uncertainty.auc import area_interval, auc, bin_bound


def area_measures(scored: ScoredTable) -> list[Measure]:
    """The area under the ROC curve of everybody or of each group."""

    def area(group: list[int]) -> ScoredFigure | None:
        sides = scored.sides(group, group)
        if not all(part.sum() for part in sides.sums):
            return None
        interval = area_interval(sides, clustered=scored.view.table.clustered)
        reason = {} if interval else {"interval_reason": "degenerate"}
        bound = {"bin_bound": bin_bound(*sides.sums), "bins": scored.scores.bins}
        params = {**bound, **reason, **score_bounds(scored, area_ends, group)}
        return ScoredFigure(value=float(auc(*sides.sums)), n=sides.per_bucket, interval=interval, params=params)

    return group_figures(scored, "auc", EVERY_SEEN, area)


_SEEN = "outcomes are seen only for the selected; outcomes are not mature yet"
_BOUND = "from 100 bins of the score: `bin_bound` says how far the area of the rows can be"

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
)
