"""A metric of one's own: a function of counts, measured for each group with an interval."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from boussole.audits.errors import BoussoleError
from boussole.audits.measures import NEGATIVE, NO_OUTCOME, NOT_SELECTED, POSITIVE, SELECTED, Counts, Measure
from boussole.audits.metrics.comparisons import against, compared
from boussole.audits.metrics.selection import SELECTION_RATE, SELECTION_RATIO
from boussole.audits.metrics.view import View, known_values
from boussole.audits.uncertainty.bootstrap import Floats
from boussole.audits.uncertainty.estimates import composite_interval

CELLS = [(decision, outcome) for decision in (NOT_SELECTED, SELECTED) for outcome in (NEGATIVE, POSITIVE, NO_OUTCOME)]


@dataclass(frozen=True)
class Tally:
    """Counts of people as a metric reads them: arrays of one shape, one number for each redraw.

    >>> one = Tally(np.array([[40, 10, 0], [5, 25, 0]]))
    >>> float(one.true_positives / (one.true_positives + one.false_negatives))
    0.7142857142857143
    """

    cells: Counts | Floats

    def _cell(self, decision: int, outcome: int) -> Floats:
        return np.asarray(self.cells[..., decision, outcome], dtype=np.float64)

    @property
    def n(self) -> Floats:
        """Everybody assessed."""
        return np.asarray(self.cells.sum(axis=(-2, -1)), dtype=np.float64)

    @property
    def selected(self) -> Floats:
        """The selected, whatever their outcome."""
        return np.asarray(self.cells[..., SELECTED, :].sum(axis=-1), dtype=np.float64)

    @property
    def not_selected(self) -> Floats:
        """Those not selected, whatever their outcome."""
        return self.n - self.selected

    @property
    def true_positives(self) -> Floats:
        """Selected, and the outcome is positive."""
        return self._cell(SELECTED, POSITIVE)

    @property
    def false_positives(self) -> Floats:
        """Selected, and the outcome is negative."""
        return self._cell(SELECTED, NEGATIVE)

    @property
    def false_negatives(self) -> Floats:
        """Not selected, and the outcome is positive."""
        return self._cell(NOT_SELECTED, POSITIVE)

    @property
    def true_negatives(self) -> Floats:
        """Not selected, and the outcome is negative."""
        return self._cell(NOT_SELECTED, NEGATIVE)

    @property
    def without_outcome(self) -> Floats:
        """Those whose outcome is not known."""
        return self._cell(SELECTED, NO_OUTCOME) + self._cell(NOT_SELECTED, NO_OUTCOME)


Function = Callable[[Tally], Any]


@dataclass(frozen=True, kw_only=True)
class OwnMetric:
    """A metric by its name: a function of counts that works on arrays, such as `lambda c: c.selected / c.n`."""

    name: str
    function: Function

    def of(self, counts: Counts | Floats) -> Floats:
        """Values of counts (…, decision, outcome), in shape (…); NaN where a denominator is zero.

        Raises BoussoleError for a function that fails or gives something else than a number for each count.
        """
        try:
            with np.errstate(divide="ignore", invalid="ignore"):
                found = np.asarray(self.function(Tally(counts)), dtype=np.float64)
        except Exception as error:
            raise BoussoleError(
                f"the metric '{self.name}' failed: {type(error).__name__}: {error}.",
                next_step="It is given counts as arrays: n, selected, not_selected, true_positives, false_positives, "
                "false_negatives, true_negatives, without_outcome; use arithmetic and numpy functions.",
            ) from error
        shape = counts.shape[:-2]
        if found.shape not in ((), shape):
            raise BoussoleError(
                f"the metric '{self.name}' gave numbers of shape {found.shape} for counts of shape {shape}.",
                next_step="Give one number for each count: `c.selected / c.n`, and not a sum over all of them.",
            )
        full = np.broadcast_to(found, shape)
        return np.where(np.isfinite(full), full, np.nan)

    def entering(self, counts: Counts) -> Counts | None:
        """The counts that the value rests on, those of like effect together; None where it rests on none.

        Found by adding one person to each cell in turn, in counts (decision, outcome).
        """
        effects = self._effects(counts)
        used = {effect for effect in effects.values() if effect}
        sizes = [sum(int(counts[cell]) for cell, effect in effects.items() if effect == each) for each in sorted(used)]
        return np.array(sizes, dtype=np.int64) if sizes else None

    def rests_on_outcomes(self, counts: Counts) -> bool:
        """Whether it tells people of one decision apart by their outcome."""
        effects = self._effects(counts)
        return any(len({effects[d, o] for o in (NEGATIVE, POSITIVE, NO_OUTCOME)}) > 1 for d in (NOT_SELECTED, SELECTED))

    def _effects(self, counts: Counts) -> dict[tuple[int, int], float]:
        """What one more person in each cell changes, at counts without a zero (so that nothing is undefined)."""
        start = counts.astype(np.float64) + 7
        more = np.stack([start, *(start + _one(cell) for cell in CELLS)])
        first, *rest = self.of(more).tolist()
        return {cell: float(f"{value - first:.9g}") for cell, value in zip(CELLS, rest, strict=True)}


def _one(cell: tuple[int, int]) -> Floats:
    found = np.zeros((2, 3))
    found[cell] = 1.0
    return found


def own_metrics(functions: Mapping[str, Function], *, taken: Sequence[str]) -> list[OwnMetric]:
    """Metrics by name. Raises BoussoleError for a name that is taken or malformed."""
    for name in functions:
        if not name.isidentifier():
            raise BoussoleError(f"{name!r} is no name of a metric.", next_step="Use letters, digits and `_`.")
        if name in taken:
            raise BoussoleError(f"there is a metric '{name}' already.", next_step="Give yours another name.")
    return [OwnMetric(name=name, function=function) for name, function in functions.items()]


def own_measures(view: View, own: OwnMetric) -> list[Measure]:
    """The metric of every known group (or of everybody), then its difference from the group it is compared with."""
    hidden = _hidden(view, own)
    found = [_of_group(view, own, position, hidden) for position in view.known]
    return found + ([_difference(view, own, position, hidden) for position in compared(view)] if view.table.by else [])


def _hidden(view: View, own: OwnMetric) -> Mapping[int, str]:
    """What is hidden in measures of decisions, and in those of outcomes where it rests on them."""
    everybody = view.table.counts.sum(axis=(0, 1))
    hidden = dict(view.hidden(SELECTION_RATE))
    layer = view.suppression.outcomes if own.rests_on_outcomes(everybody) else {}
    for position, group in enumerate(view.table.groups):
        if (view.table.by, group) in layer:
            hidden.setdefault(position, layer[view.table.by, group])
    return hidden


def _of_group(view: View, own: OwnMetric, position: int, hidden: Mapping[int, str]) -> Measure:
    group = view.table.groups[position]
    if position in hidden:
        return view.without_value(own.name, "suppressed", hidden[position], group=group)
    return _measured(view, own, own.name, position=position, counts=view.table.counts[[position]], params={})


def _difference(view: View, own: OwnMetric, position: int, hidden: Mapping[int, str]) -> Measure:
    """The value of a group less that of the group, or of all the others, that it is compared with."""
    name, group = f"{own.name}_difference", view.table.groups[position]
    other = against(view, SELECTION_RATIO, position)
    params = other.params
    if position in hidden or set(other.positions) & set(hidden):
        why = hidden.get(position, "reference_suppressed")
        return view.without_value(name, "suppressed", why, group=group, params=params)
    if other.status != "ok":
        return view.without_value(name, other.status, other.reason, group=group, params=params)
    both = np.stack([view.table.counts[position], view.table.counts[other.positions].sum(axis=0)])
    return _measured(view, own, name, position=position, counts=both, params=params)


def _measured(
    view: View, own: OwnMetric, name: str, *, position: int, counts: Counts, params: Mapping[str, Any]
) -> Measure:
    """The value of one group, or of the first of two less the second, from counts (groups, buckets, 2, 3)."""

    def statistic(drawn: Counts) -> Floats:
        values = own.of(drawn)
        return np.asarray(values[..., 0] - values[..., 1] if values.shape[-1] == 2 else values[..., 0])

    group, pooled = view.table.groups[position], counts.sum(axis=1)
    people = counts.sum(axis=(0, 2, 3))
    value = float(statistic(pooled))
    if math.isnan(value):
        return view.without_value(
            name, "undefined", "zero_denominator", group=group, n=int(people.sum()), params=params
        )
    entering = [sizes for each in pooled if (sizes := own.entering(each)) is not None]
    interval, why = composite_interval(
        counts,
        statistic,
        np.concatenate(entering) if entering else np.array([], dtype=np.int64),
        clustered=view.table.clustered,
        low=-math.inf,
        high=math.inf,
    )
    return Measure(
        metric=name,
        by=view.table.by,
        group=known_values(group),
        value=value,
        n=int(people.sum()),
        clusters=view.clusters(people),
        interval=interval,
        params={**params, **({"interval_reason": why} if why else {})},
    )
