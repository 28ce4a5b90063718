"""What a server bears: how often somebody may ask, and what nobody foresaw, noted under a number."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from traceback import format_tb

from boussole.audits.errors import reason_of

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
