"""Judging a candidate version against the one in production: whether a comparison got worse, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from boussole.audits.errors import BoussoleError
from boussole.audits.sides import Side
from boussole.audits.systems.model import System
from boussole.audits.uncertainty.change import Change
from boussole.audits.uncertainty.holm import holm
from boussole.audits.versions import Changed, changes
from boussole.charter.document.measures import measures_of
from boussole.charter.judging.families import questions
from boussole.charter.text.model import Charter

SCHEMA = "boussole.comparison/1"
WORST_FIRST = ("worse", "unknown", "not_worse")
TOO_FEW = "too_few_cases"
NOTHING = "no_comparison"

Document = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Margins:
    """What still counts as not worse: a ratio that falls by no more than this factor, a gap that grows by no more."""

    ratio: float = 0.9
    gap: float = 0.05

    def __post_init__(self) -> None:
        if not 0 < self.ratio < 1:
            raise BoussoleError(
                f"a ratio margin of {self.ratio:g} makes no sense.", next_step="Give a factor between 0 and 1: 0.9."
            )
        if not 0 < self.gap < 1:
            raise BoussoleError(
                f"a gap margin of {self.gap:g} makes no sense.", next_step="Give a difference between 0 and 1: 0.05."
            )

    def of(self, change: Change) -> float:
        """The margin on the bad side of a comparison, as a factor or a difference."""
        if change.scale == "ratio":
            return self.ratio if change.bad_side == "below" else 1 / self.ratio
        return -self.gap if change.bad_side == "below" else self.gap


def compare(
    charter: Charter,
    system: System,
    production: Side,
    candidate: Side,
    *,
    margins: Margins = Margins(),
) -> Document:
    """What changed from production to the candidate, in every comparison that the charter judges.

    *worse*: significantly worse, Holm-corrected over all comparisons, so that a candidate that changes nothing is
    held up at most once in 1 ÷ alpha builds. *not_worse*: significantly within the margin. Else *unknown*, with the
    smallest regression that these cases could have shown. The formulas are those of `audits.uncertainty.change`.
    """
    asked = _asked(charter, system, followed := changes(system, production, candidate))
    judged = [item for item in followed if item.candidate.id in asked]
    p_values = {item.candidate.id: item.change.p_worse() for item in judged if item.change is not None}
    adjusted = dict(zip(p_values, holm(list(p_values.values())), strict=True))
    comparisons = [
        _judged(item, asked[item.candidate.id], charter=charter, margins=margins, p_values=p_values, adjusted=adjusted)
        for item in judged
    ]
    found = [comparison["verdict"] for comparison in comparisons]
    return {
        "schema": SCHEMA,
        "system": system.id,
        "charter": {"id": charter.id, "version": charter.version, "sha256": charter.sha256},
        "production": production.document(),
        "candidate": candidate.document(),
        "alpha": charter.alpha,
        "power": charter.power,
        "margins": {"ratio": margins.ratio, "gap": margins.gap},
        "family": len(p_values),
        "comparisons": comparisons,
        "verdict": min(found, key=WORST_FIRST.index, default="unknown"),
        "reason": None if found else NOTHING,
    }


def _asked(charter: Charter, system: System, followed: Sequence[Changed]) -> dict[str, list[str]]:
    """The comparisons that a question of the charter is answered by, each with its articles."""
    measures = measures_of(item.candidate for item in followed)
    found: dict[str, list[str]] = {}
    for question in questions(charter, system, measures):
        for measure in question.comparisons:
            articles = found.setdefault(measure.id, [])
            if question.article.id not in articles:
                articles.append(question.article.id)
    return found


def _judged(
    item: Changed,
    articles: Sequence[str],
    *,
    charter: Charter,
    margins: Margins,
    p_values: Mapping[str, float],
    adjusted: Mapping[str, float],
) -> Document:
    """The document of one comparison."""
    measure = item.candidate
    document: Document = {
        "measure": measure.id,
        "metric": measure.metric,
        "by": list(measure.by),
        "group": dict(zip(measure.by, measure.group or (), strict=True)),
        "against": measure.params["against"],
        "scale": measure.params["scale"],
        "bad_side": measure.params["bad_side"],
        "articles": list(articles),
        "production": item.production.value if item.change else None,
        "candidate": measure.value if item.change else None,
    }
    if item.change is None:
        return document | dict.fromkeys(FIGURES) | {"verdict": "unknown", "reason": item.reason}
    p = p_values[measure.id], adjusted[measure.id]
    return document | _figures(item.change, charter, margins, p=p, family=len(adjusted))


FIGURES = (
    "change", "bound", "margin", "n", "units", "paired", "changed",
    "p_worse", "p_worse_adjusted", "p_within", "smallest",
)  # fmt: skip


def _figures(change: Change, charter: Charter, margins: Margins, *, p: tuple[float, float], family: int) -> Document:
    """The figures of one comparison and its verdict; `p` is that of worse, raw and Holm-corrected."""
    margin, (raw, adjusted) = margins.of(change), p
    p_within = change.p_within(margin)
    verdict = "worse" if adjusted <= charter.alpha else "not_worse" if p_within <= charter.alpha else "unknown"
    units = change.units
    return {
        "change": change.value(),
        "bound": change.bound(charter.alpha),
        "margin": margin,
        "n": [int(side) for side in units.denominators().sum(axis=1)],
        "units": int(units.times.sum()),
        "paired": int(units.times[units.both].sum()),
        "changed": units.changed,
        "p_worse": raw,
        "p_worse_adjusted": adjusted,
        "p_within": p_within,
        "smallest": change.smallest(alpha=charter.alpha / family, power=charter.power),
        "verdict": verdict,
        "reason": TOO_FEW if verdict == "unknown" else None,
    }
