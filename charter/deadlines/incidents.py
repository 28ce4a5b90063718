"""Incidents as they stand on a day: how grave, what must be reported by when, what was, and how they ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from boussole.charter.deadlines.duties import SEVERITIES, Delay, delays
from boussole.charter.record_types.incidents import Incident, IncidentClosure, IncidentUpdate, Severity
from boussole.charter.records.facts import Facts

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
