"""What calls of a model cost, as a system file declares it: euros per million tokens, each price from a day on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Annotated

from pydantic import Field

from boussole.audits.systems.kinds import Strict

Euros = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Price(Strict):
    """What a model costs from a day on, until the next price of it."""

    since: dt.date = Field(description="First day of this price")
    input: Euros = Field(description="Euros per million tokens read; 0 where these cost nothing")
    output: Euros = Field(description="Euros per million tokens written; 0 where these cost nothing")
    call: Euros = Field(0, description="Euros per call besides, whatever its tokens")


Prices = Mapping[str, Sequence[Price]]


def twice(prices: Prices) -> str | None:
    """The first model that has two prices from the same day, as its place in the file; None where there is none.

    >>> same = Price(since=dt.date(2026, 1, 1), input=1, output=2)
    >>> twice({"small": [same, same]}), twice({"small": [same]})
    ('prices.small: 2026-01-01', None)
    """
    for model, some in prices.items():
        days = sorted(each.since for each in some)
        for one, other in pairwise(days):
            if one == other:
                return f"prices.{model}: {one}"
    return None


def price_on(prices: Prices, model: str | None, day: dt.date) -> Price | None:
    """The price of a model on a day; None where it has none yet.

    >>> prices = {"small": [Price(since=dt.date(2026, 1, 1), input=1, output=2)]}
    >>> price_on(prices, "small", dt.date(2025, 12, 31)), price_on(prices, None, dt.date(2026, 1, 1))
    (None, None)
    """
    begun = [each for each in prices.get(model or "", ()) if each.since <= day]
    return max(begun, key=lambda each: each.since, default=None)


def changes(prices: Prices) -> list[dt.date]:
    """The days within a month on which some price begins: tokens of such a month are counted in two parts.

    >>> changes({"small": [Price(since=dt.date(2026, 3, day), input=1, output=2) for day in (1, 15)]})
    [datetime.date(2026, 3, 15)]
    """
    return sorted({each.since for some in prices.values() for each in some if each.since.day > 1})
