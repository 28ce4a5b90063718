"""The footprint of generated texts, as ranges of EcoLogits' estimates with intervals by a jackknife."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from boussole.audits.log_names import LogName
from boussole.audits.measures import Interval, Measure
from boussole.audits.metrics.accounts import account_measures
from boussole.audits.metrics.calls import by_call, call_measures, calls_by_month, calls_of
from boussole.audits.metrics.cases import use_measures
from boussole.audits.metrics.components import component_measures
from boussole.audits.metrics.definition import Metric
from boussole.audits.metrics.emissions import CallFootprint, mix_of, spent
from boussole.audits.metrics.freedom import contact_measures
from boussole.audits.metrics.human import review_measures
from boussole.audits.metrics.marking import marking_measures
from boussole.audits.metrics.reworked import reworked_measures
from boussole.audits.metrics.search_controls import control_measures
from boussole.audits.metrics.shares import PART_OF_MONTH
from boussole.audits.metrics.texts import text_measures
from boussole.audits.parts import Floats, Ints
from boussole.audits.systems.kinds import BUCKETS
from boussole.audits.systems.logs.calls import CALLS, DISCARDED, EARLIER, OUTCOMES, TOKENS, Calls
from boussole.audits.systems.model import System
from boussole.audits.uncertainty.jackknife import jackknife

PER_TEXT = "emissions_of_useful_text"
OF_YEAR = "footprint_of_year"
FOR_NOTHING = "discarded_tokens_ratio"
SPREAD = "electricity_spread"
TOKENS_TOLD = 400
"""Tokens of the text for which the provider published its own figure."""
LEVEL = 0.995
"""Of intervals: one-sided 0.25 % at each of twelve looks a year."""
METHOD = "range_jackknife"
MONTHS_BEFORE = 2
"""The fewest earlier months that make a level of one's own."""
MONTHS_OF_YEAR = 12


def footprint_measures(read: pa.Table, system: System) -> list[Measure]:
    """Measure the figures of article 7 from the counts of the calls of a window (`counts.read.SHARES`).

    Suppressed: `small_group`. Undefined: `part_of_month`; `no_parameters`, no model is declared; `no_useful_text`;
    `one_cluster`; `no_budget`, none was adopted for the year; `no_earlier_months`, fewer than two; `none_discarded`.
    """
    held, section = calls_of(system), system.generations
    made: list[tuple[str, Callable[[pa.Table, Calls], Measure]]] = []
    outcomes = section is not None and section.outcome is not None
    if held.models:
        made += [(PER_TEXT, _per_text)] if outcomes else []
        made += [(OF_YEAR, _of_year), (SPREAD, _spread)]
    made += [(FOR_NOTHING, _for_nothing)] if outcomes and section is not None and section.calls is not None else []
    if PART_OF_MONTH in read["part"].to_pylist():
        return [_none(name, PART_OF_MONTH) for name, _ in made]
    months = calls_by_month(read, held.part(CALLS))
    if not months:
        return []
    if min(months.values()) < system.privacy.suppress_below:
        return [Measure(metric=name, status="suppressed", reason="small_group") for name, _ in made]
    return [measure(read, held) for _, measure in made]


def _per_text(read: pa.Table, held: Calls) -> Measure:
    cost = spent(read, held)
    calls, outcomes, tokens, of_use = (
        _summed(by_call(read, held.part(part))) for part in (CALLS, OUTCOMES, TOKENS, DISCARDED)
    )
    useful, useful_tokens = calls[1], tokens[1]
    untold = calls.sum(axis=0) - outcomes.sum(axis=0)
    untold_tokens = tokens.sum(axis=0) - of_use.sum(axis=0)
    if cost.unknown == cost.calls:
        return _none(PER_TEXT, "no_parameters", n=cost.calls)
    if not useful.sum() or not useful_tokens.sum():
        return _none(PER_TEXT, "no_useful_text", n=cost.calls)
    bases = (useful_tokens + untold_tokens, useful_tokens)
    low, high = (_ratio(cost.co2e_g[end], bases[end], times=TOKENS_TOLD) for end in range(2))
    if low is None or high is None:
        return _none(PER_TEXT, "one_cluster", n=cost.calls)
    texts = (useful + untold, useful)
    per_text = [float(cost.co2e_g[end].sum() / texts[end].sum()) for end in range(2)]
    return Measure(
        metric=PER_TEXT,
        value=(low[0] + high[0]) / 2,
        n=int(useful.sum()),
        clusters=_filled(bases[1]),
        interval=Interval(low=low[1], high=high[2], level=LEVEL, method=METHOD),
        params={
            "range": [low[0], high[0]],
            "per_text": per_text,
            "tokens": TOKENS_TOLD,
            "untold": int(untold.sum()),
            **_known(cost, held),
        },
    )


def _of_year(read: pa.Table, held: Calls) -> Measure:
    """Measure the footprint of the year against its budget; the rest of the year takes as much a month as so far."""
    months = sorted(calls_by_month(read, held.part(CALLS)))
    year = months[-1][:4]
    earlier = [each for each in _months(read, EARLIER) if each[:4] == year]
    now = [each for each in months if each[:4] == year]
    costs = [spent(read, held, months=now), spent(read, held, before=EARLIER, months=earlier)]
    calls, unknown = (sum(getattr(each, name) for each in costs) for name in ("calls", "unknown"))
    if unknown == calls:
        return _none(OF_YEAR, "no_parameters", n=calls)
    co2e = [float(sum(each.co2e_g[end].sum() for each in costs)) / 1000 for end in range(2)]
    water = [float(sum(each.water_l[end].sum() for each in costs)) for end in range(2)]
    counted = len({*now, *earlier})
    left = MONTHS_OF_YEAR - int(months[-1][5:])
    told: dict[str, Any] = {
        "year": int(year),
        "months": counted,
        "left": left,
        "co2e_kg": co2e,
        "water_l": water,
        "unknown": unknown,
        "all": calls,
        "mixes": _mixes(held),
    }
    budget = held.budgets.get(int(year))
    if budget is None:
        return Measure(metric=OF_YEAR, status="undefined", reason="no_budget", n=calls, params=told)
    used = [max(co2e[end] / budget.co2e_kg, water[end] / budget.water_l) for end in range(2)]
    expected = [used[0] * (1 + left / counted), used[1] * MONTHS_OF_YEAR / counted]
    told |= {"range": used, "expected": expected, "budget": [budget.co2e_kg, budget.water_l]}
    return Measure(metric=OF_YEAR, value=sum(used) / 2, n=calls, params=told)


def _for_nothing(read: pa.Table, held: Calls) -> Measure:
    now = _summed(by_call(read, held.part(DISCARDED)))
    before = _summed(by_call(read, EARLIER + held.part(DISCARDED)))
    months = len(calls_by_month(read, EARLIER + held.part(DISCARDED)))
    if months < MONTHS_BEFORE:
        return _none(FOR_NOTHING, "no_earlier_months", n=int(now.sum()))
    if not now[1].sum() or not before[1].sum():
        return _none(FOR_NOTHING, "none_discarded", n=int(now.sum()))
    every = now + before
    share, own = (float(each[1].sum() / each.sum()) for each in (now, before))
    left_out = [_share_ratio(now, before, int(bucket)) for bucket in np.flatnonzero(every.sum(axis=0))]
    if len(left_out) < 2 or not all(np.isfinite(left_out)) or not all(left_out):
        return _none(FOR_NOTHING, "one_cluster", n=int(now.sum()))
    found = jackknife(share / own, np.array(left_out), transform="log", df=len(left_out) - 1.0)
    if found is None:
        return _none(FOR_NOTHING, "one_cluster", n=int(now.sum()))
    interval = found.interval(low=0, high=np.inf, level=LEVEL)
    return Measure(
        metric=FOR_NOTHING,
        value=share / own,
        n=int(now.sum()),
        clusters=len(left_out),
        interval=Interval(low=interval.low, high=interval.high, level=LEVEL, method=METHOD),
        params={
            "range": [share / own, share / own],
            "share": share,
            "own": own,
            "months": months,
        },
    )


def _spread(read: pa.Table, held: Calls) -> Measure:
    cost = spent(read, held)
    low, high = (float(each.sum()) for each in cost.energy_wh)
    if cost.unknown == cost.calls or not low:
        return _none(SPREAD, "no_parameters", n=cost.calls)
    told = {"range": [high / low, high / low], "energy_kwh": [low / 1000, high / 1000], "metered": cost.metered}
    return Measure(metric=SPREAD, value=high / low, n=cost.calls, params=told | _known(cost, held))


def _ratio(above: Floats, below: Ints, *, times: float) -> tuple[float, float, float] | None:
    """A ratio of sums, and the ends of its interval; None with fewer than two clusters."""
    filled = np.flatnonzero(below)
    whole = above.sum() / below.sum() * times
    parts = np.array([(above.sum() - above[b]) / max(below.sum() - below[b], 1) * times for b in filled])
    found = jackknife(float(whole), parts, transform="log", df=max(len(filled) - 1.0, 1.0))
    if found is None:
        return None
    interval = found.interval(low=0, high=np.inf, level=LEVEL)
    return float(whole), interval.low, interval.high


def _share_ratio(now: Ints, before: Ints, bucket: int) -> float:
    shares = []
    for each in (now, before):
        cases, every = each[1].sum() - each[1][bucket], each.sum() - each[:, bucket].sum()
        shares.append(cases / every if every else np.nan)
    return float(shares[0] / shares[1]) if shares[1] else np.nan


def _summed(counts: Mapping[Any, Ints]) -> Ints:
    """Counts of all calls together, by no case, case and bucket."""
    found: Ints = np.sum([np.zeros((2, BUCKETS), dtype=np.int64), *counts.values()], axis=0)
    return found


def _months(read: pa.Table, before: str) -> list[str]:
    own = read.filter(pa.compute.starts_with(read["part"], before))
    return sorted({str(month) for month in own["window"].to_pylist()})


def _known(cost: CallFootprint, held: Calls) -> dict[str, Any]:
    """Return of how many calls the cost is unknown, and what a kilowatt-hour costs."""
    return {"unknown": cost.unknown, "all": cost.calls, "mixes": _mixes(held)}


def _mixes(held: Calls) -> dict[str, list[float]]:
    """Kilograms of CO₂ equivalent and litres of a kilowatt-hour, by country."""
    zones = sorted({each.electricity for each in held.models.values()})
    return {zone: [mix_of(zone).co2e_kg, mix_of(zone).water_l] for zone in zones}


def _filled(counts: Ints) -> int:
    return int(np.count_nonzero(counts))


def _none(name: str, reason: str, *, n: int | None = None) -> Measure:
    return Measure(metric=name, status="undefined", reason=reason, n=n)


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


def _of_generations(read: pa.Table, system: System) -> list[Measure]:
    return [
        *call_measures(read, system),
        *footprint_measures(read, system),
        *component_measures(read, system),
        *text_measures(read, system),
        *marking_measures(read, system),
        *reworked_measures(read, system),
    ]


MEASURED: Mapping[LogName, Callable[[pa.Table, System], list[Measure]]] = {
    "human_actions": review_measures,
    "contacts": contact_measures,
    "usage": use_measures,
    "generations": _of_generations,
    "accounts": account_measures,
    "search_controls": control_measures,
}


def log_measures(logs: Mapping[str, pa.Table], system: System) -> list[Measure]:
    """The measures of a window from the counts of its logs (`SHARES`), in the order of `MEASURED`."""
    return [measure for log, measures in MEASURED.items() if log in logs for measure in measures(logs[log], system)]
