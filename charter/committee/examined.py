"""Which window of a system a committee had examined last: the evidence frozen for a session, else an audit."""

from __future__ import annotations

from collections.abc import Iterable

from boussole.audits.drift.series import Examined
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from boussole.charter.committee.acting import committee_state
from boussole.charter.committee.rules import committees
from boussole.charter.record_types.acts import FrozenPack
from boussole.charter.records import summaries


def examined(workspace: Workspace, system: str) -> Examined:
    """A function that gives, for a window, the last one before it that a committee worked on; where there is none,
    the last one audited."""
    packed = [
        Window(each.start, each.end)
        for name in committees(workspace)
        for _, pack in committee_state(workspace, name).standing(FrozenPack)
        for each in pack.audits
        if each.system == system
    ]
    audited = [Window(each.start, each.end) for each in summaries(workspace, system=system)]
    return lambda window: last_before(window, packed) or last_before(window, audited)


def last_before(window: Window, others: Iterable[Window]) -> Window | None:
    """The one that ends last of those that end before a window begins; of several, the longest.

    >>> import datetime as dt
    >>> day = lambda number: dt.date(2026, 1, number)
    >>> first, second, third = Window(day(1), day(2)), Window(day(3), day(4)), Window(day(5), day(6))
    >>> last_before(third, [first, second, third]) == second, last_before(first, [second])
    (True, None)
    """
    earlier = [each for each in others if each.end < window.start]
    return max(earlier, key=lambda each: (each.end, -each.start.toordinal()), default=None)
