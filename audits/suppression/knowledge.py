"""What a reader of the published tables knows before thinking: sums along the tables, sums within a cell, the rules."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import block_diag, csc_array, hstack, identity, vstack

from audits.measures import Counts
from audits.suppression.lattice import Floats, Lattice
from audits.suppression.reader import Reader

FAR = 1_000_000
"""No cell is looked at further than this from its true value: far beyond every limit, and counts may be 10¹²."""


@dataclass(frozen=True, kw_only=True)
class Link:
    """How far the sum of all parts of each cell may lie below and above its true value."""

    below: Floats
    above: Floats


def reader(
    lattice: Lattice, parts: Sequence[Counts], *, targets: tuple[tuple[int, ...], ...], link: Link | None = None
) -> Reader:
    """The reader of tables that show `parts` of every shown cell: no part is negative, none exceeds everybody's."""
    sums = block_diag([lattice.matrix()] * len(parts))
    within = hstack([identity(len(lattice.keys))] * len(parts))
    equal = np.zeros(sums.shape[0])
    free = np.full(len(lattice.keys), np.inf)
    link = link or Link(below=free, above=free)
    low, high = (
        np.concatenate(ends) for ends in zip(*((part, lattice.most(part) - part) for part in parts), strict=True)
    )
    return Reader(
        matrix=csc_array(vstack([sums, within])),
        rows=(np.concatenate([equal, -_far(link.below)]), np.concatenate([equal, _far(link.above)])),
        columns=(-np.minimum(low, FAR).astype(np.float64), np.minimum(high, FAR).astype(np.float64)),
        cells=len(lattice.keys),
        targets=targets,
    )


def _far(distance: Floats) -> Floats:
    """Distances that nothing can go are no bounds."""
    return np.where(distance < FAR, distance, np.inf)


def rule_known(lattice: Lattice, sizes: Counts, *, small: Collection[int], limit: int) -> Link:
    """To one who knows the rule, small groups hold 1 to limit − 1, and hidden ones that are not at least the limit."""
    below, above = sizes.astype(np.float64), np.full(sizes.size, np.inf)
    for i in lattice.ruled:
        if i in small and sizes[i] < limit:
            below[i], above[i] = sizes[i] - 1, limit - 1 - sizes[i]
        elif i not in small:
            below[i] = max(sizes[i] - limit, 0)
    return Link(below=below, above=above)


def sum_known(cells: int, *, shown: Collection[int]) -> Link:
    """The sum of the parts is published for these cells, even where the parts are hidden."""
    bound = np.full(cells, np.inf)
    bound[sorted(shown)] = 0.0
    return Link(below=bound, above=bound)
