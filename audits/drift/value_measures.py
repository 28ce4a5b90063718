"""Every distance of one column of categories between two windows."""

from __future__ import annotations

from collections.abc import Collection

from boussole.audits.cubes.values import Values, by_value, without_shares
from boussole.audits.drift.distances import distance_measures
from boussole.audits.drift.measures import index_measures
from boussole.audits.measures import Measure


def value_measures(
    by: str,
    name: str,
    sides: tuple[Values, Values],
    *,
    fewest: int,
    design_effect: float,
    pool: Collection[str] = (),
    shares: bool = True,
) -> list[Measure]:
    """Every distance of one column between two windows, from how many decisions had each value.

    `pool`: values without a name. `params`: the `shares` of each value, in both, where they may be told; `new` and
    `gone`: values that one of the windows does not have.
    Undefined: `empty_window`; `no_values`, where one holds no value; `one_bin`.
    """
    whole = by_value(by, name, sides, fewest, pool)
    told = whole if shares else without_shares(whole)
    return [
        *index_measures(told, design_effect=design_effect),
        *distance_measures(told, design_effect=design_effect),
    ]
