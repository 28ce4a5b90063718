"""What random order gives: the tables of FA*IR, and how often lists of each kind would fail them."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from boussole.audits.measures import FAIR_ALPHA, TOP

REQUIRED = {"share": "int64", "places": "int64", "nth": "int64", "position": "int64"}
"""The `nth` person of a group must stand at this position or before."""
KIND = ("share", "places", "pool", "n", "all_top")
"""All that decides what a list would be in random order."""
CHANCES = {
    **dict.fromkeys(KIND, "int64"),
    "needed": "int64",
    "failed_at_random": "float64",
    "skew_at_random": "float64",
}
PIECE = 50_000
"""How many kinds of lists are looked at together: a bound on memory."""


def fair_tables(kinds: pa.Table) -> tuple[pa.Table, pa.Table]:
    """The tables of FA*IR that some lists need, and what each kind of list would be in random order.

    The share to be protected is that of the list's own pool, in whole per cent, rounded down.
    """
    from boussole.audits.metrics.fa_ir import (  # scipy takes half a second
        random_order_fail_probabilities,
        random_order_skews,
    )

    share, places, pool, own, top = (kinds[name].to_numpy() for name in KIND)
    pairs = list(zip(share.tolist(), places.tolist(), strict=True))
    tables = {pair: _fair_table(*pair) for pair in sorted(set(pairs))}
    required = [
        (*pair, nth, int(np.argmax(table >= nth)) + 1)
        for pair, table in tables.items()
        for nth in range(1, int(table[-1]) + 1)
    ]
    each = np.zeros((len(pairs), TOP), dtype=np.int64)
    for row, pair in zip(each, pairs, strict=True):
        row[: pair[1]] = tables[pair]
    failed, skew = np.zeros(len(pairs)), np.zeros(len(pairs))
    for start in range(0, len(pairs), PIECE):
        at = slice(start, start + PIECE)
        failed[at] = random_order_fail_probabilities(each[at], pool[at], own[at])
        skew[at] = random_order_skews(top[at], pool[at], own[at])
    told = (share, places, pool, own, top, each.max(axis=1, initial=0), failed, skew)
    asked = np.array(required, dtype=np.int64).reshape(-1, len(REQUIRED)).T
    return (
        pa.table(dict(zip(REQUIRED, asked, strict=True))),
        pa.table(dict(zip(CHANCES, told, strict=True))),
    )


@cache
def _fair_table(percent: int, places: int) -> npt.NDArray[np.int64]:
    from boussole.audits.metrics.fa_ir import adjusted_table

    return adjusted_table(places, percent / 100, FAIR_ALPHA)
