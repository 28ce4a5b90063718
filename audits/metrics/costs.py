"""What calls of models took and cost: tokens read, tokens written, euros, by provider, place and model; never judged.

Nothing is estimated: tokens are counted, and prices are those that the system file declares. Where calls do not tell
all that it takes, a total is one of the others, and how many these are not is told beside it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from typing import Any

import pyarrow as pa

from boussole.audits.measures import Measure
from boussole.audits.metrics.calls import Key, calls_of, kinds_told, summed
from boussole.audits.metrics.definition import Metric
from boussole.audits.metrics.shares import PART_OF_MONTH
from boussole.audits.systems.logs.calls import (
    BY,
    METERED,
    METERED_TOKENS,
    OF_PRICES,
    READ,
    UNREAD,
    UNTOLD,
    WRITTEN,
    Calls,
    since,
)
from boussole.audits.systems.logs.prices import Price, price_on
from boussole.audits.systems.model import System

TOKENS_READ, TOKENS_WRITTEN, COST = "tokens_read", "tokens_written", "cost_of_calls"
SUMS = (TOKENS_READ, TOKENS_WRITTEN, COST)
MILLION = 1_000_000
NOTHING_TOLD = {TOKENS_READ: "no_tokens", TOKENS_WRITTEN: "no_tokens", COST: "no_price"}
"""Why there is no total where no call tells what it takes."""
Counts = Mapping[Key, tuple[int, int]]
"""Of a part: all, and those of them that are a case."""


@dataclass(frozen=True, kw_only=True)
class Total:
    """What some calls come to: of how many, of how many of these it is not known or not whole, and the total of what
    is known; None where nothing is."""

    calls: int = 0
    unknown: int = 0
    value: Fraction | None = None

    def __add__(self, other: Total) -> Total:
        known = [each.value for each in (self, other) if each.value is not None]
        return Total(
            calls=self.calls + other.calls,
            unknown=self.unknown + other.unknown,
            value=sum(known, Fraction(0)) if known else None,
        )

    @property
    def told(self) -> list[int | float | None]:
        """As documents tell it: calls, those of which it is not known, the total."""
        value = self.value
        whole = value is None or value.denominator == 1
        return [self.calls, self.unknown, None if value is None else int(value) if whole else float(value)]


def cost_measures(read: pa.Table, system: System) -> list[Measure]:
    """The tokens that calls of a window read and wrote, and what that costs in euros, from their counts (`SHARES`).

    Of each: `all` calls and those of which it is not known, or not whole (`unknown`), so that there is more of it than
    the value says; `by_call` and `by_month` the same in parts: provider, place and model, or month, then calls, calls
    unknown, total. Kinds of calls with fewer than `suppress_below` in a month, with the next fewest of it, and those
    beyond the first twenty, are told together (`others`), in longer windows too.

    Cost: Σ over parts of a month with one price of tokens read × `input` + tokens written × `output` + calls × `call`;
    exact, rounded once.

    Suppressed: `small_group`, fewer calls than `suppress_below` in a month. Undefined: `part_of_month`; `no_tokens` or
    `no_price`, no call tells what it takes; `not_counted`, a month was purged before the system file said that a price
    changes within it.
    """
    held, section, parts = calls_of(system), system.generations, set(read["part"].to_pylist())
    ways: list[tuple[str, object, Callable[[_Counted, Calls], dict[Key, Total] | None]]] = [
        (TOKENS_READ, section and section.tokens_in, lambda found, _: found.tokens(READ, UNREAD)),
        (TOKENS_WRITTEN, section and section.tokens_out, lambda found, _: found.tokens(METERED_TOKENS, UNTOLD)),
        (COST, held.prices, _costs),
    ]
    asked = [(name, way) for name, wanted, way in ways if wanted and section is not None and section.calls is not None]
    if PART_OF_MONTH in parts:
        return [Measure(metric=name, status="undefined", reason=PART_OF_MONTH) for name, _ in asked]
    counted, limit = _Counted(read), system.privacy.suppress_below
    months = counted.months
    if not months:
        return []
    if min(months.values()) < limit:
        return [Measure(metric=name, status="suppressed", reason="small_group") for name, _ in asked]
    return [_measure(name, way(counted, held), counted, limit) for name, way in asked]


class _Counted:
    """Counts of a window by part, month and kind of call."""

    def __init__(self, read: pa.Table) -> None:
        self._parts: dict[str, dict[Key, tuple[int, int]]] = {}
        own = read.filter(pa.compute.equal(read["by"], BY))
        for row in own.to_pylist():
            key = (row["window"], (row["value1"], row["value2"], row["value3"]))
            found = self._parts.setdefault(row["part"], {})
            n, cases = found.get(key, (0, 0))
            found[key] = (n + row["n"], cases + row["n"] * row["decision"])

    def of(self, part: str) -> Counts:
        """All and cases of a part."""
        return self._parts.get(part, {})

    @property
    def calls(self) -> dict[Key, int]:
        """How many calls there are."""
        return {key: n for key, (n, _) in self.of(METERED).items() if n}

    @property
    def months(self) -> dict[str, int]:
        """How many calls each month has."""
        return summed((month, n) for (month, _), n in self.calls.items())

    def tokens(self, part: str, untold: str) -> dict[Key, Total]:
        """Tokens of a part."""
        return {key: _total(self.of(part).get(key, (0, 0))[0], *self.of(untold)[key]) for key in self.calls}


def _total(value: int | Fraction, calls: int, unknown: int) -> Total:
    """What is known of calls: nothing, where none tells anything."""
    return Total(calls=calls, unknown=unknown, value=Fraction(value) if value or unknown < calls else None)


def _costs(found: _Counted, held: Calls) -> dict[Key, Total] | None:
    """What calls cost, by the price of each part of their month; None where a month was purged before the system file
    said that a price changes in it."""
    made: dict[Key, Total] = {}
    for key in found.calls:
        first = dt.date.fromisoformat(f"{key[0]}-01")
        days = [day for day in held.price_changes if day.strftime("%Y-%m") == key[0]]
        if any(key not in found.of(since(part, day)) for day in days for part in OF_PRICES):
            return None
        later = {day: [found.of(since(part, day))[key] for part in OF_PRICES] for day in days}
        whole = [found.of(METERED_TOKENS if part == WRITTEN else part).get(key, (0, 0)) for part in OF_PRICES]
        start = [_less(each, [counts[at] for counts in later.values()]) for at, each in enumerate(whole)]
        spans = {first: start, **later}
        made[key] = reduce(
            Total.__add__, (_cost(counts, price_on(held.prices, key[1][2], day)) for day, counts in spans.items())
        )
    return made


def _less(whole: tuple[int, int], parts: Sequence[tuple[int, int]]) -> tuple[int, int]:
    return whole[0] - sum(n for n, _ in parts), whole[1] - sum(cases for _, cases in parts)


def _cost(counts: Sequence[tuple[int, int]], price: Price | None) -> Total:
    """What calls of one price cost, from their counts (`OF_PRICES`)."""
    (read, _), (written, _), (calls, unread), (_, untold), (_, unsaid) = counts
    if not calls:
        return Total()
    if price is None:
        return Total(calls=calls, unknown=calls)
    each, unknown = [Fraction(str(euros)) for euros in (price.input, price.output, price.call)], 0
    if price.input and price.output:
        unknown = unsaid
    elif price.input or price.output:
        unknown = unread if price.input else untold
    return _total((read * each[0] + written * each[1]) / MILLION + calls * each[2], calls, unknown)


def _measure(name: str, totals: Mapping[Key, Total] | None, counted: _Counted, limit: int) -> Measure:
    every = sum(counted.calls.values())
    if totals is None:
        return Measure(metric=name, status="undefined", reason="not_counted", n=every)
    whole = _added(totals.values())
    told: dict[str, Any] = {"all": whole.calls, "unknown": whole.unknown}
    if whole.value is None:
        return Measure(metric=name, status="undefined", reason=NOTHING_TOLD[name], n=every, params=told)
    shown, together = kinds_told(counted.calls, limit)
    others = _added(total for (_, where), total in totals.items() if where in together)
    told |= {
        "by_call": [[*where, *_added(t for (_, one), t in totals.items() if one == where).told] for where in shown],
        "others": others.told if together else None,
        "kinds": len(shown) + len(together),
        "by_month": [
            [month, *_added(t for (one, _), t in totals.items() if one == month).told]
            for month in sorted(counted.months)
        ],
    }
    return Measure(metric=name, value=float(whole.value), n=every, params=told)


def _added(totals: Iterable[Total]) -> Total:
    return reduce(Total.__add__, totals, Total())


METRICS: tuple[Metric, ...] = (
    Metric(
        name=TOKENS_READ,
        kind="sum",
        formula="the tokens that models read, over the calls that tell how many",
        range="[0, ∞)",
        ideal=None,
        undefined="no call tells how many tokens were read; of some month it was not counted",
        source="a count of the log",
    ),
    Metric(
        name=TOKENS_WRITTEN,
        kind="sum",
        formula="the tokens that models wrote, over the calls that tell how many",
        range="[0, ∞)",
        ideal=None,
        undefined="no call tells how many tokens were written",
        source="a count of the log",
    ),
    Metric(
        name=COST,
        kind="sum",
        formula="(tokens read × price + tokens written × price) ÷ 1,000,000 + calls × price, in euros, each at the"
        " price of its model on its day",
        range="[0, ∞)",
        ideal=None,
        undefined="no call is of a model with a price, or tells its tokens; of some month it was not counted",
        source="the prices that the system file declares",
    ),
)
