"""Groups of several attributes told beside one another: those of few people are told with others, not hidden.

For tables whose cells are people once each, of whom some are cases, such as agents who used a system in a month. A cell
is told by name where at least `limit` people in it are cases and `limit` are not, so that it says of nobody what they
did; all others are told together. Nor does what is told of one attribute, less what is told of another, come to fewer:
whoever knows who belongs where (agents know each other) could subtract. Tried are the remainders of a cell, or of all
that it touches, less the cells of another attribute within it, and every set of people that the told figures determine
by any sum of theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import permutations

import numpy as np

Values = tuple[str | None, ...]
Sides = tuple[int, int]
"""How many people are cases, and how many there are."""
DETERMINED = 1 - 1e-6
"""Share of a set's own unit vector that lies in what told figures span, from which on they determine it."""
SPANS = 1e-12
"""What told figures span less strongly than this share of the strongest is not spanned by them."""


def told_by_name(counts: Mapping[Values, Sides], *, limit: int) -> tuple[frozenset[str], ...]:
    """Of each attribute, the values that are told by name, from the people with each combination of values.

    Empty where fewer than two cells would be told of an attribute: then nothing is told by it.

    >>> by_region = {("Nord",): (40, 80), ("Sud",): (30, 90), ("Île",): (3, 20)}
    >>> [sorted(names) for names in told_by_name(by_region, limit=11)]  # the island is told with the North
    [['Sud']]
    >>> [sorted(names) for names in told_by_name(by_region | {("Est",): (50, 99)}, limit=11)]
    [['Est', 'Sud']]
    """
    width = len(next(iter(counts), ()))
    named = [
        {value for value, each in _cells(counts, at).items() if value and _safe(each, limit)} for at in range(width)
    ]
    while True:
        for at in range(width):
            _with_others(counts, at, named[at], limit)
        found = next(_given_away(counts, named, limit), None)
        if found is None:
            return tuple(frozenset(names) for names in named)
        at, value = found
        named[at].discard(value)


def shown(values: Values, named: Sequence[frozenset[str]]) -> Values:
    """The values of somebody as they are told: None with all others."""
    return tuple(value if value in names else None for value, names in zip(values, named, strict=True))


def _safe(sides: Sides, limit: int) -> bool:
    return limit <= sides[0] <= sides[1] - limit


def _cells(counts: Mapping[Values, Sides], at: int) -> dict[str | None, Sides]:
    """Cases and people by the value of one attribute."""
    return {value: each for (value,), each in _summed(((values[at],), each) for values, each in counts.items()).items()}


def _with_others(counts: Mapping[Values, Sides], at: int, names: set[str], limit: int) -> None:
    """Takes names away, the smallest first, until all others together can be told too; all where one cell is left."""
    cells = _cells(counts, at)
    while names:
        rest = [each for value, each in cells.items() if value not in names]
        others = sum(k for k, _ in rest), sum(n for _, n in rest)
        if not others[1] or _safe(others, limit):
            break
        names.discard(_smallest(cells, names))
    if len(names) + any(value not in names for value in cells) < 2:
        names.clear()


def _smallest(cells: Mapping[str | None, Sides], names: set[str]) -> str:
    return min(names, key=lambda name: (cells[name][1], name))


def _given_away(counts: Mapping[Values, Sides], named: Sequence[set[str]], limit: int) -> Iterator[tuple[int, str]]:
    """The names that should be taken away next, and of which attribute: each the smallest that gives few away."""
    sets = _summed((shown(values, [frozenset(names) for names in named]), each) for values, each in counts.items())
    attributes = [at for at, names in enumerate(named) if names]
    for label in _determined(sets, attributes, limit):
        yield _least(counts, named, [(at, label[at]) for at in attributes])
    for one, other in permutations(attributes, 2):
        pairs = _summed(((label[one], label[other]), each) for label, each in sets.items())
        for cell, touched in _remainders(pairs, limit):
            yield _least(counts, named, [(one, cell), *((other, value) for value in touched)])


def _summed(found: Iterable[tuple[Values, Sides]]) -> dict[Values, Sides]:
    sums: dict[Values, Sides] = {}
    for label, (k, n) in found:
        before = sums.get(label, (0, 0))
        sums[label] = before[0] + k, before[1] + n
    return sums


def _determined(sets: Mapping[Values, Sides], attributes: Sequence[int], limit: int) -> Iterator[Values]:
    """Sets of few people, each with the same cells throughout, that sums of told cells determine."""
    few = [place for place, each in enumerate(sets.values()) if not _safe(each, limit)]
    if not few or not attributes:
        return
    labels = list(sets)
    cells = {cell: row for row, cell in enumerate({(at, label[at]) for label in labels for at in attributes})}
    told = np.zeros((len(cells), len(labels)))
    for place, label in enumerate(labels):
        told[[cells[at, label[at]] for at in attributes], place] = 1.0
    inverse = np.linalg.pinv(told @ told.T, rcond=SPANS, hermitian=True)
    spanned = (told * (inverse @ told)).sum(axis=0)
    yield from (labels[place] for place in few if spanned[place] >= DETERMINED)


def _remainders(pairs: Mapping[Values, Sides], limit: int) -> Iterator[tuple[str | None, list[str | None]]]:
    """Cells of one attribute, each with the cells of the other that it touches, where the people of it less those cells
    within it, or of all those cells less it, are few."""
    columns: dict[str | None, dict[str | None, Sides]] = {}
    for (one, other), each in pairs.items():
        columns.setdefault(other, {})[one] = each
    for cell in dict.fromkeys(one for one, _ in pairs):
        touched = [other for other, column in columns.items() if cell in column]
        outside = {other: [each for one, each in columns[other].items() if one != cell] for other in touched}
        left = [pairs[cell, other] for other in touched if outside[other]]
        more = [each for other in touched for each in outside[other]]
        for rest in ([left] if len(left) < len(touched) else []) + [more]:
            if rest and not _safe((sum(k for k, _ in rest), sum(n for _, n in rest)), limit):
                yield cell, touched


def _least(
    counts: Mapping[Values, Sides], named: Sequence[set[str]], cells: Sequence[tuple[int, str | None]]
) -> tuple[int, str]:
    """The smallest of some cells that has a name; where none has, of all names of their attributes."""
    found = [(at, value) for at, value in cells if value is not None]
    found = found or [(at, value) for at in {at for at, _ in cells} for value in named[at]]
    sizes = {at: _cells(counts, at) for at in {at for at, _ in found}}
    return min(found, key=lambda each: (sizes[each[0]][each[1]][1], each))
