"""What the registry says of the figures of what generated texts cost."""

from __future__ import annotations

from boussole.audits.metrics.definition import Metric
from boussole.audits.metrics.footprint import FOR_NOTHING, OF_YEAR, PER_TEXT, SPREAD

SOURCE = (
    "Rincé & Banse (2025), EcoLogits, J. Open Source Software 10(111):7471; interval: delete-a-group jackknife, Kott"
    " (2001), J. Official Statistics 17:521-526"
)
METRICS: tuple[Metric, ...] = (
    Metric(
        name=PER_TEXT,
        kind="share",
        formula="grams of CO₂ equivalent of all calls ÷ tokens of texts of use × 400, from the lowest to the highest"
        " that it can be",
        range="[0, ∞)",
        ideal=0.0,
        undefined="no model's parameters are declared; no text was of use; all calls are of one team, or day",
        source=SOURCE,
    ),
    Metric(
        name=OF_YEAR,
        kind="share",
        formula="CO₂ equivalent, or water where that is more, since January ÷ the budget of the year",
        range="[0, ∞)",
        ideal=0.0,
        undefined="no budget was adopted for the year; no model's parameters are declared",
        source=SOURCE,
    ),
    Metric(
        name=FOR_NOTHING,
        kind="share",
        formula="share of tokens of texts that were rejected or written again ÷ the same share of up to twelve months"
        " before",
        range="[0, ∞)",
        ideal=1.0,
        undefined="fewer than two earlier months; no text is said to be for nothing",
        source=SOURCE,
    ),
    Metric(
        name=SPREAD,
        kind="share",
        formula="the most electricity that all calls can have taken ÷ the least, metered or estimated",
        range="[1, ∞)",
        ideal=1.0,
        undefined="no model's parameters are declared",
        source=SOURCE,
    ),
)
