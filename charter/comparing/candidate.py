"""A candidate held to the version in production: whether a comparison of the charter got worse, and how surely."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.audits.errors import BoussoleError
from boussole.audits.sides import Side
from boussole.audits.systems.model import System
from boussole.audits.uncertainty.change import ComparisonChange
from boussole.audits.uncertainty.holm import holm
from boussole.audits.versions import VersionChange, changes
from boussole.charter.document import MeasureDocument
from boussole.charter.document.base import given
from boussole.charter.document.differences.comparing import (
    SCHEMA,
    CharterOfComparison,
    ComparisonDocument,
    Days,
    JudgedChange,
    Margins,
    Outcome,
    VersionSide,
)
from boussole.charter.document.measures import measures_of
from boussole.charter.judging.families import questions
from boussole.charter.text.model import Charter

WORST_FIRST = ("worse", "unknown", "not_worse")
TOO_FEW = "too_few_cases"
CUSTOMARY = Margins(ratio=0.9, gap=0.05)


def margins(*, ratio: float = CUSTOMARY.ratio, gap: float = CUSTOMARY.gap) -> Margins:
    """What still counts as not worse. Raises BoussoleError for a factor or a difference that is not between 0 and 1."""
    if not 0 < ratio < 1:
        raise BoussoleError(
            f"a ratio margin of {ratio:g} makes no sense.", next_step="Give a factor between 0 and 1: 0.9."
        )
    if not 0 < gap < 1:
        raise BoussoleError(
            f"a gap margin of {gap:g} makes no sense.", next_step="Give a difference between 0 and 1: 0.05."
        )
    return Margins(ratio=ratio, gap=gap)


def judge(
    charter: Charter, system: System, production: Side, candidate: Side, *, margins: Margins = CUSTOMARY
) -> ComparisonDocument:
    """What changed from production to the candidate, in every comparison that the charter judges.

    *worse*: significantly worse, Holm-corrected over all comparisons. *not_worse*: significantly within the margin.
    Else *unknown*, with the smallest regression that these cases could have shown (`audits.uncertainty.change`).
    """
    followed = changes(system, production, candidate)
    measures = measures_of(item.candidate for item in followed)
    asked = _asked(charter, system, measures)
    compared = [(item, measure) for item, measure in zip(followed, measures, strict=True) if measure.id in asked]
    tested = [item.change for item, _ in compared if item.change is not None]
    adjusted = holm([change.p_worse() for change in tested])
    least = holm([0.0 if change.p_worse_at_most else change.p_worse() for change in tested])
    found = iter([(p, low < p) for p, low in zip(adjusted, least, strict=True)])
    judged = tuple(
        _row(
            item,
            measure,
            (None, False) if item.change is None else next(found),
            asked[measure.id],
            charter=charter,
            margins=margins,
            level=charter.alpha / max(len(tested), 1),
        )
        for item, measure in compared
    )
    return ComparisonDocument(
        schema_=SCHEMA,
        kind="candidate",
        system=system.id,
        charter=CharterOfComparison(id=charter.id, version=charter.version, sha256=charter.sha256),
        production=_side(production),
        candidate=_side(candidate),
        alpha=charter.alpha,
        power=charter.power,
        margins=margins,
        family=len(tested),
        rows=judged,
        verdict=min((each.verdict for each in judged), key=WORST_FIRST.index, default="unknown"),
        reason=None if judged else "no_comparison",
    )


def _side(side: Side) -> VersionSide:
    return VersionSide(kind=side.kind, name=side.name, window=Days.between(side.window), decisions=side.decisions)


def _asked(charter: Charter, system: System, measures: Sequence[MeasureDocument]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for question in questions(charter, system, measures):
        for measure in question.comparisons:
            articles = found.setdefault(measure.id, [])
            if question.article.id not in articles:
                articles.append(question.article.id)
    return found


def _row(
    item: VersionChange,
    measure: MeasureDocument,
    holms: tuple[float | None, bool],
    articles: Sequence[str],
    *,
    charter: Charter,
    margins: Margins,
    level: float,
) -> JudgedChange:
    change, (adjusted, at_most) = item.change, holms
    scale, bad_side = given(measure.params.scale), given(measure.params.bad_side)
    margin = margins.on(bad_side, scale=scale)
    p_within = None if change is None else change.p_within(margin)
    verdict = _verdict(adjusted, p_within, alpha=charter.alpha)
    return JudgedChange(
        measure=measure.id,
        metric=measure.metric,
        by=measure.by,
        group=measure.group or {},
        against=given(measure.params.against),
        scale="ratio" if scale == "ratio" else "difference",
        bad_side=bad_side,
        articles=tuple(articles),
        production=None if change is None else item.production.value,
        candidate=None if change is None else measure.value,
        change=None if change is None else change.value(),
        bound=None if change is None else change.bound(charter.alpha),
        margin=None if change is None else margin,
        n=None if change is None else _sizes(change),
        units=None if change is None else int(change.units.times.sum()),
        paired=None if change is None else int(change.units.times[change.units.both].sum()),
        changed_=None if change is None else change.units.changed,
        p_worse=None if change is None else change.p_worse(),
        p_worse_adjusted=adjusted,
        **({"p_worse_at_most": True} if at_most else {}),
        p_within=p_within,
        smallest=None if change is None else change.smallest(alpha=level, power=charter.power),
        verdict=verdict,
        reason=item.reason or (TOO_FEW if verdict == "unknown" else None),
    )


def _verdict(adjusted: float | None, p_within: float | None, *, alpha: float) -> Outcome:
    if adjusted is None or p_within is None:
        return "unknown"
    return "worse" if adjusted <= alpha else "not_worse" if p_within <= alpha else "unknown"


def _sizes(change: ComparisonChange) -> tuple[int, int]:
    production, candidate = change.units.denominators().sum(axis=1)
    return int(production), int(candidate)
