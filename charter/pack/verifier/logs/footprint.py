"""What generated texts cost, computed again: of a useful one, of the year, for nothing, and how well it is known."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Callable, NamedTuple

from ..buckets import Counted
from ..chances import quantile
from ..groups import Claims
from ..rows import BUCKETS, Rows
from ..system import System
from . import costs
from .calls import BY, CALLS, LOG, by_call, held, named
from .emissions import ends, token_cost
from .shares import part_of_month

EARLIER, MICRO, TOKENS_TOLD = "earlier ", 1_000_000, 400
LEVEL, MONTHS_BEFORE = 0.995, 2
PER_TEXT, OF_YEAR = "emissions_of_useful_text", "footprint_of_year"
FOR_NOTHING, SPREAD = "discarded_tokens_ratio", "electricity_spread"
Sums = list[float]


class Spent(NamedTuple):
    """What calls cost at both ends by bucket: watt-hours, grams, litres; calls metered, all, of unknown cost."""

    energy_wh: list[Sums]
    co2e_g: list[Sums]
    water_l: list[Sums]
    metered: int
    calls: int
    unknown: int


def claims(measure: dict, system: System, rows: Rows) -> Claims | None:
    """What a measure of the footprint that is told must say; None where it is none."""
    ways: dict[str, Callable[[dict, System, Rows], Claims]] = {
        PER_TEXT: _per_text,
        OF_YEAR: _of_year,
        FOR_NOTHING: _for_nothing,
        SPREAD: _spread,
    }
    if measure["metric"] == costs.FORECAST:
        return costs.forecast(system, max(_months(rows, named(CALLS)(system))))
    if measure["metric"] in costs.METRICS:
        return costs.claims(measure["metric"], system, rows)
    way = ways.get(measure["metric"])
    return None if way is None else way(measure, system, rows)


def wrongly_told(measures: Sequence[dict], system: System, rows: Rows) -> Iterator[str]:
    """Figures that are told and must not be, or the other way round."""
    said = {each["metric"]: (each["status"], each["reason"]) for each in measures}
    asked = system.declared.get(LOG) or {}
    names = [PER_TEXT] * system.has("called_models") * bool(asked.get("outcome"))
    names += [OF_YEAR, SPREAD] * system.has("called_models") + [FOR_NOTHING] * system.has("text_outcomes")
    months = _months(rows, named(CALLS)(system))
    if part_of_month(LOG, rows):
        wrong = [name for name in names if said.get(name) != ("undefined", "part_of_month")]
    elif not months:
        wrong = []
    elif min(months.values()) < system.limit:
        wrong = [name for name in names if said.get(name) != ("suppressed", "small_group")]
    else:
        wrong = [name for name in names if said.get(name, ("suppressed", ""))[0] == "suppressed"]
        no_budget = said.get(OF_YEAR) == ("undefined", "no_budget")
        budget = max(months)[:4] in {str(year) for year in held(system).get("budgets") or {}}
        wrong += [OF_YEAR] * (OF_YEAR in names and no_budget == budget)
    wrong += costs.wrongly_told(said, system, rows)
    yield from (f"{name} is told, or hidden, otherwise" for name in wrong)


def _spent(measure: dict, system: System, rows: Rows, *, before: str = "", months: set[str] | None = None) -> Spent:
    models, mixes = held(system).get("models") or {}, measure["params"]["mixes"]
    sums: list[list[Sums]] = [[[0.0] * BUCKETS for _ in range(2)] for _ in range(3)]
    metered = calls = unknown = 0
    names = ("metered", "metered_tokens", "energy", "untold")
    parts = {name: _by_call(rows, f"{before}call_{name}", months) for name in names}
    none: Counted = ([0] * BUCKETS, [0] * BUCKETS)
    for where, (cases, every) in parts["metered"].items():
        calls += sum(every)
        model = models.get(where[2] or "")
        if model is None:
            unknown += sum(every)
            continue
        metered += sum(cases)
        unknown += sum(parts["untold"].get(where, none)[0])
        mix = mixes[model.get("electricity") or "FRA"]
        by_meter, tokens = parts["metered_tokens"].get(where, none)
        of_meter = parts["energy"].get(where, none)[1]
        for end in range(2):
            cost, pue, wue = token_cost(model, mix, end), ends(model["pue"])[end], ends(model["wue"])[end]
            shown = _shown(parts, where[2])
            wider = 1.0 if shown is None else (min, max)[end](shown / (cost.energy_wh / pue), 1.0)
            used = (cost.co2e_g - cost.built_g) * wider + cost.built_g
            for b in range(BUCKETS):
                wh, estimated = of_meter[b] / MICRO, tokens[b] - by_meter[b]
                sums[0][end][b] += estimated * cost.energy_wh * wider + wh * pue
                sums[1][end][b] += estimated * used + wh * pue * mix[0] + by_meter[b] * cost.built_g
                sums[2][end][b] += estimated * cost.water_l * wider + wh / 1000 * (wue + pue * mix[1])
    energy, co2e, water = sums
    return Spent(energy, co2e, water, metered, calls, unknown)


def _shown(parts: dict, model: str | None) -> float | None:
    """Watt-hours a token that meters show of a model; None where none of its calls is metered."""
    tokens = sum(sum(cases) for where, (cases, _) in parts["metered_tokens"].items() if where[2] == model)
    energy = sum(sum(every) for where, (_, every) in parts["energy"].items() if where[2] == model)
    return energy / MICRO / tokens if tokens and energy else None


def _by_call(rows: Rows, part: str, months: set[str] | None) -> dict:
    """Cases and all by provider, place and model: by bucket, or those of some months all in the first bucket."""
    if months is None:
        return by_call(rows, part)
    found: dict = {}
    for (log, name, whose, case), counts in rows.months.items():
        if log == LOG and name == part and whose[0] == BY:
            n = sum(n for month, n in counts.items() if month in months)
            cases, every = found.setdefault(whose[1:4], ([0] * BUCKETS, [0] * BUCKETS))
            every[0] += n
            cases[0] += n if case else 0
    return found


def _per_text(measure: dict, system: System, rows: Rows) -> Claims:
    cost = _spent(measure, system, rows)
    calls, outcomes, tokens, told = (
        _summed(by_call(rows, named(f"call_{part}")(system))) for part in ("calls", "outcomes", "tokens", "discarded")
    )
    bases = [[tokens[0][b] + tokens[1][b] - told[1][b] for b in range(BUCKETS)], tokens[0]]
    texts = [sum(calls[0]) + sum(calls[1]) - sum(outcomes[1]), sum(calls[0])]
    found = [_ratio(cost.co2e_g[end], bases[end]) for end in range(2)]
    return {
        "value": (found[0][0] + found[1][0]) / 2,
        "n": sum(calls[0]),
        "interval.low": found[0][1],
        "interval.high": found[1][2],
        "params.range": [found[0][0], found[1][0]],
        "params.per_text": [sum(cost.co2e_g[end]) / texts[end] for end in range(2)],
        "params.untold": sum(calls[1]) - sum(outcomes[1]),
        "params.unknown": cost.unknown,
        "params.all": cost.calls,
    }


def _of_year(measure: dict, system: System, rows: Rows) -> Claims:
    months = _months(rows, named(CALLS)(system))
    year, last = max(months)[:4], max(months)
    now = {month for month in months if month[:4] == year}
    earlier = {month for month in _months(rows, f"{EARLIER}call_metered") if month[:4] == year}
    spans = (("", now), (EARLIER, earlier))
    costs = [_spent(measure, system, rows, before=before, months=some) for before, some in spans]
    budget = (held(system).get("budgets") or {})[year]
    co2e = [sum(sum(each.co2e_g[end]) for each in costs) / 1000 for end in range(2)]
    water = [sum(sum(each.water_l[end]) for each in costs) for end in range(2)]
    used = [max(co2e[end] / budget["co2e_kg"], water[end] / budget["water_l"]) for end in range(2)]
    left, counted = 12 - int(last[5:]), len(now | earlier)
    return {
        "value": sum(used) / 2,
        "n": sum(each.calls for each in costs),
        "params.co2e_kg": co2e,
        "params.water_l": water,
        "params.range": used,
        "params.expected": [used[0] * (1 + left / counted), used[1] * 12 / counted],
        "params.months": counted,
        "params.unknown": sum(each.unknown for each in costs),
    }


def _for_nothing(_: dict, system: System, rows: Rows) -> Claims:
    part = named("call_discarded")(system)
    now, before = (_summed(by_call(rows, f"{start}{part}")) for start in ("", EARLIER))
    share, own = (sum(each[0]) / sum(each[1]) for each in (now, before))
    used = [b for b in range(BUCKETS) if now[1][b] or before[1][b]]
    parts = [_without(now, b) / _without(before, b) for b in used]
    low, high = _interval(share / own, parts)
    return {
        "value": share / own,
        "n": sum(now[1]),
        "clusters": len(used),
        "interval.low": low,
        "interval.high": high,
        "params.share": share,
        "params.own": own,
        "params.range": [share / own, share / own],
    }


def _spread(measure: dict, system: System, rows: Rows) -> Claims:
    cost = _spent(measure, system, rows)
    low, high = (sum(each) for each in cost.energy_wh)
    told = {"params.metered": cost.metered, "params.unknown": cost.unknown, "params.all": cost.calls}
    kwh = [low / 1000, high / 1000]
    return {"value": high / low, "n": cost.calls, "params.energy_kwh": kwh, "params.range": [high / low] * 2, **told}


def _ratio(above: Sums, below: Sequence[int]) -> tuple[float, float, float]:
    """A ratio of sums for so many tokens, and its interval."""
    used = [b for b in range(BUCKETS) if below[b]]
    whole = sum(above) / sum(below) * TOKENS_TOLD
    parts = [(sum(above) - above[b]) / max(sum(below) - below[b], 1) * TOKENS_TOLD for b in used]
    return (whole, *_interval(whole, parts))


def _interval(value: float, parts: Sequence[float]) -> tuple[float, float]:
    """Delete-a-group jackknife of the logarithm, Student's t."""
    m = len(parts)
    se = math.sqrt((m - 1) / m * math.fsum((math.log(each) - math.log(value)) ** 2 for each in parts))
    half = quantile(0.5 + LEVEL / 2, {"df": max(m - 1.0, 1.0)}) * se
    return value * math.exp(-half), value * math.exp(half)


def _without(found: Counted, bucket: int) -> float:
    return (sum(found[0]) - found[0][bucket]) / (sum(found[1]) - found[1][bucket])


def _summed(found: dict) -> tuple[list[int], list[int]]:
    """Cases and all of all calls together, by bucket."""
    cases, every = [0] * BUCKETS, [0] * BUCKETS
    for some, all_ in found.values():
        for b in range(BUCKETS):
            cases[b] += some[b]
            every[b] += all_[b]
    return cases, every


def _months(rows: Rows, part: str) -> dict[str, int]:
    """How many of a part each month has that has any."""
    found: dict[str, int] = {}
    for (log, name, whose, _), counts in rows.months.items():
        for month, n in counts.items() if log == LOG and name == part and whose[0] == BY else ():
            found[month] = found.get(month, 0) + n
    return {month: n for month, n in found.items() if n}
