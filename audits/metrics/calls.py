"""A promise about places: models run where, and by whom, the system file allows (clusters: teams, else days)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from boussole.audits.measures import Measure
from boussole.audits.metrics.cases import cases_measure
from boussole.audits.metrics.definition import Metric
from boussole.audits.metrics.shares import PART_OF_MONTH, sides_of, untold
from boussole.audits.parts import Ints
from boussole.audits.systems.kinds import BUCKETS
from boussole.audits.systems.logs.calls import BY, CALLS, MONTHS, SQUARES, Calls, plain
from boussole.audits.systems.model import System

OUTSIDE_SHARE = "calls_outside_allowed_share"
Where = tuple[str | None, str | None, str | None]
"""Provider, place and model of calls; None where it is not told."""
Key = tuple[str, Where]
"""A month, and who ran which model where in it."""
SHOWN = 20
"""The most kinds of calls outside that are listed; how many there are in all is told beside."""


def call_measures(read: pa.Table, system: System) -> list[Measure]:
    """Measure the calls of a window that ran outside the allowed places and providers, from their counts (`SHARES`).

    Suppressed: `small_group`, fewer calls than `suppress_below` in a month. Undefined: `no_place`, no call says where.
    """
    if not calls_of(system).bounded:
        return []
    if PART_OF_MONTH in read["part"].to_pylist():
        return [untold(OUTSIDE_SHARE, bad_side="above")]
    held = calls_of(system)
    counts = by_call(read, held.part(CALLS))
    if not counts:
        return []
    whole = {where: sides.sum(axis=0) for where, sides in counts.items()}
    known = {where: outside(held, where) for where in whole}
    sides = np.zeros((2, BUCKETS), dtype=np.int64)
    for where, is_outside in known.items():
        if is_outside is not None:
            sides[int(is_outside)] += whole[where]
    every = int(sum(int(each.sum()) for each in whole.values()))
    kinds = sorted(((int(whole[where].sum()), where) for where, is_outside in known.items() if is_outside), key=_order)
    calls = _calls(read, held.part(CALLS))
    alone, together = kinds_told(calls, system.privacy.suppress_below)
    sizes = summed((where, n) for (_, where), n in calls.items())
    told = {
        "by_call": [[*where, sizes[where]] for where in alone],
        "others": sum(sizes[where] for where in together),
        "unlabelled": every - int(sides.sum()),
        "all": every,
        "outside": [[*where, n] for n, where in kinds[:SHOWN]],
        "kinds": len(kinds),
    }
    squares, months = (int(sides_of(read, part).sum()) for part in (SQUARES, MONTHS))
    return [
        cases_measure(
            OUTSIDE_SHARE,
            sides,
            _months(read, held),
            limit=system.privacy.suppress_below,
            none="no_place",
            told=told,
            clusters=every * int(sides.sum()) / (months * squares),
        )
    ]


def calls_of(system: System) -> Calls:
    """What the calls of a system are held to."""
    section = system.generations
    assert section is not None  # noqa: S101 (its log is declared)
    return section.calls or Calls()


def by_call(read: pa.Table, part: str, *, months: Sequence[str] | None = None) -> dict[Where, Ints]:
    """The counts of a part by provider, place and model: no case and case, by bucket (2, buckets)."""
    found: dict[Where, Ints] = {}
    own = read.filter(pa.compute.and_(pa.compute.equal(read["part"], part), pa.compute.equal(read["by"], BY)))
    for row in own.to_pylist():
        if months is None or row["window"] in months:
            where = (row["value1"], row["value2"], row["value3"])
            found.setdefault(where, np.zeros((2, BUCKETS), dtype=np.int64))[row["decision"], row["bucket"]] += row["n"]
    return found


def outside(held: Calls, where: Where) -> bool | None:
    """Whether a call ran outside what is allowed; None where it does not say what is needed to tell."""
    provider, place, _ = where
    asked = [(name, plain(list(names))) for name, names in ((provider, held.providers), (place, held.places)) if names]
    if any(name is not None and name.lower() not in names for name, names in asked):
        return True
    return None if any(name is None for name, _ in asked) else False


def calls_by_month(read: pa.Table, part: str) -> dict[str, int]:
    """How many calls of a part each month has; those without any are not there."""
    found: dict[str, int] = {}
    for row in read.filter(pa.compute.equal(read["part"], part)).to_pylist():
        found[row["window"]] = found.get(row["window"], 0) + row["n"]
    return {month: n for month, n in found.items() if n}


def kinds_told(calls: Mapping[Key, int], limit: int) -> tuple[list[Where], set[Where]]:
    """Return the kinds of calls that are named, those with most calls first, and those that are counted together."""
    months = sorted({month for month, _ in calls})
    sizes = summed((where, n) for (_, where), n in calls.items())
    hidden = [_hidden({where: n for (one, where), n in calls.items() if one == month}, limit) for month in months]
    shown = [where for where in _ordered(sizes) if not any(where in one for one in hidden)][:SHOWN]
    return shown, {where for where in sizes if where not in shown}


def _hidden(sizes: Mapping[Where, int], limit: int) -> set[Where]:
    """Return the kinds of calls of a month that are shown together: the few, and those beyond the first twenty."""
    shown = [where for where in _ordered(sizes) if sizes[where] >= limit][:SHOWN]
    together = {where for where in sizes if where not in shown}
    while together and shown and sum(sizes[where] for where in together) < limit:
        together.add(shown.pop())
    return together


def _ordered(sizes: Mapping[Where, int]) -> list[Where]:
    return sorted(sizes, key=lambda where: (-sizes[where], ["" if name is None else name for name in where]))


def summed(pairs: Iterable[tuple[Any, int]]) -> dict[Any, int]:
    """Numbers by their keys, those of one key added up."""
    found: dict[Any, int] = {}
    for key, n in pairs:
        found[key] = found.get(key, 0) + n
    return found


def _calls(read: pa.Table, part: str) -> dict[Key, int]:
    """How many calls of a part there are by month, and by provider, place and model."""
    own = read.filter(pa.compute.and_(pa.compute.equal(read["part"], part), pa.compute.equal(read["by"], BY)))
    found = summed(
        ((row["window"], (row["value1"], row["value2"], row["value3"])), row["n"]) for row in own.to_pylist()
    )
    return {key: n for key, n in found.items() if n}


def _months(read: pa.Table, held: Calls) -> list[int]:
    """How many calls that say where they ran each month has."""
    found: dict[str, int] = {}
    for row in read.filter(pa.compute.equal(read["part"], held.part(CALLS))).to_pylist():
        if outside(held, (row["value1"], row["value2"], row["value3"])) is not None:
            found[row["window"]] = found.get(row["window"], 0) + row["n"]
    return [n for n in found.values() if n]


def _order(each: tuple[int, Where]) -> tuple[int, list[str]]:
    return -each[0], ["" if name is None else name for name in each[1]]


METRICS: tuple[Metric, ...] = (
    Metric(
        name=OUTSIDE_SHARE,
        kind="share",
        formula="calls whose provider or place is none of those that the system file allows ÷ calls that say where they"
        " ran and by whom",
        range="[0, 1]",
        ideal=0.0,
        undefined="no call says where it ran, or by whom; too few calls to be told",
        source="GDPR, Art. 28 and 44 (processors, transfers); bound of what may still come: rule of three, Hanley &"
        " Lippman-Hand (1983), JAMA 249:1743-1745; interval: Wilson (1927), JASA 22:209-212, at effective sizes: Rao &"
        " Scott (1992), Biometrics 48:577-585",
    ),
)
