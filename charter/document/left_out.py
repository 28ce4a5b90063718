"""What came in and was not counted, as documents write it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import Field

from boussole.charter.document.base import MAYBE, Count, Day, DocumentPart, Share


class PartLeftOut(DocumentPart):
    """Rows that a question rests on beside the window: how many were counted, how many set aside."""

    rows: Count
    counted: Count
    set_aside: Annotated[int, Field(ge=1)]
    share: Share
    limited: bool = False


class ReasonLeftOut(DocumentPart):
    """How many rows were set aside for one reason."""

    column: str
    reason: str
    rows: Annotated[Count, Field(description="How many")]


class LogEnd(DocumentPart):
    """A log that is not known up to the end of the window: it stops, or has a hole. Of the log that makes the
    windows, a hole alone is told."""

    log: Annotated[
        str,
        Field(
            description="The log: `contacts`, of messages, `human_actions`, of what people decide, `usage`, "
            "`generations`, `search_controls` or `decisions`"
        ),
    ]
    last: Annotated[
        Day,
        Field(description="The last day up to which it is known, of the whole log and not of the window"),
    ]
    days: Annotated[
        Annotated[int, Field(ge=1)], Field(description="How many days before the last day of the window that is")
    ]
    again: Annotated[
        Day | None, Field(description="The day on which it goes on after a hole; absent where it stops")
    ] = None


class LeftOutInShort(DocumentPart):
    """What was not counted, without the reasons."""

    rows: Annotated[
        Count, Field(description="Decisions that should have been counted: those that were, and those set aside")
    ]
    counted: Annotated[Count, Field(description="Decisions that were counted")]
    set_aside: Annotated[
        Count,
        Field(
            description="Decisions of these days, or of days that cannot be read, that are set aside and not corrected"
        ),
    ]
    discarded: Annotated[
        Count, Field(description="Decisions set aside that somebody discarded: told, and no part of the share")
    ]
    excluded: Annotated[
        Count, Field(description="Decisions of runs that are out of the figures: told, and no part of the share")
    ]
    other_periods: Annotated[Count, Field(description="Decisions counted in other periods")]
    set_apart: Annotated[
        Annotated[int, Field(ge=1)] | None,
        MAYBE,
        Field(
            description="Decisions about groups too small to be told, which are in no figure; no part of the share. "
            "Absent where there are none."
        ),
    ] = None
    share: Annotated[Share | None, Field(description="set_aside ÷ rows")]
    limit: Annotated[
        Annotated[float, Field(gt=0, lt=1)] | None,
        Field(description="The share from which on the charter judges nothing; null where it states none"),
    ]
    limited: Annotated[
        bool,
        Field(description="Whether that share is reached: every question that rests on the log is unknown"),
    ]
    reference: Annotated[
        PartLeftOut | None,
        MAYBE,
        Field(
            description="The same of the window of reference, on which questions about it rest; absent where nothing "
            "is set aside there"
        ),
    ] = None
    outcomes: Annotated[
        PartLeftOut | None,
        MAYBE,
        Field(
            description="The same of the log of outcomes, of all periods, on which questions about outcomes rest; "
            "absent where nothing is set aside there"
        ),
    ] = None
    contacts: Annotated[
        PartLeftOut | None,
        MAYBE,
        Field(description="The same of the log of messages, of all periods; absent where nothing is set aside there"),
    ] = None
    human_actions: Annotated[
        PartLeftOut | None,
        MAYBE,
        Field(
            description="The same of the log of what people decide, of all periods, on which questions about reviews "
            "rest; absent where nothing is set aside there"
        ),
    ] = None
    usage: Annotated[
        PartLeftOut | None,
        MAYBE,
        Field(description="The same of the log of uses, of all periods; absent where nothing is set aside there"),
    ] = None
    accounts: Annotated[
        PartLeftOut | None,
        MAYBE,
        Field(
            description="The same of the exports of accounts, of all periods; absent where nothing is set aside there"
        ),
    ] = None
    generations: Annotated[
        PartLeftOut | None,
        MAYBE,
        Field(
            description="The same of the log of texts that a model wrote, of all periods; absent where nothing is set "
            "aside there"
        ),
    ] = None
    search_controls: Annotated[
        PartLeftOut | None,
        MAYBE,
        Field(description="The same of the log of controls, of all periods; absent where nothing is set aside there"),
    ] = None
    agencies: Annotated[
        PartLeftOut | None,
        MAYBE,
        Field(description="The same of the counts by agency, of all periods; absent where nothing is set aside there"),
    ] = None

    ends: Annotated[
        Annotated[tuple[LogEnd, ...], Field(min_length=1)] | None,
        MAYBE,
        Field(
            description="The logs which end before the window does, or have a hole, each with its last day: where that "
            "is more than three days earlier, no question that rests on it is kept. Absent where they reach the end"
        ),
    ] = None

    def beside(self, name: str) -> PartLeftOut | None:
        """What was set aside of what some questions rest on beside the window; None where nothing was."""
        return {
            "reference": self.reference,
            "outcomes": self.outcomes,
            "contacts": self.contacts,
            "human_actions": self.human_actions,
            "usage": self.usage,
            "accounts": self.accounts,
            "generations": self.generations,
            "search_controls": self.search_controls,
            "agencies": self.agencies,
        }[name]


class LeftOut(LeftOutInShort):
    """How many rows came in and were not counted, by reason."""

    undated: Annotated[
        Count,
        Field(
            description="Of those set aside, the ones whose day cannot be read: they count to every period",
        ),
    ]
    by_reason: Annotated[tuple[ReasonLeftOut, ...], Field(description="Of those set aside, the most first")]

    @classmethod
    def unlimited(cls, counts: Mapping[str, Any]) -> Self:
        """What was left out, by its counts alone: no charter has said yet how much is too much."""
        return cls.model_validate({**counts, "limit": None, "limited": False})
