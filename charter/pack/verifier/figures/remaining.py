"""What of an audit is not recomputed: found sealed as it stands, by kind and reason, or one by one."""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from ..groups import Claims

BY_SCORE = "counts by score are only in a restricted pack"
BY_STRATUM = "counts by stratum are only in a restricted pack"
BEFORE = "counts of the window of reference are only in a restricted pack"
PLACES = "places in lists are only in a restricted pack"
AGENCIES = "counts by agency are only in a restricted pack"
HIDDEN = "it rests on counts that this pack does not show"
MODEL = "it is the fit of a model, and the verifier fits none"
TOGETHER = "figures of several windows together, and this pack does not hold the counts of each"
OTHER = "the verifier has no second way of computing it"
MISSING = (
    (r"psi|jensen_shannon|kolmogorov_smirnov|wasserstein|missing_share|estimated_|calibration_(shift|tilt)", BEFORE),
    (r".*_change|score_interaction", BEFORE),
    (r"effect_since_start", AGENCIES),
    (r"auc|bpsn_auc|bnsp_auc|brier_score|mean_score|scoring_rate|calibration_|score_", BY_SCORE),
    (r"selection_odds_ratio|standardised_|adjusted_", BY_STRATUM),
    (r"exposure|reciprocal_|attention_|top_k_|skew_at_k|ndkl|fa_ir_", PLACES),
)
"""Why an open pack does not give a measure, by how its name begins."""


class Left(NamedTuple):
    """One thing that is not recomputed: its id, the measure that it is, and why."""

    id: str
    metric: str
    reason: str


class Remaining:
    """Collects what of one audit is not recomputed."""

    def __init__(self, *, restricted: bool) -> None:
        self.restricted = restricted
        self.whole: list[Left] = []
        self.parts: list[Left] = []
        self.tests: set[str] = set()

    def add(self, measure: dict, claims: Claims | None) -> None:
        """Notes what the claims of a measure do not hold."""
        if self._add(measure, claims, measure["id"], why(measure["metric"], restricted=self.restricted)):
            self.tests.add(measure["id"])

    def add_together(self, measure: dict, claims: Claims | None, *, decides: bool) -> None:
        """The same of what is told of several windows; `decides`: whether its verdict rests on these."""
        left = self._add(measure, claims, f"{measure['id']} since {measure['params'].get('since')}", TOGETHER)
        if decides:
            (self.tests.add if left else self.tests.discard)(measure["id"])

    def _add(self, measure: dict, claims: Claims | None, name: str, reason: str) -> bool:
        """Whether a test is found sealed only."""
        metric = measure["metric"]
        said = [part for part in ("interval", "params.test", "params.correlations") if _says(measure, part)]
        if claims is None:
            self.whole.append(Left(name, metric, reason))
        left = [part for part in said if not any(path.startswith(part) for path in claims or {})]
        if left and claims is not None:
            self.parts.append(Left(name, metric, " and ".join(part.rpartition(".")[2] for part in left)))
        return "params.test" in left

    def lines(self, *, one_by_one: bool) -> list[str]:
        """What is not recomputed, in words, a line each."""
        lines = []
        if self.whole:
            lines.append(f"  not recomputed: sealed as they stand: {len(self.whole)} measures")
            for reason in dict.fromkeys(each.reason for each in self.whole):
                some = [each for each in self.whole if each.reason == reason]
                lines.append(f"    {len(some)}: {reason} ({_named(some)})")
                lines += [f"      {each.id}" for each in some if one_by_one]
        if self.parts:
            lines.append(
                f"  value recomputed, interval or test sealed as they stand: {len(self.parts)} ({_named(self.parts)})"
            )
            lines += [f"      {each.id}: {each.reason}" for each in self.parts if one_by_one]
        return lines


def why(metric: str, *, restricted: bool) -> str:
    """Why a measure is not recomputed."""
    if metric.startswith("modelled_"):
        return MODEL
    if restricted:
        return OTHER
    return next((reason for names, reason in MISSING if re.match(names, metric)), HIDDEN)


def _says(measure: dict, part: str) -> bool:
    return bool(measure["interval"] if part == "interval" else measure["params"].get(part.partition(".")[2]))


def _named(some: list[Left]) -> str:
    return ", ".join(f"{metric} {n}" for metric, n in sorted(Counter(each.metric for each in some).items()))
