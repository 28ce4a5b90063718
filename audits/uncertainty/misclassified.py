"""The share of something that a detector finds, corrected for how well it detects, both being measured."""

from __future__ import annotations

import math
from dataclasses import dataclass

from boussole.audits.measures import Interval
from boussole.audits.uncertainty.quantiles import normal_quantile


@dataclass(frozen=True, kw_only=True)
class Detection:
    """What a detector did on a set that people annotated, in texts: with and without what it looks for.

    Undefined (None): a recall without any text that holds it, a specificity without any that does not, a precision
    where nothing was flagged.
    """

    found: int
    missed: int
    false_alarms: int
    rightly_silent: int

    @property
    def positives(self) -> int:
        """Texts that hold what is looked for."""
        return self.found + self.missed

    @property
    def negatives(self) -> int:
        """Texts that do not."""
        return self.false_alarms + self.rightly_silent

    @property
    def recall(self) -> float | None:
        """Found ÷ all that hold it, the sensitivity of the detector."""
        return self.found / self.positives if self.positives else None

    @property
    def specificity(self) -> float | None:
        """Rightly silent ÷ all that do not hold it."""
        return self.rightly_silent / self.negatives if self.negatives else None

    @property
    def precision(self) -> float | None:
        """Found ÷ flagged: of this set alone, for it falls where few texts hold what is looked for."""
        flagged = self.found + self.false_alarms
        return self.found / flagged if flagged else None


def corrected_share(
    flagged: float, n: float, detection: Detection, *, level: float = 0.95, worth: float | None = None
) -> tuple[float, Interval] | None:
    """The share of texts that hold something, from the share that a detector flags, and its interval.

    Formula: (flagged ÷ n + specificity − 1) ÷ (recall + specificity − 1), cut to [0, 1] (Rogan & Gladen 1978). The
    interval carries the chance in all three: the flagged of `n` texts, recall and specificity on the annotated set
    (Lang & Reiczigel 2014: Agresti-Coull's form for the share, one text added on each side of the other two). Recall
    and specificity are properties of detector and kind of text; the precision of an annotated set is not, which is why
    specificity stands in its place: precision = recall · share ÷ flagged.
    Inputs: `worth`, how many independent texts the n are worth where they repeat people (`worth_of_share`).
    Undefined: None without texts, without annotated texts of both kinds, or where recall + specificity ≤ 1.
    Coverage: `tests/audits/uncertainty/test_misclassified.py`; never below the stated level by much, above it where the
    share is near 0. A share below the false alarms that the set leaves possible cannot be told from 0.
    Source: Rogan & Gladen (1978), Am. J. Epidemiology 107:71-76; Lang & Reiczigel (2014), Preventive Veterinary
    Medicine 113:13-22.

    >>> seen = Detection(found=95, missed=5, false_alarms=2, rightly_silent=198)
    >>> share, interval = corrected_share(60, 1000, seen)
    >>> round(share, 4), round(interval.low, 4), round(interval.high, 4)
    (0.0532, 0.0266, 0.0738)
    """
    recall, specificity = detection.recall, detection.specificity
    if n <= 0 or recall is None or specificity is None or recall + specificity <= 1:
        return None
    share = min(1.0, max(0.0, (flagged / n + specificity - 1) / (recall + specificity - 1)))
    z = normal_quantile(0.5 + level / 2)
    size = n if worth is None else worth
    n_all, n_with, n_without = size + z * z, detection.positives + 2, detection.negatives + 2
    seen = (size * flagged / n + z * z / 2) / n_all
    se, sp = (detection.found + 1) / n_with, (detection.rightly_silent + 1) / n_without
    gain = se + sp - 1
    if gain <= 0:
        return share, Interval(low=0.0, high=1.0, level=level, method="lang_reiczigel")
    centre = (seen + sp - 1) / gain
    of_recall, of_specificity = se * (1 - se) / n_with, sp * (1 - sp) / n_without
    shift = 2 * z * z * (centre * of_recall - (1 - centre) * of_specificity)
    variance = seen * (1 - seen) / n_all + centre**2 * of_recall + (1 - centre) ** 2 * of_specificity
    half = z * math.sqrt(variance) / gain
    low, high = max(0.0, centre + shift - half), min(1.0, centre + shift + half)
    return share, Interval(low=min(low, share), high=max(high, share), level=level, method="lang_reiczigel")


def confirmed_share(
    flagged: float,
    n: float,
    *,
    looked_at: int,
    confirmed: int,
    detection: Detection,
    level: float = 0.95,
    worth: float | None = None,
) -> tuple[float, Interval] | None:
    """The same where people have looked at a sample of what was flagged: rare things can be told from none.

    Formula: flagged ÷ n × precision ÷ recall, the precision being `confirmed` of those `looked_at`, drawn at random
    from the flagged texts of this very log. It holds exactly, without any specificity: share × recall = flagged ×
    precision.
    Interval: on the log scale, each of the three with half a case added on both sides (delta method; Gart & Zweifel
    1967). Inputs, undefined cases: as `corrected_share`; None also where nobody looked at any, unless nothing was
    flagged.
    Source: Gart & Zweifel (1967), Biometrika 54:181-187; Rogan & Gladen as above.

    >>> seen = Detection(found=95, missed=5, false_alarms=2, rightly_silent=198)
    >>> share, interval = confirmed_share(80, 100_000, looked_at=50, confirmed=40, detection=seen)
    >>> round(share * 1000, 3), round(interval.low * 1000, 3), round(interval.high * 1000, 3)
    (0.674, 0.519, 0.88)
    """
    if n <= 0 or not detection.recall or (not looked_at and flagged):
        return None
    size = n if worth is None else worth
    share = flagged / n * (confirmed / looked_at if looked_at else 0.0) / detection.recall
    parts = ((size * flagged / n, size), (confirmed, looked_at), (detection.found, detection.positives))
    logs = [math.log((k + 0.5) / (m + 1)) for k, m in parts]
    variance = sum(1 / (k + 0.5) - 1 / (m + 1) for k, m in parts)
    centre, half = logs[0] + logs[1] - logs[2], normal_quantile(0.5 + level / 2) * math.sqrt(variance)
    low = 0.0 if not confirmed or not flagged else min(share, math.exp(centre - half))
    high = min(1.0, max(share, math.exp(centre + half)))
    return min(1.0, share), Interval(low=low, high=high, level=level, method="log_delta")
