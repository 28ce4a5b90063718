"""Columns, groups, windows, privacy and sources of a system file."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_serializer, model_validator

from boussole.audits.log_names import LogName
from boussole.audits.systems.kinds import KEPT, AuditWindow, ColumnName, Every, Range, Strict, Texts, Value
from boussole.audits.systems.values import UNDECLARED, Declared


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


class Sensitive(Strict):
    """A separate file or table of sensitive values, joined while rows come in; it never travels with the decisions."""

    path: str = Field(description="CSV, Parquet or `duckdb:PATH?table=T`, from the folder of the workspace")
    key: ColumnName = Field(description="Its column that identifies the person")


class Group(Strict):
    """A sensitive feature."""

    column: ColumnName = Field(description="The column that holds the value")
    title: Texts | None = Field(None, description="Its name, for readers")
    values: Declared = Field(
        default_factory=dict,
        description="The values that there are: a list, or each with its name as it stands after `among` or "
        "`parmi les`: women, femmes",
    )
    undeclared: Literal["pool", "set_aside"] = Field(
        "pool",
        description="What becomes of a value that is not among `values`: counted as *undeclared*, its text nowhere; or "
        "its row set aside",
    )
    bands: list[float] | None = Field(None, min_length=1, description="Lower edges: [25, 50] gives <25, 25-49, 50+")
    range: Range | None = Field(
        None, description="Lowest and highest possible number, with `bands`; rows outside are set aside"
    )
    reference: str | None = Field(None, description="The group others are compared with; absent: all others")
    source: Literal["log", "sensitive"] = Field(
        "log", alias="from", description="`sensitive`: joined while rows come in"
    )
    basis: str | None = Field(None, description="Legal basis of a joined sensitive column")
    expires: dt.date | None = Field(None, description="Last day of that legal basis")

    @property
    def closed(self) -> bool:
        """Whether the file says which values there are: no other enters the lake."""
        return bool(self.values) and not self.bands

    @property
    def order(self) -> list[str]:
        """The values in the order that every page keeps: bands, or named values as written."""
        return band_names(self.bands) if self.bands else list(self.values)

    @field_validator("bands")
    @classmethod
    def _ascending(cls, value: list[float] | None) -> list[float] | None:
        if value is not None and value != sorted(set(value)):
            raise ValueError("bands must be ascending lower edges without repeats, such as [25, 50]")
        return value

    @model_validator(mode="after")
    def _basis_given(self) -> Self:
        if self.source == "sensitive" and (self.basis is None or self.expires is None):
            raise ValueError("a group `from: sensitive` needs its legal `basis` and the date it `expires`")
        if self.range and (not self.bands or self.source == "sensitive"):
            raise ValueError("`range` needs `bands`, and a column of the log: it is its numbers that are checked")
        if self.bands and self.reference is not None and self.reference not in band_names(self.bands):
            raise ValueError(f"reference must be one of the bands: {', '.join(band_names(self.bands))}")
        return self

    @model_validator(mode="after")
    def _bounded(self, info: ValidationInfo) -> Self:
        """What the system file alone can be held to; a system that was declared once is not held to today's rules."""
        if (info.context or {}).get(KEPT):
            return self
        if self.undeclared != "pool" and not self.closed:
            raise ValueError("`undeclared` needs `values`: the list of those that are declared")
        if UNDECLARED in self.values:
            raise ValueError(f"'{UNDECLARED}' is what values that are not declared are called: give it another name")
        if self.closed and self.reference is not None and self.reference not in self.values:
            raise ValueError(
                f"reference must be one of the declared `values`, or its rows would count as undeclared: "
                f"{', '.join(self.values)}"
            )
        return self


class Feature(Strict):
    """An input watched for drift, with its name for readers."""

    column: ColumnName = Field(description="The column that holds the value")
    title: Texts | None = Field(None, description="Its name, for readers")
    kind: Literal["number", "category"] = Field("number", description="`category`: words, codes, or true and false")
    range: Range | None = Field(None, description="Lowest and highest possible number; rows outside are set aside")
    unit: Texts | Literal["share"] | None = Field(
        None, description="What its numbers count: 'years', 'km'; `share`: a part of one, read as a percentage"
    )
    origin: Texts | None = Field(
        None, description="Where the tool takes it from, as whoever a decision is about is told: 'Your file'"
    )
    weight: ColumnName | None = Field(
        None,
        description="Another feature: what this one weighed in each decision, as the tool logged it. Above zero: "
        "it raised the score",
    )

    @model_serializer
    def _as_written(self) -> str | dict[str, Any]:
        """Write the column alone where nothing else is declared, as in the file."""
        kind = self.kind if self.kind != "number" else None
        said: dict[str, Any] = {"title": self.title, "kind": kind, "range": self.range and list(self.range)}
        said |= {"unit": self.unit, "origin": self.origin, "weight": self.weight}
        more = {name: value for name, value in said.items() if value is not None}
        return {"column": self.column, **more} if more else self.column


def _by_its_column(value: Any) -> Any:
    return {"column": value} if isinstance(value, str) else value


Watched = Annotated[Feature, BeforeValidator(_by_its_column, json_schema_input_type=ColumnName | Feature)]
"""A feature as a file may write it: its column, or its column with its title and its range."""


class Control(Strict):
    """A legitimate factor to condition on."""

    column: ColumnName = Field(description="The column that holds the value")
    title: Texts | None = Field(None, description="Its name, for readers")


class Windows(Strict):
    audit: AuditWindow = Field("month", description="What an audit looks at; `all`: the whole log")
    reference: str | None = Field(None, description="START/END, both included: what drift is measured against")

    @field_validator("reference")
    @classmethod
    def _is_window(cls, value: str | None) -> str | None:
        if value is not None:
            parse_window(value)
        return value


class Privacy(Strict):
    suppress_below: int = Field(11, ge=2, description="Groups with fewer decisions are hidden")
    pseudonymise: list[ColumnName] = Field(default_factory=list, description="Identifiers stored as keyed pseudonyms")
    retain_days: int | None = Field(
        None, ge=1, description="Days after which `boussole purge` removes rows, by whole months"
    )


class MlflowSource(Strict):
    experiment: str = Field(description="Name of the experiment")


class DuckdbSource(Strict):
    path: str = Field(description="The database file, from the folder of the workspace")
    table: str | None = Field(None, description="Its table")
    query: str | None = Field(None, description="A query instead of a table: one SELECT")
    log: LogName = Field("decisions", description="What its rows are")
    after: ColumnName | None = Field(
        None, description="A column that only grows: rows below the last value read are not read again"
    )

    @model_validator(mode="after")
    def _one_relation(self) -> Self:
        if (self.table is None) == (self.query is None):
            raise ValueError("give exactly one of `table` and `query`")
        return self


class Source(Strict):
    mlflow: MlflowSource | None = Field(None, description="Runs and traces of an MLflow experiment")
    duckdb: DuckdbSource | None = Field(None, description="A table of a DuckDB file")
    every: Every | None = Field(None, description="How often something new is due; later than that, it is late")

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if (self.mlflow is None) == (self.duckdb is None):
            raise ValueError("each source is exactly one of `mlflow` and `duckdb`")
        return self


def parse_window(text: str) -> tuple[dt.date, dt.date]:
    """Parse a window written START/END into its first and last day, both included."""
    match = re.fullmatch(r"(\d{4}-\d{2}-\d{2})/(\d{4}-\d{2}-\d{2})", text)
    if match is None:
        raise ValueError(f"'{text}' is not START/END, such as 2025-01-01/2025-03-31")
    start, end = (dt.date.fromisoformat(part) for part in match.groups())
    if start > end:
        raise ValueError(f"'{text}' ends before it starts")
    return start, end


def band_names(edges: list[float]) -> list[str]:
    """Return the names of the bands between ascending lower edges."""
    whole = all(float(edge).is_integer() for edge in edges)
    shown = [str(int(edge)) if whole else repr(float(edge)) for edge in edges]
    between = [
        f"{low}-{int(high) - 1}" if whole else f"{low} to <{shown[i + 1]}"
        for i, (low, high) in enumerate(zip(shown[:-1], edges[1:], strict=True))
    ]
    between = [low if whole and name == f"{low}-{low}" else name for name, low in zip(between, shown, strict=False)]
    return [f"<{shown[0]}", *between, f"{shown[-1]}+"]
