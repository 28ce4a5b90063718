"""Incidents and appeals for tests, with what each needs."""

from __future__ import annotations

import datetime as dt
from typing import Any

from boussole.charter.record_types.incidents import Appeal, AppealDecision, Incident, IncidentClosure, IncidentUpdate
from boussole.charter.record_types.kinds import Statement
from boussole.charter.records import SealedStatement
from boussole.charter.records.facts import Facts

DAY = dt.date(2026, 3, 2)
KNOWN = dt.datetime(2026, 3, 2, 9, 30)  # noqa: DTZ001 (in the time of the incident)


def at(day: int, hour: int = 12, minute: int = 0) -> dt.datetime:
    """A moment of March 2026."""
    return dt.datetime(2026, 3, day, hour, minute)  # noqa: DTZ001 (in the time of the incident)


def incident(**changes: Any) -> Incident:
    values: dict[str, Any] = {
        "role": "Steward",
        "on": DAY,
        "system": "matchft",
        "severity": "serious",
        "title": "Women left out",
        "text": "For two days no woman was contacted.",
        "happened_on": dt.date(2026, 2, 27),
        "known_at": KNOWN,
    }
    return Incident(**(values | changes))


def update(of: int = 0, day: int = 5, **changes: Any) -> IncidentUpdate:
    return IncidentUpdate(**({"role": "Steward", "on": dt.date(2026, 3, day), "of": of} | changes))


def reported(moment: dt.datetime, duty: str | None = "ai_act_73", of: int = 0) -> IncidentUpdate:
    return update(of, moment.day, reported_to="Market surveillance authority", reported_at=moment, duty=duty)


def closure(of: int = 0, day: int = 20, **changes: Any) -> IncidentClosure:
    values = {"role": "Steward", "on": dt.date(2026, 3, day), "of": of, "cause": "A filter.", "measures": "Removed."}
    return IncidentClosure(**(values | changes))


def appeal(number: int = 1, **changes: Any) -> Appeal:
    values: dict[str, Any] = {
        "role": "Adviser",
        "on": DAY,
        "system": "matchft",
        "number": f"r_{number:08x}",
        "asks": "contest",
        "ground": "result",
        "decided_on": dt.date(2026, 1, 15),
        "received_on": dt.date(2026, 1, 31),
    }
    return Appeal(**(values | changes))


def decision(of: int = 0, on: dt.date = DAY, **changes: Any) -> AppealDecision:
    return AppealDecision(**({"role": "Mediator", "on": on, "of": of, "outcome": "upheld", "reviewed": True} | changes))


def sealed(*said: Statement) -> list[SealedStatement]:
    return [SealedStatement(entry=entry, sealed_on=each.on, statement=each) for entry, each in enumerate(said)]


def facts(*said: Statement, today: dt.date = dt.date(2026, 3, 31)) -> Facts:
    return Facts(as_of=today, sealed=sealed(*said))
