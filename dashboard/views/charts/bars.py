"""The bar behind a mark, on the scale of the figure that is drawn, and how far each watched feature has moved."""

from __future__ import annotations

import math
from dataclasses import dataclass

from boussole.audits.languages import capital
from boussole.audits.systems import System
from boussole.charter.document import Comparison, MeasureDocument, Standing, VerdictDocument
from boussole.charter.document.measures import IntervalOfMeasure
from boussole.charter.judging.wording.naming import feature
from boussole.dashboard.markup.words.say import Say

# The bar behind a mark: the interval that decided a comparison, on the scale of the figure that is drawn.


Ends = tuple[float | None, float | None]
"""Where a bar ends; both None: there is none."""
NONE: Ends = (None, None)


def carried(at: float, rate: float | None, compared: MeasureDocument | None) -> float | None:
    """A level, or an end, of the comparison of a group on the scale of its rate; None where it has no place there.

    >>> from boussole.charter.document import Params
    >>> given = {"id": "m", "metric": "m", "by": (), "group": None, "given": {}, "status": "ok", "reason": None, "n": 9}
    >>> found = {"value": 0.5, "clusters": None, "interval": None, "params": Params(scale="ratio", values=(0.2, 0.4))}
    >>> carried(0.8, 0.2, MeasureDocument(**given, **found))
    0.32000000000000006
    """
    if compared is None or compared.value is None or rate is None:
        return None
    if compared.params.scale != "ratio":
        return rate - compared.value + at
    if compared.value:
        return rate / compared.value * at
    values = compared.params.values
    return None if values is None else values[1] * at


def own(interval: IntervalOfMeasure | None) -> Ends:
    """The interval of a figure by itself."""
    return NONE if interval is None else (interval.low, interval.high)


def decided(comparison: Comparison | None) -> Ends:
    """The interval that decided, on the scale of the comparison."""
    found = None if comparison is None else comparison.interval
    return NONE if found is None else (found.low, found.high)


def drawn(comparison: Comparison | None, rate: float | None, compared: MeasureDocument | None) -> Ends:
    """The interval on the scale of the rate that is drawn."""
    low, high = (None if end is None else carried(end, rate, compared) for end in decided(comparison))
    return low, high


def within(bar: Ends, bounds: tuple[float, float]) -> Ends:
    """A bar as far as its scale reaches; none where it has no end on a side without bounds.

    >>> within((0.2, 1.3), (0.0, 1.0)), within((None, 0.3), (0.0, 1.0)), within((0.4, None), (0.0, math.inf))
    ((0.2, 1.0), (0.0, 0.3), (None, None))
    """
    low, high = bar
    if low is None and high is None:
        return NONE
    low, high = max(bounds[0] if low is None else low, bounds[0]), min(bounds[1] if high is None else high, bounds[1])
    return (low, high) if math.isfinite(low) and math.isfinite(high) else NONE


# Drift in an audit document: how far each watched feature has moved from the reference window.


@dataclass(frozen=True, kw_only=True)
class Feature:
    """One feature: its population stability index, the decisions of both windows, and how it was judged."""

    name: str
    value: float | None
    reference_n: int | None
    n: int | None
    reason: str | None
    verdict: str | None
    bar: Ends = NONE
    """The interval that decided; none where nothing did."""


def is_drift(verdict: VerdictDocument) -> bool:
    """Whether a verdict judges how far inputs or scores have moved."""
    return any(comparison.measure.partition("/")[0] == "psi" for comparison in verdict.comparisons)


def features(
    document: Standing, verdict: VerdictDocument | None, say: Say, *, system: System | None = None
) -> list[Feature]:
    """The features of one verdict (None: of the whole document), in the order of the document, named for readers."""
    judging = [verdict] if verdict else [v for v in document.verdicts if is_drift(v)]
    judged = {c.measure: c for v in judging for c in v.comparisons}
    return [
        Feature(
            name=_name((measure.group or {})["feature"], say, system),
            value=measure.value,
            reference_n=measure.params.get("reference_total"),
            n=measure.n,
            reason=None if measure.status == "ok" else measure.reason or measure.status,
            verdict=judged[measure.id].verdict if measure.id in judged else None,
            bar=decided(judged.get(measure.id)),
        )
        for measure in document.measures
        if measure.metric == "psi" and not measure.given and (verdict is None or measure.id in judged)
    ]


def _name(column: str, say: Say, system: System | None) -> str:
    """The title of a feature; a column that has none as it stands."""
    if column == "score":
        return say("Score")
    named = feature(system, column, say.lang)
    return column if named == column else capital(say.text({say.lang: named}))


def drift_levels(document: Standing, verdict: VerdictDocument | None = None) -> dict[str, float]:
    """The levels that drift is judged against, by kind (`watch`, `breach`)."""
    judging = verdict or next((v for v in document.verdicts if is_drift(v)), None)
    threshold = judging.threshold if judging else None
    found = {"watch": threshold.watch, "breach": threshold.breach} if threshold else {}
    return {kind: level for kind, level in found.items() if level is not None}
