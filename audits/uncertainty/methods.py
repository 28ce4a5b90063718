"""By which methods figures are computed: by those of today, or by those of the time when a stored audit was made.

A method that is improved gives other intervals and tests. An audit that is computed again is held to the figures it was
sealed with, so it is computed by the methods of its time; like `decimal.localcontext`, they hold inside a `with`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

METHODS = {
    1: "where a group has no variance between buckets of people, each bucket counts as one row",
    2: "there, as many rows count as the clusters leave independent, by the correlation that the other group shows; "
    "one figure has fewer degrees of freedom where few people weigh most; the widest of several gaps has no interval",
    3: "where few people weigh most and few of them have a case, a rate takes the rows of a person to be alike",
    4: "there, those count who are seen to have a case, not only those who would if a person's rows were alike; where "
    "nobody comes back in lists, the variances by lists and by people, which estimate the same, are averaged; where "
    "people come back and few of a group stand at the first places, `skew_at_k` has no interval",
    5: "where few people weigh most, they are told from the many with one decision by how unevenly rows fall into "
    "buckets: how many they are, and which of them have a case",
}
"""The methods that figures were computed by, each with what it brought."""
LATEST = max(METHODS)
_in_force: ContextVar[int] = ContextVar("method", default=LATEST)


def method() -> int:
    """The number of the methods in force; those of today outside `by_method`.

    >>> method() == LATEST
    True
    """
    return _in_force.get()


@contextmanager
def by_method(number: int) -> Iterator[None]:
    """Inside it, figures are computed by the methods of that number. Raises ValueError for one that never was.

    >>> with by_method(1):
    ...     method()
    1
    """
    if number not in METHODS:
        raise ValueError(f"there are no methods {number}, but {', '.join(map(str, METHODS))}.")
    before = _in_force.set(number)
    try:
        yield
    finally:
        _in_force.reset(before)
