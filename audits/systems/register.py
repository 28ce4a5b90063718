"""What the register says of a use beside its log: dates, assessments, costs and gains, and what blocks production."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from boussole.audits.systems.kinds import Risk, Status, Strict

Words = Annotated[str, StringConstraints(min_length=1, max_length=5000)]
Euros = Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)]

PRODUCTION_NEEDS: dict[str, tuple[str, tuple[Risk, ...]]] = {
    "impact_assessment": ("impact assessment", ("prohibited", "high", "limited")),
    "fria": ("fundamental rights impact assessment", ("prohibited", "high")),
}
"""What a system in production must have: its key, its name, and the risk classes that need it."""
BEGUN: dict[Status, tuple[str, ...]] = {
    "design": (),
    "pilot": ("trial",),
    "production": ("trial", "service"),
    "retired": ("trial", "service", "ended"),
}
"""The days that have come for a use of each status; its other days are plans."""


class Dates(Strict):
    """When things happened, or are planned to: the next review, and what the status says has not begun."""

    trial: dt.date | None = Field(None, description="First day of the first trial on real cases")
    service: dt.date | None = Field(None, description="First day in service")
    ended: dt.date | None = Field(None, description="Last day of a use that was abandoned or retired")
    ethics_review: dt.date | None = Field(None, description="When the ethics committee looked at it")
    works_council: dt.date | None = Field(None, description="When the works council was consulted")
    next_review: dt.date | None = Field(None, description="When somebody looks at it again")


class Assessment(Strict):
    """An assessment that was done, or why none is required."""

    done_on: dt.date | None = Field(None, description="When it was finished")
    document: Words | None = Field(None, description="Where it can be read: a number, a title")
    not_required: Words | None = Field(None, description="Instead of both: the reason why none is required")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.done_on is None) == (self.not_required is None):
            raise ValueError("give exactly one of `done_on` and `not_required`")
        if self.not_required is not None and self.document is not None:
            raise ValueError("a `document` belongs to an assessment that was done, not to `not_required`")
        return self


class ExaminedVersion(Strict):
    """When people examined a version of the model, before it decided anything."""

    examined_on: dt.date = Field(description="When its examination was finished")
    document: Words | None = Field(None, description="Where it can be read: a number, a title")


class PublicRules(Strict):
    """Where the rules of a system can be read by anybody, or why they cannot."""

    updated_on: dt.date | None = Field(None, description="When they were last brought up to date")
    address: Words | None = Field(None, description="Where they are published")
    missing: Words | None = Field(None, description="Instead of both: why they are not published")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.updated_on is None) == (self.missing is None):
            raise ValueError("give exactly one of `updated_on` and `missing`")
        if (self.updated_on is None) != (self.address is None):
            raise ValueError("rules that are published have both `updated_on` and an `address`")
        return self


class Costs(Strict):
    """What a use costs."""

    build: Euros | None = Field(None, description="To build it, in euros")
    yearly: Euros | None = Field(None, description="To run it for a year, in euros")


@dataclass(frozen=True)
class Contradiction:
    """A key of the register that cannot stand beside the others, why, and what to do in a system file."""

    key: str
    why: str
    next_step: str = ""

    def __str__(self) -> str:
        return f"`{self.key}`: {self.why}" + (f": {self.next_step}" if self.next_step else "")


def contradictions(
    *,
    status: Status,
    risk: Risk,
    dates: Dates,
    impact_assessment: Assessment | None,
    fria: Assessment | None,
    today: dt.date,
) -> list[Contradiction]:
    """List everything in a register entry that cannot be true together, and what blocks production."""
    assessments = {"impact_assessment": impact_assessment, "fria": fria}
    return [
        *_blocked(status, risk, assessments),
        *_ahead(dates, assessments, today),
        *_out_of_order(dates),
        *_too_early(status, dates, today),
    ]


def _blocked(status: Status, risk: Risk, assessments: dict[str, Assessment | None]) -> Iterator[Contradiction]:
    if status != "production":
        return
    for key, (name, risks) in PRODUCTION_NEEDS.items():
        if risk in risks and assessments[key] is None:
            yield Contradiction(
                key,
                f"a use of {risk} risk is not put in production without its {name}",
                f"give `{key}.done_on` and its `document`, or `{key}.not_required` with the reason; until then its "
                "status is pilot",
            )


def _ahead(dates: Dates, assessments: dict[str, Assessment | None], today: dt.date) -> Iterator[Contradiction]:
    done = {f"dates.{key}": getattr(dates, key) for key in ("ethics_review", "works_council")}
    done |= {f"{key}.done_on": found.done_on for key, found in assessments.items() if found is not None}
    return ahead(done, today)


def ahead(done: Mapping[str, dt.date | None], today: dt.date) -> Iterator[Contradiction]:
    """Things said to be done that lie in the future."""
    for key, day in done.items():
        if day is not None and day > today:
            yield Contradiction(
                key, f"{day} lies in the future: give the day on which it was done, and plan with `dates.next_review`"
            )


def _out_of_order(dates: Dates) -> Iterator[Contradiction]:
    if dates.trial and dates.service and dates.service < dates.trial:
        yield Contradiction("dates.service", f"in service on {dates.service}, before the first trial of {dates.trial}")
    began = dates.service or dates.trial
    if dates.ended and began and dates.ended < began:
        yield Contradiction("dates.ended", f"ended on {dates.ended}, before it began on {began}")


def _too_early(status: Status, dates: Dates, today: dt.date) -> Iterator[Contradiction]:
    """Yield the days that lie ahead although the status says that they have come."""
    for key in BEGUN[status]:
        day = getattr(dates, key)
        if day and day > today:
            yield Contradiction(f"dates.{key}", f"{day} lies in the future, but the status is {status}")
