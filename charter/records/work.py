"""Effects on work: surveys, consultations, time saved and where it went, training. No person, no small team."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from boussole.audits.systems.kinds import Identifier, Strict
from boussole.charter.records.base import Line, Statement

Theme = Literal["autonomy", "load", "meaning"]
Step = Literal["announced", "informed", "expert", "opinion"]
FEWEST = 11
"""Fewest people of whom a figure is kept: a team of fewer is never shown."""


class Mean(Strict):
    """What people answered on a theme: how many, and their mean. Higher is better for them."""

    n: int = Field(ge=FEWEST)
    mean: float = Field(allow_inf_nan=False)


class Answers(Strict):
    """The answers of one group of people; everybody's where it has no name."""

    group: Line | None = None
    themes: dict[Theme, Mean] = Field(min_length=1)


class Survey(Statement):
    """An anonymous survey, aggregated when it was brought in: its rows are kept nowhere."""

    kind = "survey"
    governed: ClassVar[str] = "work"
    start: dt.date
    end: dt.date
    invited: int | None = Field(None, ge=FEWEST)
    answered: int = Field(ge=FEWEST)
    lowest: int
    highest: int
    everybody: Answers
    groups: list[Answers] = Field(default_factory=list, max_length=200)
    hidden: int = Field(0, ge=0, description="Groups that are too small, or protect one that is")
    grouped_by: Line | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not self.start <= self.end <= self.on or self.lowest >= self.highest:
            raise ValueError("a survey starts, ends and is stated, in that order, on a scale from low to high")
        if self.invited is not None and self.invited < self.answered:
            raise ValueError("more people answered than were invited")
        means = [each for answers in (self.everybody, *self.groups) for each in answers.themes.values()]
        if any(not self.lowest <= each.mean <= self.highest or each.n > self.answered for each in means):
            raise ValueError("a mean lies outside the scale, or more answered a theme than the survey")
        if self.everybody.group is not None or any(each.group is None for each in self.groups):
            raise ValueError("groups have a name, and everybody has none")
        return self


class Consultation(Statement):
    """A step in consulting the staff representatives on a project, on the day `on` or announced for `planned_on`."""

    kind = "consultation"
    governed: ClassVar[str] = "work"
    step: Step
    body: Line = Field(description="Who is consulted: the works council, another body")
    planned_on: dt.date | None = Field(None, description="The day that was announced, where it is one to come")


class Spent(Strict):
    """Where a part of the time saved went."""

    what: Line
    share: int = Field(ge=1, le=100, description="Percent of it")


class TimeSaved(Statement):
    """Time that a tool saved in a period, how that was found, and where it went."""

    kind = "time_saved"
    governed: ClassVar[str] = "work"
    system: Identifier
    start: dt.date
    end: dt.date
    hours: int = Field(ge=0)
    people: int = Field(ge=FEWEST, description="How many people use it")
    method: Line = Field(description="How it was found: measured, timed, estimated")
    spent: list[Spent] = Field(default_factory=list, max_length=20)
    posts: int | None = Field(None, ge=0, description="Posts that were moved to other work")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not self.start <= self.end <= self.on:
            raise ValueError("a period starts, ends and is stated, in that order")
        if sum(each.share for each in self.spent) > 100:
            raise ValueError("more than the whole of it was spent: shares add up to 100 at most")
        return self


class Training(Statement):
    """How many of those who use a tool were trained, and how many before they first used it."""

    kind = "training"
    governed: ClassVar[str] = "work"
    start: dt.date
    end: dt.date
    course: Line
    users: int = Field(ge=FEWEST)
    trained: int = Field(ge=0)
    before: int = Field(ge=0, description="Of these, trained before their first use")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not self.start <= self.end <= self.on:
            raise ValueError("a period starts, ends and is stated, in that order")
        if not self.before <= self.trained <= self.users:
            raise ValueError("more were trained before their first use than were trained, or than use it")
        return self


WORK: tuple[type[Statement], ...] = (Survey, Consultation, TimeSaved, Training)
"""The kinds of this module."""
