"""What the day of an audit decides: whether outcomes can be read yet, and which sensitive groups no longer may."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from boussole.audits.systems.model import System
from boussole.audits.windows import Window


@dataclass(frozen=True, kw_only=True)
class WindowStanding:
    """What can be read of a window on one day; by default everything."""

    readable_from: dt.date | None = None
    """While outcomes are immature: the first day on which they can be read."""
    expired: Mapping[str, dt.date] = field(default_factory=dict)
    """Groups whose legal basis has ended, and its last day."""

    def ended(self, by: Iterable[str]) -> dt.date | None:
        """The last day of the first legal basis to end among some groups, or None: all may be used."""
        return min((self.expired[name] for name in by if name in self.expired), default=None)


def standing(system: System, window: Window, *, as_of: dt.date, today: dt.date | None = None) -> WindowStanding:
    """Return whether outcomes have matured on the day `as_of`, and which legal bases have ended by then or `today`."""
    latest = max(as_of, today or as_of)
    ended = {name: group.expires for name, group in system.groups.items() if group.expires and group.expires < latest}
    return WindowStanding(readable_from=_readable_from(system, window, as_of), expired=ended)


def _readable_from(system: System, window: Window, as_of: dt.date) -> dt.date | None:
    outcome = system.columns.outcome if system.columns else None
    if outcome is None or not outcome.matures_after_days:  # known with the decision itself
        return None
    first = window.end + dt.timedelta(days=outcome.matures_after_days)
    return first if as_of < first else None
