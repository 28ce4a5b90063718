"""Effects on work: surveys, consultations, time saved and where it went, training. No person, no small team."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from boussole.audits.systems.kinds import Identifier, Strict
from boussole.charter.record_types.base import Line, Statement
from boussole.charter.record_types.inputs import Command, Input, WebForm, unfit

Theme = Literal["autonomy", "load", "meaning"]
Step = Literal["announced", "informed", "expert", "opinion"]
FEWEST = 11
"""Fewest people of whom a figure is kept: a team of fewer is never shown."""
THEMES = {"autonomy": "Autonomy", "load": "Load of work", "meaning": "Meaning of work"}
"""What each theme of a survey is called."""
Start = Annotated[dt.date, Input(label="First day", option="--from"), Field(description="First day")]
End = Annotated[dt.date, Input(label="Last day", option="--to", day="past"), Field(description="Last day")]


def _in_order(start: dt.date, end: dt.date, on: dt.date) -> None:
    if end < start:
        raise unfit("It ends before it starts: one of both days is not right.", "end")
    if on < end:
        raise ValueError("a period starts, ends and is stated, in that order")


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
    computed = ("answered", "everybody", "groups", "hidden")
    commands = (
        Command(
            words="work survey",
            action="STATE",
            help="Bring in a survey: its means are sealed, its rows are kept nowhere, groups of fewer than 11 are "
            "hidden.",
            leaves=("document",),
            inputs={
                "file": Input(
                    type=Path,
                    argument=True,
                    required=True,
                    help="Answers as CSV or XLSX: one row each, or means (theme, n, mean, group).",
                ),
                "column": Input(
                    type=list[str], help="THEME=COLUMN, for autonomy, load, meaning; give it again for others."
                ),
                "reverse": Input(type=list[str], help="A theme whose high answers are bad, such as a heavy load."),
            },
        ),
    )
    forms = (
        WebForm(
            place="work/survey",
            about=False,
            id="work-survey",
            title="Bring in a survey",
            send="Bring it in",
            action="STATE",
            asks=(
                *("file", "start", "end", "system", "autonomy", "load", "meaning"),
                *("grouped_by", "reverse", "lowest", "highest", "invited"),
            ),
            fixed={"text": ""},
            inputs={
                "file": Input(
                    label="The answers (CSV or XLSX)",
                    kind="file",
                    proposed=".csv,.xlsx",
                    required=True,
                    kept=False,
                    type=bytes,
                ),
                "autonomy": Input(label="Column of: Autonomy", type=str),
                "load": Input(label="Column of: Load of work", type=str),
                "meaning": Input(label="Column of: Meaning of work", type=str),
                "reverse": Input(
                    label="Where a high answer is bad, such as a heavy load",
                    kind="choices",
                    words=THEMES,
                    type=list[str],
                ),
            },
        ),
    )

    start: Start
    end: End
    invited: Annotated[int | None, Input(label="How many were asked?")] = Field(
        None, ge=FEWEST, description="How many were asked"
    )
    answered: int = Field(ge=FEWEST)
    lowest: Annotated[int, Input(label="Lowest answer", proposed="1", default=1)] = Field(
        description="The lowest answer"
    )
    highest: Annotated[int, Input(label="Highest answer", proposed="5", default=5)] = Field(
        description="The highest answer"
    )
    everybody: Answers
    groups: list[Answers] = Field(default_factory=list, max_length=200)
    hidden: int = Field(0, ge=0, description="Groups that are too small, or protect one that is")
    grouped_by: Annotated[Line | None, Input(label="Column of the team or agency", option="--group")] = Field(
        None, description="The column of the team or agency, if any"
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        _in_order(self.start, self.end, self.on)
        if self.lowest >= self.highest:
            raise unfit("The lowest answer is below the highest one.", "lowest")
        if self.invited is not None and self.invited < self.answered:
            raise unfit("More people answered than were invited.", "invited")
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
    commands = (
        Command(
            words="work consultation", action="STATE", help="Record a step in consulting the staff representatives."
        ),
    )
    forms = (
        WebForm(
            place="work/consultation",
            about=False,
            id="work-consultation",
            title="Record a step of a consultation",
            send="Record it",
            action="STATE",
            asks=("step", "body", "on", "system", "text"),
            filled={"planned_on": "nothing"},
        ),
    )

    step: Annotated[
        Step,
        Input(
            label="Which step?",
            words={
                "announced": "Announced",
                "informed": "Information given",
                "expert": "Expert named",
                "opinion": "Opinion given",
            },
        ),
    ] = Field(description="Announced for a day, informed, an expert named, the opinion given")
    body: Annotated[Line, Input(label="Who is consulted?", note="The works council, for example.")] = Field(
        description="Who is consulted, such as the works council"
    )
    planned_on: dt.date | None = Field(None, description="The day that was announced, where it is one to come")


def _spent(said: Any) -> Any:
    """Where a part of the time went, in words and percent; pairs of both stay as they are."""
    if not isinstance(said, str):
        return said
    found = re.fullmatch(r"(.*\S)[\s:=]+(\d{1,3})\s*%?", said.strip())
    if found is None:
        raise unfit("Each line ends with a percent: “{line}” does not.", "spent", line=said.strip()[:60])
    return {"what": found[1].rstrip(" :="), "share": int(found[2])}


class TimeSpent(Strict):
    """Where a part of the time saved went."""

    what: Line
    share: int = Field(ge=1, le=100, description="Percent of it")


class TimeSaved(Statement):
    """Time that a tool saved in a period, how that was found, and where it went."""

    kind = "time_saved"
    governed: ClassVar[str] = "work"
    commands = (
        Command(
            words="work time",
            action="STATE",
            help="Record time that a tool saved, how that was found, and where it went.",
        ),
    )
    forms = (
        WebForm(
            place="work/time",
            about=False,
            id="work-time",
            title="Record time saved",
            send="Record it",
            action="STATE",
            asks=("system", "start", "end", "hours", "people", "method", "spent", "posts"),
        ),
    )

    system: Annotated[Identifier, Input(label="About which system?", choices="systems")] = Field(
        description="The id of the system"
    )
    start: Start
    end: End
    hours: Annotated[int, Input(label="Hours saved, all people together")] = Field(
        ge=0, description="Hours saved, all people together"
    )
    people: Annotated[int, Input(label="How many people use the tool?")] = Field(
        ge=FEWEST, description="How many people use it"
    )
    method: Annotated[Line, Input(label="How was it found?", note="Measured, timed, estimated…")] = Field(
        description="How it was found: measured, timed, estimated"
    )
    spent: Annotated[
        list[Annotated[TimeSpent, BeforeValidator(_spent)]],
        Input(
            label="Where did the time go?", kind="lines", note="One each line, with its percent: Receiving people 60"
        ),
    ] = Field(default_factory=list, max_length=20, description="WHAT=PERCENT: where it went; give it again for others")
    posts: Annotated[int | None, Input(label="Posts moved to other work")] = Field(
        None, ge=0, description="Posts that were moved to other work"
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        _in_order(self.start, self.end, self.on)
        if sum(each.share for each in self.spent) > 100:
            raise unfit("More than the whole of it was spent: shares add up to 100 at most.", "spent")
        return self


class Training(Statement):
    """How many of those who use a tool were trained, and how many before they first used it."""

    kind = "training"
    governed: ClassVar[str] = "work"
    commands = (
        Command(
            words="work training",
            action="STATE",
            help="Record how many of those who use a tool were trained, and how many before they first used it.",
        ),
    )
    forms = (
        WebForm(
            place="work/training",
            about=False,
            id="work-training",
            title="Record training",
            send="Record it",
            action="STATE",
            asks=("system", "course", "start", "end", "users", "trained", "before"),
        ),
    )

    start: Start
    end: End
    course: Annotated[Line, Input(label="What is the training called?")] = Field(
        description="What the training is called"
    )
    users: Annotated[int, Input(label="How many people use the tool?")] = Field(
        ge=FEWEST, description="How many people use the tool"
    )
    trained: Annotated[int, Input(label="How many of them were trained?")] = Field(
        ge=0, description="How many of them were trained"
    )
    before: Annotated[int, Input(label="How many of these before their first use?")] = Field(
        ge=0, description="How many of these before their first use"
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        _in_order(self.start, self.end, self.on)
        if not self.trained <= self.users:
            raise unfit("More were trained than use it.", "trained")
        if not self.before <= self.trained:
            raise unfit("More were trained before their first use than were trained.", "before")
        return self


WORK: tuple[type[Statement], ...] = (Survey, Training, TimeSaved, Consultation)
"""The kinds of this module, in the order in which the page asks for them."""
