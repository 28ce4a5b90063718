"""Work spread over processes, in order and never further ahead than they can follow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Items in lists of at most `size`, read as they are asked for.

    >>> list(batches("abc", 2))
    [['a', 'b'], ['c']]
    """
    source = iter(items)
    while batch := list(islice(source, size)):
        yield batch


def spread(work: Callable[..., Result], calls: Iterable[tuple[Any, ...]], *, jobs: int) -> Iterator[Result]:
    """What `work` returns for each call, in their order; with one job, in this process.

    Processes start fresh: they inherit no open file and run no script of the one that asks, so that a page or a
    notebook may ask too. No more than two calls for each wait at a time.
    """
    if jobs <= 1:
        yield from (work(*call) for call in calls)
        return
    from joblib import Parallel, delayed

    told = Parallel(n_jobs=jobs, return_as="generator", pre_dispatch="2 * n_jobs", batch_size=1, max_nbytes=None)
    yield from told(delayed(work)(*call) for call in calls)
