"""What the columns of the decision log mean, and of what comes after a decision."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from boussole.audits.systems.kinds import ColumnName, Range, Strict, Texts, Value


class Decision(Strict):
    column: ColumnName = Field(description="The column that holds the decision")
    selected: list[Value] = Field(min_length=1, description="Values that mean: selected")
    not_selected: list[Value] | None = Field(
        None, description="Values that mean: not selected. Absent: any other value is 'not selected'"
    )
    title: Texts | None = Field(None, description="The past participle a reader sees: 'contacted', 'contactées'")
    verb: Texts | None = Field(
        None, description="What the system does to those selected, after its name: 'contacts', 'contacte'"
    )

    @model_validator(mode="after")
    def _values_differ(self) -> Self:
        both = {str(v).lower() for v in self.selected} & {str(v).lower() for v in self.not_selected or ()}
        if both:
            raise ValueError(f"these values are both selected and not_selected: {', '.join(sorted(both))}")
        return self


class Score(Strict):
    column: ColumnName = Field(description="The column that holds the score")
    range: Range = Field((0.0, 1.0), description="Lowest and highest possible score")


class Outcome(Strict):
    column: ColumnName = Field(description="The column that holds what happened later")
    positive: list[Value] = Field(min_length=1, description="Values that mean: the outcome happened")
    matures_after_days: int = Field(0, ge=0, description="Days after which an absent outcome can be read")
    observed_for: Literal["all", "selected"] = Field(description="Whose outcomes can be seen at all")
    absent: Literal["negative", "missing"] = Field(description="What an absent outcome means once mature")
    recorded_at: ColumnName | None = Field(
        None, description="In a log of late outcomes: when it was written down; the newest wins"
    )


class Human(Strict):
    decision: ColumnName = Field(description="What the human decided, in the values of `decision`")
    seconds: ColumnName | None = Field(None, description="Seconds spent on the review")
    recorded_at: ColumnName | None = Field(
        None, description="In a log of late human actions: when it was written down; the newest wins"
    )
    agent: ColumnName | None = Field(
        None, description="In that log: who reviewed; always stored as a keyed pseudonym, and told of nobody alone"
    )
    team: ColumnName | None = Field(
        None, description="In that log: the team or agency of the agent; those of fewer than 11 agents are left out"
    )
    teams: list[str] | None = Field(None, min_length=1, description="The teams there are; absent: any name is one")
    words: ColumnName | None = Field(None, description="In that log: how many words the reviewer was shown")

    @model_validator(mode="after")
    def _teams_of_agents(self) -> Self:
        if self.team is not None and self.agent is None:
            raise ValueError("`team` needs `agent`: a team is told of only where at least 11 agents are in it")
        if self.teams is not None and self.team is None:
            raise ValueError("`teams` lists the teams there are, and `team` names no column that holds them")
        return self


class RowNumber(Strict):
    """Decisions without any identifier: each is known by the content of its file and the number of its row."""

    row_number: Literal[True] = Field(description="Always true: known by the content of its file and its row")


MOST_KEYS = 5
"""Columns that may identify a decision together."""


def _an_id(value: Any) -> Any:
    """Refuse whatever is no id in one sentence, in place of one for each form that an id can have."""
    one = isinstance(value, str) and bool(value)
    listed = isinstance(value, list | tuple) and all(isinstance(name, str) and name for name in value)
    several = listed and 2 <= len(value) == len(set(value)) <= MOST_KEYS
    if not (one or several or value == {"row_number": True} or isinstance(value, RowNumber)):
        raise ValueError(
            f"an id is one column, a list of 2 to {MOST_KEYS} different columns that identify a decision together, or "
            "`{row_number: true}`"
        )
    return value


Key = Annotated[ColumnName | list[ColumnName] | RowNumber, BeforeValidator(_an_id)]
"""What identifies a decision."""


class Columns(Strict):
    id: Key = Field(description="What identifies one decision: a column, several together, or its row")
    decided_at: ColumnName | None = Field(None, description="Moment of the decision")
    period: dt.date | None = Field(None, description="Date of all decisions when the log has no time")
    decision: Decision | None = Field(
        None, description="What was decided; absent only in a ranking, where places in lists are all there is"
    )
    favourable: bool = Field(True, description="False where being selected is a harm (a control, a risk flag)")
    score: Score | None = Field(None, description="The number behind the decision")
    outcome: Outcome | None = Field(None, description="What happened afterwards: was the decision right?")
    request: ColumnName | None = Field(None, description="Rows that compete for the same offer")
    rank: ColumnName | None = Field(None, description="Place in the list of a request, from 1; empty: not in the list")
    stages: list[ColumnName] = Field(default_factory=list, max_length=8, description="A funnel, in order")
    stage_titles: dict[ColumnName, Texts] = Field(
        default_factory=dict, description="What a reader calls each stage, as a noun: 'reply', 'réponse'"
    )
    human: Human | None = Field(None, description="What a person made of the decision of the tool")
    person: ColumnName | None = Field(None, description="The person decided on: clusters for intervals")
    team: ColumnName | None = Field(None, description="Agents appear only as teams of 11 or more")
    use: ColumnName | None = Field(None, description="Declared use of the call")
    weight: ColumnName | None = Field(None, description="Rows that stand for that many decisions")
    model_version: ColumnName | None = Field(None, description="The version that decided")

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that identify a decision together; none where only its row does."""
        if isinstance(self.id, RowNumber):
            return ()
        return (self.id,) if isinstance(self.id, str) else tuple(self.id)

    @model_validator(mode="after")
    def _titles_of_stages(self) -> Self:
        if extra := ", ".join(sorted(set(self.stage_titles) - set(self.stages))):
            raise ValueError(f"`stage_titles` names stages that `stages` does not: {extra}")
        return self

    @model_validator(mode="after")
    def _decided(self) -> Self:
        """What speaks of a decision needs one; without any, lists are what there is to look at."""
        if self.decision is not None:
            return self
        if self.request is None or self.rank is None:
            raise ValueError("`decision` is missing; it may be only where `request` and `rank` say who stood where")
        if given := ", ".join(f"`{name}`" for name in ("human", "stages", "weight") if getattr(self, name)):
            raise ValueError(f"{given}: this needs a `decision`, and there is none: add it, or remove the rest")
        if self.outcome is not None and self.outcome.observed_for == "selected":
            raise ValueError("`observed_for: selected` needs a `decision`, and there is none: write `all`, or add it")
        return self

    @model_validator(mode="after")
    def _one_clock(self) -> Self:
        if (self.decided_at is None) == (self.period is None):
            raise ValueError("give exactly one of `decided_at` (a column) and `period` (a date)")
        return self
