"""By when an incident must be reported, by its severity, under Article 73 of the AI Act, and since when it binds."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass

from boussole.charter.record_types.incidents import Duty, Incident, Severity

SEVERITIES: tuple[Severity, ...] = ("fatal", "widespread", "serious", "significant", "minor")
"""The gravest first."""


@dataclass(frozen=True, kw_only=True)
class Delay:
    """The longest delay of a duty to report: in days, up to the end of the last one, or in hours."""

    duty: Duty
    days: int = 0
    hours: int = 0
    paragraph: str
    source: str
    in_force: dt.date
    to_check: bool = False

    def due(self, known_at: dt.datetime, timezone: str) -> dt.datetime:
        """By when it must be reported, in the same time zone; hours are real ones, where clocks change too.

        >>> told = dt.datetime(2026, 3, 2, 9, 30)
        >>> SERIOUS["widespread"].due(told, "Europe/Paris").isoformat(), BREACH.due(told, "Europe/Paris").isoformat()
        ('2026-03-04T23:59:00', '2026-03-05T09:30:00')
        """
        if self.hours:
            zone = zoneinfo.ZoneInfo(timezone)
            end = known_at.replace(tzinfo=zone).astimezone(dt.UTC) + dt.timedelta(hours=self.hours)
            return end.astimezone(zone).replace(tzinfo=None)
        return dt.datetime.combine(known_at.date() + dt.timedelta(days=self.days), dt.time(23, 59))


AI_ACT = "Regulation (EU) 2024/1689, dates of Regulation (EU) 2026/1744"
HIGH_RISK_FROM = dt.date(2027, 12, 2)
"""Duties about the high-risk systems of Annex III, after the amendment of July 2026; from a secondary source."""


def _serious(days: int, paragraph: str) -> Delay:
    return Delay(
        duty="ai_act_73", days=days, paragraph=paragraph, source=AI_ACT, in_force=HIGH_RISK_FROM, to_check=True
    )


SERIOUS: Mapping[Severity, Delay] = {
    "serious": _serious(15, "2"),
    "widespread": _serious(2, "3"),
    "fatal": _serious(10, "4"),
}
"""What Art. 73 asks, by severity."""

BREACH = Delay(
    duty="gdpr_33", hours=72, paragraph="1", source="Regulation (EU) 2016/679", in_force=dt.date(2018, 5, 25)
)
"""What Art. 33 of the GDPR asks where personal data were touched."""


def delays(incident: Incident, severity: Severity) -> list[Delay]:
    """The duties that an incident of a severity calls for."""
    found = [SERIOUS[severity]] if severity in SERIOUS else []
    return [*found, BREACH] if incident.personal_data else found
