"""What is told of calls of models and never judged, computed again: tokens and euros, by provider, place and model and
by month; and where the declared share of a provider leads."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from ..chances import quantile
from ..groups import Claims
from ..rows import Rows
from ..system import System
from .calls import BY, LOG, Key, held, kinds_told, summed
from .shares import PART_OF_MONTH, part_of_month

METRICS = TOKENS_READ, TOKENS_WRITTEN, COST = "tokens_read", "tokens_written", "cost_of_calls"
FORECAST = "provider_share_forecast"
PARTS = READ, WRITTEN, UNREAD, UNTOLD, UNSAID = (
    "call_read", "call_written", "call_unread", "call_untold", "call_unsaid"
)  # fmt: skip
WHOLE = {WRITTEN: "call_metered_tokens"}
"""How tokens of a whole month are counted, where that is not by the part of the same name."""
NOTHING_TOLD = {TOKENS_READ: "no_tokens", TOKENS_WRITTEN: "no_tokens", COST: "no_price"}
MILLION = 1_000_000
Pair = tuple[int, int]


class Total(NamedTuple):
    """Calls, those of which what it comes to is not known or not whole, and what the others come to."""

    calls: int = 0
    unknown: int = 0
    value: Fraction | None = None

    def told(self) -> list:
        """As a document tells it."""
        return [self.calls, self.unknown, None if self.value is None else float(self.value)]


def claims(name: str, system: System, rows: Rows) -> Claims:
    """What a total that is told must say."""
    counts = _Counts(rows)
    totals = _totals(name, system, counts) or {}
    whole, (shown, together) = _sum(totals.values()), kinds_told(counts.calls, system.limit)
    others = _sum(total for (_, where), total in totals.items() if where in together)
    found: Claims = {
        "value": None if whole.value is None else float(whole.value),
        "n": whole.calls,
        "params.all": whole.calls,
        "params.unknown": whole.unknown,
        "params.kinds": len(shown) + len(together),
        "params.others": others.told() if together else None,
    }
    by_call = [[*where, *_sum(t for (_, one), t in totals.items() if one == where).told()] for where in shown]
    months = sorted(counts.months())
    by_month = [[month, *_sum(t for (one, _), t in totals.items() if one == month).told()] for month in months]
    return {**found, "params.by_call": by_call, "params.by_month": by_month}


def wrongly_told(said: dict, system: System, rows: Rows) -> list[str]:
    """Totals that are told and must not be, or the other way round."""
    section, declared = system.declared.get(LOG) or {}, held(system)
    wanted = {
        TOKENS_READ: section.get("tokens_in"),
        TOKENS_WRITTEN: section.get("tokens_out"),
        COST: declared.get("prices"),
    }
    names = [name for name in METRICS if wanted[name] and section.get("calls") is not None]
    if part_of_month(LOG, rows):
        return [name for name in names if said.get(name) != ("undefined", PART_OF_MONTH)]
    counts = _Counts(rows)
    if not counts.months():
        return [name for name in METRICS if name in said]
    if min(counts.months().values()) < system.limit:
        return [name for name in names if said.get(name) != ("suppressed", "small_group")]
    return [name for name in names if said.get(name) != _status(name, system, counts)]


def _status(name: str, system: System, counts: _Counts) -> tuple[str, str | None]:
    totals = _totals(name, system, counts)
    if totals is None:
        return "undefined", "not_counted"
    return ("undefined", NOTHING_TOLD[name]) if _sum(totals.values()).value is None else ("ok", None)


class _Counts:
    """All and cases of parts, by month and kind of call."""

    def __init__(self, rows: Rows) -> None:
        self.parts: dict[str, dict[Key, Pair]] = {}
        for (log, name, whose, case), counts in rows.months.items():
            for month, n in counts.items() if log == LOG and whose[0] == BY else ():
                found = self.parts.setdefault(name, {})
                key = month, (whose[1], whose[2], whose[3])
                every, cases = found.get(key, (0, 0))
                found[key] = every + n, cases + (n if case else 0)
        self.calls = {key: n for key, (n, _) in self.of("call_metered").items() if n}

    def of(self, part: str) -> dict[Key, Pair]:
        return self.parts.get(part, {})

    def months(self) -> dict[str, int]:
        return summed((month, n) for (month, _), n in self.calls.items())


def _totals(name: str, system: System, counts: _Counts) -> dict[Key, Total] | None:
    """What calls of each month and kind come to; None where some month was not counted for it."""
    if name == COST:
        return _costs(held(system).get("prices") or {}, counts)
    tokens, untold = (READ, UNREAD) if name == TOKENS_READ else (WHOLE[WRITTEN], UNTOLD)
    return {key: _total(counts.of(tokens).get(key, (0, 0))[0], *counts.of(untold)[key]) for key in counts.calls}


def _costs(prices: dict, counts: _Counts) -> dict[Key, Total] | None:
    days = {each["since"] for some in prices.values() for each in some if not each["since"].endswith("-01")}
    made: dict[Key, Total] = {}
    for key in counts.calls:
        month, (_, _, model) = key
        here = sorted(day for day in days if day[:7] == month)
        if any(key not in counts.of(f"{part} {d}") for d in here for part in PARTS):
            return None
        spans = [(day, [counts.of(f"{part} {day}")[key] for part in PARTS]) for day in here]
        rest = [counts.of(WHOLE.get(part, part)).get(key, (0, 0)) for part in PARTS]
        for _, some in spans:
            rest = [(n - less, cases - fewer) for (n, cases), (less, fewer) in zip(rest, some)]
        made[key] = _sum(
            _cost(some, _price(prices.get(model or "") or [], day)) for day, some in [(f"{month}-01", rest), *spans]
        )
    return made


def _price(prices: list, day: str) -> dict | None:
    begun = [each for each in prices if each["since"] <= day]
    return max(begun, key=lambda each: str(each["since"])) if begun else None


def _cost(counts: list[Pair], price: dict | None) -> Total:
    (read, _), (written, _), (calls, unread), (_, untold), (_, unsaid) = counts
    if not calls:
        return Total()
    if price is None:
        return Total(calls, calls)
    of_read, of_written, of_call = (Fraction(str(price.get(name) or 0)) for name in ("input", "output", "call"))
    lacking = {(True, True): unsaid, (True, False): unread, (False, True): untold}
    unknown = lacking.get((bool(of_read), bool(of_written)), 0)
    return _total((read * of_read + written * of_written) / MILLION + calls * of_call, calls, unknown)


def _total(value: int | Fraction, calls: int, unknown: int) -> Total:
    return Total(calls, unknown, Fraction(value) if value or unknown < calls else None)


def _sum(totals: Iterable[Total]) -> Total:
    calls, unknown, values = 0, 0, []
    for each in totals:
        calls, unknown = calls + each.calls, unknown + each.unknown
        values += [] if each.value is None else [each.value]
    return Total(calls, unknown, sum(values, Fraction(0)) if values else None)


def forecast(system: System, last: str) -> Claims:
    """What the forecast of a provider's share must say: least squares through those that are declared, and the interval
    of a new one. `last`: the last month of the window."""
    aim = held(system)["components"]
    history = sorted((date.fromisoformat(each["day"]), each["share"]) for each in aim["history"])
    history = [each for each in history if each[0].isoformat()[:7] <= last]
    days, shares = [float(day.toordinal()) for day, _ in history], [share for _, share in history]
    n = len(days)
    mean, level = math.fsum(days) / n, math.fsum(shares) / n
    spread = math.fsum((day - mean) ** 2 for day in days)
    slope = math.fsum((day - mean) * (share - level) for day, share in zip(days, shares)) / spread
    rest = math.fsum((share - level - slope * (day - mean)) ** 2 for day, share in zip(days, shares))
    ahead = date.fromisoformat(aim["by"]).toordinal() - mean
    value = level + slope * ahead
    half = quantile(0.975, {"df": n - 2.0}) * math.sqrt(rest / (n - 2) * (1 + 1 / n + ahead**2 / spread))
    ends = [min(max(end, 0.0), 1.0) for end in (value - half, value + half)]
    return {
        "value": min(max(value, 0.0), 1.0),
        "n": n,
        "interval.low": ends[0],
        "interval.high": ends[1],
        "params.now": shares[-1],
        "params.a_year": slope * 365.25,
        "params.target": aim["share"],
        "params.by": aim["by"],
    }
