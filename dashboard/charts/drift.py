"""Drift in an audit document: how far each watched feature has moved from the reference window."""

from __future__ import annotations

from dataclasses import dataclass

from boussole.audits.languages import capital
from boussole.audits.systems import System
from boussole.charter.document import Standing, VerdictDocument
from boussole.charter.judging.wording.naming import feature
from boussole.dashboard.charts.bars import NONE, Ends, decided
from boussole.dashboard.words.say import Say


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
