"""The log of counts by agency and month, of agencies that have the system and of others; no row is about a person."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from boussole.audits.reasons import Reason
from boussole.audits.systems.kinds import ColumnName, Strict, Texts
from boussole.audits.systems.logs.log_type import Follow, KeyReading, LogSection, LogType, Retention


class CountedOutcome(Strict):
    """What is counted of people in each agency, and whether more of it is better."""

    title: Texts = Field(description="What it is for readers, after a number: returns to work")
    better: Literal["more", "fewer"] = Field("more", description="Whether more of it is better, or fewer")


class Agencies(LogSection):
    """Counts by agency and month; columns of counts hold whole numbers."""

    agency: ColumnName = Field(description="The agency: a code that stays the same; told of together, never by itself")
    month: ColumnName = Field(description="Any day of the month that was counted, such as its first: 2026-09-01")
    started: ColumnName = Field(
        description="Day on which the agency started with the system; empty: not yet. What comes later fills it in"
    )
    people: ColumnName = Field(description="How many people the agency followed in that month")
    count: ColumnName = Field(description="How many of them had the outcome; for delays, the sum of days")
    outcome: ColumnName | None = Field(None, description="Which outcome is counted, where there are several")
    group: ColumnName | None = Field(None, description="Of which group, where people are counted by group: all add up")
    outcomes: dict[str, CountedOutcome] = Field(
        default_factory=dict,
        description="What each value of `outcome` is called, and whether more is better; of one outcome alone: `all`",
    )

    def counted(self, outcome: str) -> CountedOutcome | None:
        """What is said of an outcome; of the only one, what is said of `all`."""
        return self.outcomes.get(outcome or "all")


AGENCIES = LogType(
    name="agencies",
    title={"en": "counts by agency and month", "fr": "comptes par agence et par mois"},
    noun="count(s) by agency and month",
    row="agency in one month: its people, and how many of them had an outcome",
    told="agency, month, day on which it started, people, how many had the outcome, outcome, group",
    declare="`agencies`",
    section=Agencies,
    table={
        "batch": "BIGINT",
        "row": "BIGINT",
        "id": "VARCHAR",  # of the count: agency, month, outcome and group together, hashed
        "month": "TIMESTAMP",
        "day": "DATE",
        "agency": "VARCHAR",
        "started": "DATE",
        "people": "BIGINT",
        "count": "BIGINT",
        "outcome": "VARCHAR",
        "group": "VARCHAR",
    },
    moment="month",
    reads=(
        KeyReading("agency", "words", missing=Reason.AGENCY_MISSING),
        KeyReading("month", "moment"),
        KeyReading("started", "day"),
        KeyReading("people", "whole", missing=Reason.PEOPLE_MISSING),
        KeyReading("count", "whole", missing=Reason.COUNT_MISSING),
        KeyReading("outcome", "words"),
        KeyReading("group", "words"),
    ),
    identity=("agency", "month", "outcome", "group"),
    hashed=True,
    compared="never",
    follow=Follow.RENEWED,
    renewed=("started", "starts"),
    retention=Retention.KEPT,
)
