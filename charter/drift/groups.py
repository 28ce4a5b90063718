"""How the mix of groups, and what they are given, move, from the published figures of stored audits alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from boussole.audits.cubes.values import categories
from boussole.audits.drift.measures import index_measures
from boussole.audits.drift.shifts import Scale, Series, Step, step_of
from boussole.audits.measures import Measure
from boussole.audits.systems.kinds import AuditWindow
from boussole.audits.systems.model import System
from boussole.audits.windows import Window, period_of
from boussole.charter.document import AuditDocument
from boussole.charter.document.base import given
from boussole.charter.text.judged import judged

MIX = "mix"
SCALES: dict[str, Scale] = {"ratio": "ratio", "difference": "difference", "value": "value"}
MEAN_SCORE, SELECTION_RATE, CALIBRATION = "mean_score", "selection_rate", "calibration_in_the_large"
OF_EVERYBODY = (SELECTION_RATE, CALIBRATION, "auc", "accuracy", "precision")
"""What is looked at of everybody beside the score: what is decided, what scores mean, how often both are right."""


@dataclass(frozen=True, kw_only=True)
class GroupSizes:
    """What the last audit of a window told of groups: how many decisions each shown group had, of all of them."""

    decisions: int
    groups: Mapping[str, Mapping[str, int]]
    """By attribute; an attribute without a shown group is not in it."""
    expired: frozenset[str]


def kind_of_series(system: System) -> AuditWindow:
    """The length of the periods of series: that of the system's audits, or months where these are days or one."""
    kind = system.windows.audit
    return "month" if kind in ("day", "all") else kind


def series_of(documents: Mapping[Window, AuditDocument], kind: AuditWindow) -> list[Series]:
    """What audits of whole periods of a kind have told: judged comparisons, scores, and how good decisions are."""
    periods = [window for window in sorted(documents) if window == period_of(window.start, kind)]
    if len(periods) < 2:
        return []
    newest = documents[periods[-1]]
    compared = {each.measure for verdict in newest.verdicts for each in verdict.comparisons}
    found = []
    for measure in newest.measures:
        plain = (measure.metric == MEAN_SCORE and len(measure.by) < 2) or measure.id in OF_EVERYBODY
        scale = SCALES.get(judged(measure.metric).scale if measure.id in compared else "value" if plain else "")
        if scale is not None and not judged(measure.metric).overlapping:
            steps = [_step(window, documents[window], measure.id) for window in periods]
            kept = [step for step in steps if step is not None]
            kinds = {bool(step.se) for step in kept}
            if len(kinds) == 1:
                found.append(Series(id=measure.id, scale=scale, steps=kept))
    return found


def _step(window: Window, document: AuditDocument, measure_id: str) -> Step | None:
    found = next((each for each in document.measures if each.id == measure_id), None)
    if found is None:
        return None
    return step_of(window, found, found.params.test)


def told(document: AuditDocument) -> GroupSizes:
    """What one audit document tells of the sizes of groups."""
    groups: dict[str, dict[str, int]] = {}
    expired = set()
    for measure in document.measures:
        if measure.metric != "selection_rate" or len(measure.by) != 1:
            continue
        (name,) = measure.by
        if measure.reason == "expired":
            expired.add(name)
        elif measure.status == "ok" and measure.group:
            groups.setdefault(name, {})[measure.group[name]] = given(measure.n)
    return GroupSizes(decisions=document.decisions, groups=groups, expired=frozenset(expired))


def mix_measures(
    reference: GroupSizes | None, current: GroupSizes | None, system: System, *, design_effect: float
) -> list[Measure]:
    """How far the mix of each attribute's groups is from that of another window.

    Undefined: `not_audited`, where one of the windows has no audit; `expired`; `groups_hidden`, where fewer than two
    groups are shown in both.
    """
    found: list[Measure] = []
    for name in system.groups:
        reason = _reason(reference, current, name)
        if reason is None and reference is not None and current is not None:
            shown = {
                group: (n, current.groups[name][group])
                for group, n in reference.groups[name].items()
                if group in current.groups[name]
            }
            rest = tuple(
                max(side.decisions - sum(pair[at] for pair in shown.values()), 0)
                for at, side in enumerate((reference, current))
            )
            mixed = categories(MIX, name, {**shown, "?": (rest[0], rest[1])} if any(rest) else shown)
            found += index_measures(mixed, design_effect=design_effect)
        else:
            found.append(Measure(metric="psi", by=(MIX,), group=(name,), status="undefined", reason=reason))
    return found


def _reason(reference: GroupSizes | None, current: GroupSizes | None, name: str) -> str | None:
    if reference is None or current is None:
        return "not_audited"
    if name in reference.expired | current.expired:
        return "expired"
    both = set(reference.groups.get(name, ())) & set(current.groups.get(name, ()))
    return None if len(both) > 1 else "groups_hidden"
