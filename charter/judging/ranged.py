"""Verdicts on figures that are known as a range: watched, or broken, only where all of it lies beyond a level."""

from __future__ import annotations

from collections.abc import Mapping

from boussole.audits.measure_params import Pair
from boussole.audits.metrics.footprint import OF_YEAR, PER_TEXT, SPREAD
from boussole.charter.document import MeasureInShort, Params
from boussole.charter.document.answers.verdict import Verdict
from boussole.charter.document.answers.verdicts import EstimatedRange
from boussole.charter.document.base import given
from boussole.charter.judging.stated import StatedVerdict
from boussole.charter.text.model import Threshold

MOST_UNKNOWN = 0.01
"""Where the cost of more calls than this is not known, the highest figure is not the highest: nothing is kept."""


def ranged(measure: MeasureInShort, threshold: Threshold) -> StatedVerdict:
    """What a range answers: broken or watched where its lowest end is beyond the level, kept where its highest is not.

    What is to come of a year (`expected`) is held to the watch level, what was counted to the breach level. Nobody can
    tell where the range is too wide (`SPREAD`), or where hardly a call is known.
    """
    told = _told(measure)
    if measure.status != "ok" or told is None:
        return StatedVerdict(verdict=Verdict.UNKNOWN, reason=str(measure.reason), estimated=told)
    verdict, reason = _answer(measure, told, threshold)
    return StatedVerdict(verdict=verdict, reason=reason, estimated=told)


def _answer(measure: MeasureInShort, told: EstimatedRange, threshold: Threshold) -> tuple[Verdict, str]:
    low, high = told.expected or (told.low, told.high)
    assert low is not None and high is not None and told.low is not None  # noqa: S101, PT018 (a range with a value)
    watch, breach = threshold.watch, threshold.breach
    if measure.metric == SPREAD and (why := _untellable(told, high, watch)):
        return Verdict.UNKNOWN, why
    if breach is not None and told.low > breach:
        return Verdict.BROKEN, "range_beyond_breach"
    if watch is not None and low > watch:
        return Verdict.WATCH, "range_beyond_watch"
    if watch is None or high > watch:
        return Verdict.UNKNOWN, "range_undecided"
    if told.numbers.get("unknown", 0) > MOST_UNKNOWN * told.numbers.get("all", 0):
        return Verdict.UNKNOWN, "range_unknown_calls"
    return Verdict.KEPT, "range_within"


def _untellable(told: EstimatedRange, high: float, watch: float | None) -> str:
    """Why a range tells nothing: it is too wide, or no meter is behind any of it; empty where it tells something."""
    if watch is not None and high > watch:
        return "range_too_wide"
    return "" if told.numbers.get("metered") else "range_unmetered"


def _told(measure: MeasureInShort) -> EstimatedRange | None:
    params, n, ranges, numbers = measure.params, measure.n or 0, _ranges(measure), _numbers(measure.params)
    if measure.status == "ok":
        low, high = estimate = _ends(given(params.range))
        if measure.interval is not None:
            low, high = measure.interval.low, measure.interval.high
        more = {} if params.expected is None else {"expected": _ends(params.expected)}
        return EstimatedRange(n=n, low=low, high=high, estimate=estimate, numbers=numbers, ranges=ranges, **more)
    if not ranges:
        return None
    return EstimatedRange(n=n, low=None, high=None, estimate=None, numbers=numbers, ranges=ranges)


def _ranges(measure: MeasureInShort) -> dict[str, tuple[float, float]]:
    params = measure.params
    by_metric: Mapping[str, Mapping[str, Pair | None]] = {
        PER_TEXT: {"text": params.per_text},
        OF_YEAR: {"co2e_kg": params.co2e_kg, "water_l": params.water_l},
        SPREAD: {"energy_kwh": params.energy_kwh},
    }
    told = by_metric.get(measure.metric, {})
    return {name: _ends(pair) for name, pair in told.items() if pair is not None}


def _numbers(params: Params) -> dict[str, float]:
    told = {
        "tokens": params.tokens,
        "untold": params.untold,
        "unknown": params.unknown,
        "all": params.all,
        "year": params.year,
        "months": params.months_followed,
        "left": params.left,
        "metered": params.metered,
        "share": params.share,
        "own": params.own,
    }
    return {name: float(n) for name, n in told.items() if n is not None}


def _ends(pair: Pair) -> tuple[float, float]:
    return float(pair[0]), float(pair[1])
