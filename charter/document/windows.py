"""The days that an audit is about."""

from __future__ import annotations

from boussole.audits.systems.model import System
from boussole.audits.windows import Window
from boussole.charter.document.base import Day, DocumentPart


class WindowOfAudit(DocumentPart):
    """First and last day, both included, in the time zone of the system."""

    start: Day
    end: Day
    timezone: str

    @classmethod
    def in_zone(cls, window: Window, system: System) -> WindowOfAudit:
        """A window in the time zone of a system."""
        return cls(start=window.start, end=window.end, timezone=system.timezone)

    @property
    def days(self) -> Window:
        """The same days without their time zone."""
        return Window(self.start, self.end)
