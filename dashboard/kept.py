"""Work that is done once for the same content, whatever else has changed in the workspace."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class _Content:
    """Arguments that are the same where they read the same."""

    def __init__(self, args: tuple[object, ...], named: dict[str, object]) -> None:
        self.args, self.named = args, named
        self.read = repr((args, sorted(named.items())))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Content) and other.read == self.read

    def __hash__(self) -> int:
        return hash(self.read)


def by_content(most: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Keeps the last `most` results of a function of plain values: numbers, texts, and collections of them.

    >>> asked = []
    >>> @by_content(10)
    ... def total(values: list[int]) -> int:
    ...     asked.append(values)
    ...     return sum(values)
    >>> total([1, 2]), total([1, 2]), total([2, 1]), len(asked)
    (3, 3, 3, 2)
    """

    def keeping(make: Callable[P, R]) -> Callable[P, R]:
        @lru_cache(maxsize=most)
        def kept(content: _Content) -> R:
            return make(*content.args, **content.named)  # type: ignore[arg-type]

        @wraps(make)
        def asked(*args: P.args, **named: P.kwargs) -> R:
            return kept(_Content(args, dict(named)))

        return asked

    return keeping
