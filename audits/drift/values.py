"""Categories in two windows: how many decisions had each value, and every distance between them.

Distances are of everybody. A value that some but few have in a window is counted with the others: a rare occupation can
tell of one person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from audits.drift.bins import Binned, categories
from audits.drift.distances import distance_measures
from audits.drift.measures import index_measures
from audits.measures import Measure

UNKNOWN, OTHERS = "?", "*"
"""Decisions without a value, and those whose value too few have, or that is counted without its name."""
Values = Counter[str]


def value_measures(
    by: str, name: str, sides: tuple[Values, Values], *, fewest: int, design_effect: float
) -> list[Measure]:
    """Every distance of one column between two windows, from how many decisions had each value.

    `params`: the shares of each value, in both; `new` and `gone`: values that one of the windows does not have.
    Undefined: `empty_window`; `no_values`, where one holds no value; `one_bin`.
    """
    binned = _binned(by, name, sides, fewest)
    found = [
        *index_measures(binned, design_effect=design_effect),
        *distance_measures(binned, design_effect=design_effect),
    ]
    if len(binned.reference) > 1 or binned.reason:
        return found
    return [replace(each, value=None, status="undefined", reason="one_bin") for each in found]


def _binned(by: str, name: str, sides: tuple[Values, Values], fewest: int) -> Binned:
    pairs = told(sides, fewest=fewest)
    binned = categories(by, name, pairs)
    real = {value: pair for value, pair in pairs.items() if value not in (UNKNOWN, OTHERS)}
    more = {
        "new": [value for value, (before, _) in real.items() if not before],
        "gone": [value for value, (_, now) in real.items() if not now],
        "values": len(set(sides[0]) | set(sides[1])),
    }
    empty = any(side.total() and set(side) == {UNKNOWN} for side in sides)
    return replace(binned, about={**binned.about, **more}, reason=binned.reason or ("no_values" if empty else None))


def told(sides: tuple[Values, Values], *, fewest: int) -> dict[str, tuple[int, int]]:
    """Values with their counts in both windows, the most frequent first; those that some but few have are together.

    Where they are few together as well, the rarest of the others joins them: everybody less the others would tell.

    >>> told((Values(clerk=90, cook=40, miner=3), Values(clerk=80, cook=50, diver=20)), fewest=11)
    {'clerk': (90, 80), 'diver': (0, 20), '*': (43, 50)}
    """
    pairs = {value: (sides[0][value], sides[1][value]) for value in {**sides[0], **sides[1]}}
    ordered = sorted(pairs, key=lambda value: (-sum(pairs[value]), value))
    few = {value for value in ordered if value == OTHERS or any(0 < n < fewest for n in pairs[value])}
    while few and (short := _short(pairs, few, fewest)):
        rarest = (value for value in reversed(ordered) if value not in few and any(pairs[value][at] for at in short))
        if (more := next(rarest, None)) is None:
            break
        few.add(more)
    kept = {value: pairs[value] for value in ordered if value not in few}
    if few:
        kept[OTHERS] = (sum(pairs[value][0] for value in few), sum(pairs[value][1] for value in few))
    return kept


def _short(pairs: Mapping[str, tuple[int, int]], few: set[str], fewest: int) -> list[int]:
    """The windows in which those together are some, but few."""
    return [at for at in (0, 1) if 0 < sum(pairs[value][at] for value in few) < fewest]
