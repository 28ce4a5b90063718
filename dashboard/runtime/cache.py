"""Work that is done once: for the same content, or until what it rests on has changed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache, wraps
from threading import Lock
from typing import Concatenate, Generic, ParamSpec, TypeVar

P = ParamSpec("P")
H = TypeVar("H")
R = TypeVar("R")
S = TypeVar("S")


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


class _Shelf(Generic[R]):
    """At most one result with the state that it was made of, and a lock for those who want it while it is made."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.held: list[tuple[object, R]] = []


def newest(most: int) -> Callable[[Callable[Concatenate[H, S, P], R]], Callable[Concatenate[H, S, P], R]]:
    """Keeps what a function of a place, a state and more made of the last state, for the `most` last asked for.

    What was made of an earlier state is let go at once, and two who ask at the same time wait for one answer.

    >>> asked = []
    >>> @newest(2)
    ... def read(home: str, state: int, name: str) -> int:
    ...     asked.append((state, name))
    ...     return state
    >>> read("h", 1, "a"), read("h", 1, "a"), read("h", 2, "a"), read("h", 1, "a"), asked
    (1, 1, 2, 1, [(1, 'a'), (2, 'a'), (1, 'a')])
    """

    def keeping(make: Callable[Concatenate[H, S, P], R]) -> Callable[Concatenate[H, S, P], R]:
        shelves: OrderedDict[object, _Shelf[R]] = OrderedDict()
        turn = Lock()

        @wraps(make)
        def asked(home: H, state: S, /, *args: P.args, **named: P.kwargs) -> R:
            key = (home, args, tuple(sorted(named.items())))
            with turn:
                shelf = shelves.setdefault(key, _Shelf())
                shelves.move_to_end(key)
                while len(shelves) > most:
                    shelves.popitem(last=False)
            with shelf.lock:
                if not shelf.held or shelf.held[0][0] != state:
                    shelf.held.clear()
                    shelf.held.append((state, make(home, state, *args, **named)))
                return shelf.held[0][1]

        return asked

    return keeping
