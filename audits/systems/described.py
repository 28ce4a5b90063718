"""What the register says of a system, whether its decisions are measured or not."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BeforeValidator, Field

from boussole.audits.systems.kinds import Identifier, Kind, Risk, Status, Strict, Texts
from boussole.audits.systems.register import Assessment, Costs, Dates

_zones = cache(available_timezones)
"""Read once: looking for them takes longer than all the rest of a system file."""


def _known_zone(value: Any) -> Any:
    if isinstance(value, str) and value not in _zones():
        raise ValueError(f"unknown time zone '{value}': use an IANA name such as Europe/Paris")
    return value


class Description(Strict):
    """The description of a system: what it is and is for, whose it is, and where it stands."""

    id: Identifier = Field(description="Its name in files, commands and addresses")
    kind: Kind = Field(description="`declared`: in the register, attested, not measured")
    title: Texts = Field(description="Its name, for readers")
    purpose: Texts = Field(description="What it is for, in one sentence")
    owner: str = Field(min_length=1, description="A role, not a person")
    status: Status = Field(description="Where it stands")
    risk: Risk = Field(description="EU AI Act class")
    risk_reason: str | None = Field(None, description="Why that class")
    provider: str | None = Field(None, description="Who makes the model")
    hosting: Literal["own-datacentre", "dedicated-cloud", "external"] | None = Field(None, description="Where it runs")
    timezone: Annotated[str, BeforeValidator(_known_zone)] = Field(
        "Europe/Paris", description="Of its days and months, and of times without an offset (an IANA name)"
    )
    dates: Dates = Field(Dates(), description="Its life, day by day")
    impact_assessment: Assessment | None = Field(
        None, description="Of data protection; without it no system in production, unless the risk is minimal"
    )
    fria: Assessment | None = Field(
        None, description="Of fundamental rights; without it no system in production where the risk is high"
    )
    costs: Costs = Field(Costs(), description="What it costs")
    gains: Texts | None = Field(None, description="What it brings, in plain words: hours saved a year…")
    people_affected: Texts | None = Field(None, description="Whom it touches, and how many")
    contact: str | None = Field(None, min_length=1, description="The role that answers questions about it")
    address: str | None = Field(None, min_length=1, description="Where one writes to that role: by post, by e-mail")
    rules: Texts | None = Field(
        None, description="Its main rules in plain words, as whoever a decision is about is told them"
    )

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)
