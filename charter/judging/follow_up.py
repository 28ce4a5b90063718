"""What the register alone can answer: was a use examined before it started (1.4)? Dates come from the system files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from boussole.audits.systems.model import System
from boussole.charter.document.answers.verdict import Verdict

Reason = Literal[
    "not_started",
    "no_start",
    "dates_missing",
    "started_first",
    "examined_first",
]


@dataclass(frozen=True, kw_only=True)
class RegisterAnswer:
    """An answer of the register. `late` are examinations after the start, `missing` those without a date."""

    verdict: Verdict
    reason: Reason
    start: dt.date | None = None
    late: Mapping[str, dt.date] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


def start_of(system: System) -> dt.date | None:
    """The first day on which a use touched people: its first trial, else its first day in service."""
    return system.dates.trial or system.dates.service


def examinations(system: System) -> dict[str, dt.date | None]:
    """The day of each examination that a use needs before it starts; an assessment that none requires is left out."""
    days = {"ethics_review": system.dates.ethics_review, "works_council": system.dates.works_council}
    assessment = system.impact_assessment
    if assessment is not None and assessment.not_required is not None:
        return dict(days)
    return {"impact_assessment": assessment.done_on if assessment else None, **days}


def examined_before_start(system: System, *, today: dt.date) -> RegisterAnswer:
    """Whether each examination of question 1.4 was made by the start of the trial; a missing date leaves it unknown."""
    start = start_of(system)
    if system.status == "design" or (start is not None and start > today):
        return RegisterAnswer(verdict=Verdict.NOT_EXAMINED, reason="not_started", start=start)
    if start is None:
        return RegisterAnswer(verdict=Verdict.UNKNOWN, reason="no_start")
    days = examinations(system)
    late = {name: day for name, day in days.items() if day is not None and day > start}
    missing = tuple(name for name, day in days.items() if day is None)
    if late:
        return RegisterAnswer(verdict=Verdict.BROKEN, reason="started_first", start=start, late=late, missing=missing)
    if missing:
        return RegisterAnswer(verdict=Verdict.UNKNOWN, reason="dates_missing", start=start, missing=missing)
    return RegisterAnswer(verdict=Verdict.KEPT, reason="examined_first", start=start)
