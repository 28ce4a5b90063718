"""Why a row of a log is set aside: each reason there is, once; pages say each in the words of their reader."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NewType

Told = NewType("Told", str)
"""A reason with its values, as a row is told it."""


class Reason(StrEnum):
    """A reason, as it is stored and told at the command line; what stands in braces differs from row to row."""

    ID_MISSING = "the id is missing"
    PERSON_MISSING = "the person is missing"
    ACCOUNT_MISSING = "the account is missing"
    AGENT_MISSING = "the agent is missing"
    TEAM_MISSING = "the team is missing"
    AGENCY_MISSING = "the agency is missing"
    KIND_MISSING = "the kind of message is missing"
    DECISION_MISSING = "the decision is missing"
    DATE_MISSING = "the date is missing"
    PEOPLE_MISSING = "the number of people is missing"
    COUNT_MISSING = "the count is missing"
    SAYS_NOTHING = "the row says nothing: no outcome and no stage"

    DUPLICATE_IN_FILE = "the id appears earlier in the file"
    DUPLICATE_IN_LAKE = "the id is already in the log"
    DIFFERS = "differs from what is already in the log, which stays as it was"
    CHANGED = "the decision differs from the one in the log, which stays as it was"
    """Written until 2026."""

    NO_DATE = "not a date (write 2026-09-30 or 2026-09-30T14:05:00)"
    OUT_OF_TIME = "the date is before {year} or in the future"
    NO_SUCH_HOUR = (
        "there is no such hour: clocks were put forward over it. Are these times UTC? Set `timezone: UTC` in the "
        "system file and resubmit them unchanged"
    )
    OLD_REPLY = "the reply is older than the message"
    OLD_REVIEW = "the review is older than the decision it is about"
    CLOSED_BEFORE = "the list closed before the message"
    SEALED = "its month is sealed: its rows were purged"
    PAST = "it is older than what was purged"

    NO_NUMBER = "not a number"
    NOT_FINITE = "NaN or infinite"
    NOT_WHOLE = "not a whole number, 0 or more"
    WORDS = "not a number; words need `kind: category`"
    WEIGHT = "the weight must be a whole number, 0 or more"
    RANK = "the rank is a whole number from 1"
    SCORE = "the score is outside [{low}, {high}]"
    OUT_OF_RANGE = "outside the range [{low}, {high}] that the system file gives"
    NEGATIVE_TIME = "a review takes no negative time"

    TOO_LONG = "longer than {limit} characters"
    EXACT_AGE = "an exact age is not kept: write a band, such as 25-49"
    FORMULA = "a spreadsheet formula, not a value"
    EXCEL_ERROR = "an error of Excel ({value})"
    NO_STAGE = "a stage is true or false"
    NO_DECISION = "neither a `selected` nor a `not_selected` value"
    NOT_DECLARED = "not one of the values that the system file declares"
    UNKNOWN_TEAM = "not one of the teams that the system file lists"
    TWO_TEAMS = "this agent is in another team in the same month"

    UNREADABLE = "the line cannot be read: {why}"
    NAMELESS = "a value stands in a column without a name"
    TOTALS = "a line of totals, not a row"

    def told(self, **values: object) -> Told:
        """Return the reason with what differs from row to row."""
        return Told(self.value.format(**values))

    @classmethod
    def of(cls, text: str) -> Reason | None:
        """Return the reason that a text states; None for one of another version."""
        return next((reason for reason in cls if reason._pattern.fullmatch(text)), None)

    @property
    def _pattern(self) -> re.Pattern[str]:
        parts = re.split(r"\{\w+\}", self.value)
        return re.compile("(?s:.*)".join(map(re.escape, parts)))


def with_length(reason: str, longest: int | None) -> str:
    """Return a reason as an import states it; of values that are too long with the length of the longest."""
    told = longest is not None and Reason.of(reason) is Reason.TOO_LONG
    return f"{reason} ({longest:,} in the longest)" if told else reason
