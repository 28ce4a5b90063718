"""Small counts beside a total: which must be hidden so that none follows from the others."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

G = TypeVar("G", bound=Hashable)


def hidden(counts: Mapping[G, int], *, below: int) -> set[G]:
    """The groups to hide: those of fewer than `below`, and the next smallest until their sum gives none of them away.

    >>> sorted(hidden({"a": 4, "b": 30, "c": 50}, below=11)), hidden({"a": 12, "b": 30}, below=11)
    (['a', 'b'], set())
    """
    small = {group for group, n in counts.items() if n < below}
    shown = sorted((group for group in counts if group not in small), key=lambda group: (counts[group], str(group)))
    while small and shown and (len(small) < 2 or sum(counts[group] for group in small) < below):
        small.add(shown.pop(0))
    return small
