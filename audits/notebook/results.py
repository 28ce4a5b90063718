"""What a notebook gets back: measures as a table, as a picture, and as they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from boussole.audits.arguments import check_types
from boussole.audits.errors import BoussoleError, nearest
from boussole.audits.measure_params import Params
from boussole.audits.measures import Measure, attribute_of, label_of
from boussole.audits.notebook.drawing import DrawingRow, chart, page
from boussole.audits.uncertainty.tests import p_value

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

COLUMNS = (
    "id",
    "by",
    "group",
    "metric",
    "given",
    "value",
    "low",
    "high",
    "method",
    "p_value",
    "n",
    "clusters",
    "status",
    "reason",
    "against",
    "groups_left_out",
)


class Results:
    """Measures with their groups and intervals; the base of what `audit` and `compare` return."""

    measures: Sequence[Measure]

    @check_types
    def measure(self, measure_id: str) -> Measure:
        """One measure by its id, such as `selection_rate/gender=F`. Raises BoussoleError that names the nearest."""
        found = {measure.id: measure for measure in self.measures}
        if measure_id not in found:
            raise BoussoleError(f"there is no measure '{measure_id}'.", next_step=nearest(measure_id, found))
        return found[measure_id]

    def frame(self) -> pd.DataFrame:
        """Return one row per measure, by its id.

        `by`: the attribute (`gender`, `gender*age`; none: everybody), `group`: its value (none: across groups),
        `given`: the stage; then value, interval, the two-sided p of no difference (uncorrected), n, clusters, status,
        reason, the comparison group (`rest`: all others), and the number of groups left out of a measure over several.
        """
        import pandas as pd

        rows = [_row(measure) for measure in self.measures]
        return pd.DataFrame(rows, columns=list(COLUMNS)).set_index("id").convert_dtypes()

    @check_types
    def plot(self, metric: str | None = None) -> alt.LayerChart:
        """Draw the values of groups with their intervals, one row for each; `metric`: by default the first of groups.

        Raises BoussoleError for a metric that no group has.
        """
        names = list(dict.fromkeys(measure.metric for measure in self.measures if measure.group is not None))
        if not names:
            raise BoussoleError("no group was measured: there is nothing to draw.", next_step="Name groups in `by`.")
        chosen = metric if metric is not None else names[0]
        if chosen not in names:
            raise BoussoleError(f"no group has a measure '{chosen}'.", next_step=nearest(chosen, names))
        drawn = [row for measure in self.measures if measure.metric == chosen and (row := _drawn(measure)) is not None]
        return chart(drawn, metric=chosen)

    def _page(self, heading: str, notes: Sequence[str], metrics: Sequence[str]) -> str:
        """HTML: a heading, notes, and the measures of groups of some metrics, each with its dot and interval."""
        rows = [
            row for name in metrics for measure in self.measures if measure.metric == name and (row := _drawn(measure))
        ]
        return page(heading, notes, rows, left_out=len(self.measures) - len(rows))


def _row(measure: Measure) -> dict[str, Any]:
    interval, params = measure.interval, Params.of(measure.params)
    return {
        "id": measure.id,
        "by": attribute_of(measure.by),
        "group": label_of(measure.group),
        "metric": measure.metric,
        "given": ", ".join(f"{name}={value}" for name, value in measure.given.items()) or None,
        "value": measure.value,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
        "method": interval.method if interval else None,
        "p_value": p_value(params.test.stated if params.test else None, params.scale),
        "n": measure.n,
        "clusters": measure.clusters,
        "status": measure.status,
        "reason": measure.reason,
        "against": _against(params),
        "groups_left_out": params.groups_left_out,
    }


def _against(params: Params) -> str | None:
    return "other groups shown" if params.against_shown else params.against


def _drawn(measure: Measure) -> DrawingRow | None:
    """One row of a picture; None for measures that are about no group."""
    label = label_of(measure.group)
    if label is None:
        return None
    given = "".join(f" | {value}" for value in measure.given.values())
    return DrawingRow(
        metric=measure.metric,
        by=(attribute_of(measure.by) or "") + given,
        group=label,
        against=_against(Params.of(measure.params)),
        value=measure.value,
        low=measure.interval.low if measure.interval else None,
        high=measure.interval.high if measure.interval else None,
        n=measure.n,
        note=measure.reason,
    )
