"""The days that an audit is about."""

from __future__ import annotations

from boussole.audits.windows import Window
from boussole.charter.document.base import Day, Part


class WindowOfAudit(Part):
    """First and last day, both included, in the time zone of the system."""

    start: Day
    end: Day
    timezone: str

    @property
    def days(self) -> Window:
        """The same days without their time zone."""
        return Window(self.start, self.end)
