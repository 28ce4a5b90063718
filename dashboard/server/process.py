"""What a running process keeps: work done once, how often somebody asked, and what nobody foresaw, under a number."""

from __future__ import annotations

import logging
import os
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import lru_cache, wraps
from pathlib import Path
from threading import Lock
from traceback import format_tb
from typing import Concatenate, Generic, ParamSpec, TypeVar

from boussole.audits.errors import reason_of
from boussole.audits.workspace import SETTINGS_FILE, Workspace
from boussole.charter.record_types.acts import Attendance, Ballot, Opening, Participation, Proxy, Recusal
from boussole.charter.records.store.audits import last_entry

# Work that is done once: for the same content, or until what it rests on has changed.


P = ParamSpec("P")
H = TypeVar("H")
R = TypeVar("R")
S = TypeVar("S")


class _Content:
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


# The state of a workspace's files: what was read in one state holds until the next.


Stamp = tuple[tuple[str, int, int], ...]
IN_SESSION = tuple(act.kind for act in (Attendance, Ballot, Opening, Participation, Proxy, Recusal))
"""Acts that no page shows that is kept."""


def stamp(workspace: Workspace) -> Stamp:
    """What pages depend on: name, time and size of the files of the workspace, and the last entry of its ledger."""
    home = workspace.home
    files = stamp_of([home / SETTINGS_FILE, *sorted([*home.glob("systems/*"), *home.glob("charter/*")])])
    last = _last_entry(home, records_stamp(workspace))
    return (*files, ("ledger", -1 if last is None else last, 0))


def house_stamp(workspace: Workspace) -> Stamp:
    """What the pages of a committee depend on: the same files, its own, and whatever is written to the records."""
    home = workspace.home
    files = sorted(path for kind in ("systems", "charter", "committees") for path in home.glob(f"{kind}/*"))
    return (*records_stamp(workspace), *stamp_of([home / SETTINGS_FILE, *files]))


def records_stamp(workspace: Workspace) -> Stamp:
    """The records, and what is not yet written into them."""
    return stamp_of([workspace.governance, workspace.home / f"{workspace.governance.name}-wal"])


def sealed_stamp(workspace: Workspace) -> Stamp:
    """The files that sealed records rest on; the moment at which a file was put in its place cannot be chosen."""
    found = [*workspace.evidence.glob("*"), *workspace.documents.glob("*")]
    return tuple((str(path), seen.st_ctime_ns, seen.st_size) for path in sorted(found) if (seen := _stat(path)))


@newest(4)
def _last_entry(home: Path, _stamp: Stamp) -> int | None:
    return last_entry(Workspace(home), besides=IN_SESSION)


def lake_files(workspace: Workspace) -> list[Path]:
    """What changes with every write to the lake, and with every sync."""
    catalogue = workspace.catalogue
    return [catalogue, catalogue.with_name(f"{catalogue.name}-wal"), workspace.lake / "sync.json"]


def stamp_of(watched: Sequence[Path]) -> Stamp:
    """Name, time and size of each file that is there."""
    return tuple((str(path), found.st_mtime_ns, found.st_size) for path in watched if (found := _stat(path)))


def _stat(path: Path) -> os.stat_result | None:
    found = path.stat() if path.exists() else None
    return None if found and path.name.endswith("-wal") and not found.st_size else found


# How often somebody may ask: so many requests a minute, each gone through gives way to the next.


MOST_KNOWN = 10_000


def seconds() -> float:
    """The time since some moment: a clock that nobody sets."""
    return time.monotonic()


class Limiter:
    """A bucket for each asker: full it allows a burst, and it fills again with time."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = seconds) -> None:
        self.per_minute, self.clock = per_minute, clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._turn = threading.Lock()

    def wait(self, asker: str) -> int:
        """Takes one request of an asker; 0, or the seconds until there is room for one.

        >>> limiter = Limiter(2, clock=lambda: 0.0)
        >>> [limiter.wait("a") for _ in range(3)], limiter.wait("b")
        ([0, 0, 30], 0)
        """
        now, each = self.clock(), 60 / self.per_minute
        with self._turn:  # two requests at once would each find a full bucket
            left, at = self._buckets.pop(asker, (float(self.per_minute), now))
            left = min(self.per_minute, left + (now - at) / each)
            allowed = left >= 1
            self._buckets[asker] = (left - 1 if allowed else left, now)
            while len(self._buckets) > MOST_KNOWN:
                self._buckets.popitem(last=False)
        return 0 if allowed else max(1, round((1 - left) * each))


# What nobody foresaw: noted for whoever keeps the server, under a number for whoever looked.


LOG = logging.getLogger("boussole")


def noted(error: Exception, place: str) -> str:
    """The number under which the log says where in the program it happened, and why, without quoting a row."""
    number = secrets.token_hex(4)
    LOG.error("trouble %s on %s: %s\n%s", number, place, reason_of(error), "".join(format_tb(error.__traceback__)))
    return number
