"""Incidents as they stand on a day: how grave, what must be reported by when, what was, and how they ended."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from boussole.charter.record_types.incidents import Duty, Incident, IncidentClosure, IncidentUpdate, Severity
from boussole.charter.records.facts import Facts

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


Reporting = Literal["overdue", "waiting", "late", "on_time"]


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """A duty to report, by when, and the first report that fulfilled it."""

    delay: Delay
    due_at: dt.datetime
    report: tuple[int, IncidentUpdate] | None
    state: Reporting


@dataclass(frozen=True, kw_only=True)
class IncidentHistory:
    """An incident with what was said of it since; `severity` is the one stated last."""

    entry: int
    incident: Incident
    severity: Severity
    updates: Sequence[tuple[int, IncidentUpdate]]
    closure: tuple[int, IncidentClosure] | None
    deadlines: Sequence[Deadline]

    @property
    def overdue(self) -> bool:
        return any(each.state == "overdue" for each in self.deadlines)

    @property
    def next_due(self) -> dt.datetime | None:
        """The first deadline that waits or has passed without a report."""
        waiting = [each.due_at for each in self.deadlines if each.report is None]
        return min(waiting, default=None)


def incidents(facts: Facts) -> list[IncidentHistory]:
    """Every incident that stands: open ones first, of these overdue ones, then by their next deadline."""
    updates: dict[int, list[tuple[int, IncidentUpdate]]] = {}
    for entry, said in facts.standing(IncidentUpdate):
        updates.setdefault(said.of, []).append((entry, said))
    closures = {said.of: (entry, said) for entry, said in facts.standing(IncidentClosure)}
    found = [
        told(entry, incident, updates.get(entry, []), closures.get(entry), today=facts.as_of)
        for entry, incident in facts.standing(Incident)
    ]
    return sorted(found, key=_order)


def _order(each: IncidentHistory) -> tuple[object, ...]:
    due = each.next_due
    return (
        each.closure is not None,
        not each.overdue,
        due is None,
        due.isoformat() if due else "",
        SEVERITIES.index(each.severity),
        -each.incident.known_at.toordinal(),
        each.entry,
    )


def told(
    entry: int,
    incident: Incident,
    updates: Sequence[tuple[int, IncidentUpdate]],
    closure: tuple[int, IncidentClosure] | None,
    *,
    today: dt.date,
) -> IncidentHistory:
    """The history of one incident as it stands on a day."""
    graded = [said.severity for _, said in updates if said.severity is not None]
    return IncidentHistory(
        entry=entry,
        incident=incident,
        severity=graded[-1] if graded else incident.severity,
        updates=updates,
        closure=closure,
        deadlines=[_deadline(delay, due, updates, today) for delay, due in _due(incident, updates)],
    )


def _deadline(
    delay: Delay, due: dt.datetime, updates: Sequence[tuple[int, IncidentUpdate]], today: dt.date
) -> Deadline:
    reports = [(entry, said) for entry, said in updates if said.duty == delay.duty and said.reported_at is not None]
    first = min(reports, key=lambda pair: (pair[1].reported_at, pair[0]), default=None)
    if first is None:
        state: Reporting = "overdue" if due.date() < today else "waiting"
    else:
        reported = first[1].reported_at
        state = "late" if reported is not None and reported > due else "on_time"
    return Deadline(delay=delay, due_at=due, report=first, state=state)


def _due(incident: Incident, updates: Sequence[tuple[int, IncidentUpdate]]) -> list[tuple[Delay, dt.datetime]]:
    """Each duty with its first deadline that stands; another severity lifts one only before it has passed."""
    grades = [(incident.severity, incident.known_at, incident.on)]
    grades += [(said.severity, said.known_at or incident.known_at, said.on) for _, said in updates if said.severity]
    until = [stated for _, _, stated in grades[1:]]
    found: dict[str, tuple[Delay, dt.datetime]] = {}
    for at, (severity, known_at, _) in enumerate(grades):
        for delay in delays(incident, severity):
            due = delay.due(known_at, incident.timezone)
            stands = at == len(until) or due.date() < until[at]
            if stands and (delay.duty not in found or due < found[delay.duty][1]):
                found[delay.duty] = (delay, due)
    return list(found.values())


@dataclass(frozen=True, kw_only=True)
class InTime:
    """Of the reports that were due, how many were made in time (question 6.7)."""

    due: int
    on_time: int


def in_time(found: Sequence[IncidentHistory]) -> InTime:
    """What came of the deadlines that have passed or were met."""
    states = [each.state for told in found for each in told.deadlines if each.state != "waiting"]
    return InTime(due=len(states), on_time=states.count("on_time"))
