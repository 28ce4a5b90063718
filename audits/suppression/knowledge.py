"""What a reader of the published tables knows before thinking: sums along the tables, sums within a cell, the rules."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import block_diag, csc_array, hstack, identity, vstack

from boussole.audits.measures import Counts
from boussole.audits.suppression.lattice import Floats, Lattice
from boussole.audits.suppression.reader import CellEquations

FAR = 1_000_000
"""No cell is looked at further than this from its true value: far beyond every limit, and counts may be 10¹²."""


@dataclass(frozen=True, kw_only=True)
class Link:
    """How far the sum of all parts of each cell may lie below and above its true value."""

    below: Floats
    above: Floats


def reader(
    lattice: Lattice,
    parts: Sequence[Counts],
    *,
    targets: tuple[tuple[int, ...], ...],
    link: Link | None = None,
    tails: Mapping[int, Collection[int]] | None = None,
    most: Counts | None = None,
) -> CellEquations:
    """Return the reader of tables that show `parts` of every shown cell: no part is negative, none exceeds everybody's.

    `tails`: from some part on, the cells whose sum of that and all later parts is known; `most`: upper limits of parts.
    """
    cells = len(lattice.keys)
    sums = block_diag([lattice.matrix()] * len(parts))
    caps = [lattice.most(part) if most is None else most for part in parts]
    low, high = np.concatenate(parts), np.concatenate([cap - part for cap, part in zip(caps, parts, strict=True)])
    blocks, ends = [sums], [(np.zeros(sums.shape[0]), np.zeros(sums.shape[0]))]
    if link is not None:
        blocks.append(hstack([identity(cells)] * len(parts)))
        ends.append((-_far(link.below), _far(link.above)))
    for first, known in (tails or {}).items():
        own = csc_array(identity(cells))[sorted(known)]
        nothing = csc_array((len(known), cells))
        blocks.append(hstack([*[nothing] * first, *[own] * (len(parts) - first)]))
        ends.append((np.zeros(len(known)), np.zeros(len(known))))
    return CellEquations(
        matrix=csc_array(vstack(blocks)),
        rows=(np.concatenate([below for below, _ in ends]), np.concatenate([above for _, above in ends])),
        columns=(-np.minimum(low, FAR).astype(np.float64), np.minimum(high, FAR).astype(np.float64)),
        cells=cells,
        targets=targets,
    )


def _far(distance: Floats) -> Floats:
    """Distances that nothing can go are no bounds."""
    return np.where(distance < FAR, distance, np.inf)


def rule_known(lattice: Lattice, sizes: Counts, *, small: Collection[int], limit: int) -> Link:
    """Link hidden groups to the rule: small ones hold 1 to limit − 1, others at least the limit."""
    below, above = sizes.astype(np.float64), np.full(sizes.size, np.inf)
    for i in lattice.groups:
        if i in small and sizes[i] < limit:
            below[i], above[i] = sizes[i] - 1, limit - 1 - sizes[i]
        elif i not in small:
            below[i] = max(sizes[i] - limit, 0)
    return Link(below=below, above=above)
