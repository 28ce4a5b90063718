"""The models of a system file. Unknown keys are errors; every field says what it means."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, field_validator, model_validator

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,47}$")]
ColumnName = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Value = bool | int | float | str
Texts = dict[Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")], Annotated[str, StringConstraints(min_length=1)]]

Kind = Literal["selection", "ranking", "generation", "declared"]
Status = Literal["design", "pilot", "production", "retired"]
Risk = Literal["prohibited", "high", "limited", "minimal"]
Actor = Literal["tool", "adviser", "candidate", "employer", "other"]
AuditWindow = Literal["day", "week", "month", "quarter", "year", "all"]
LogName = Literal["decisions", "outcomes", "human_actions", "contacts", "generations"]
Every = Literal["hour", "day", "week", "month", "quarter", "year"]

LOGS: tuple[LogName, ...] = ("decisions", "outcomes", "human_actions", "contacts", "generations")
"""The logs a system can have: a schema of the lake, and a folder below `boussole/` of a run, for each."""

BUCKETS = 40
"""Hash buckets of the cluster id: the groups of the delete-a-group jackknife."""


class Strict(BaseModel):
    """Frozen, and no key that is not declared."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Decision(Strict):
    column: ColumnName = Field(description="The column that holds the decision")
    selected: list[Value] = Field(min_length=1, description="Values that mean: selected")
    not_selected: list[Value] | None = Field(
        None, description="Values that mean: not selected. Absent: any other value is 'not selected'"
    )
    title: Texts | None = Field(None, description="The past participle a reader sees: 'contacted', 'contactées'")

    @model_validator(mode="after")
    def _values_differ(self) -> Self:
        both = {str(v).lower() for v in self.selected} & {str(v).lower() for v in self.not_selected or ()}
        if both:
            raise ValueError(f"these values are both selected and not_selected: {', '.join(sorted(both))}")
        return self


class Score(Strict):
    column: ColumnName = Field(description="The column that holds the score")
    range: tuple[float, float] = Field((0.0, 1.0), description="Lowest and highest possible score")

    @field_validator("range")
    @classmethod
    def _ordered(cls, value: tuple[float, float]) -> tuple[float, float]:
        if not value[0] < value[1]:
            raise ValueError("range must be [low, high] with low < high")
        return value


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


class Columns(Strict):
    id: ColumnName = Field(description="Identifier of one decision, unique in the log")
    decided_at: ColumnName | None = Field(None, description="Moment of the decision")
    period: dt.date | None = Field(None, description="Date of all decisions when the log has no time")
    decision: Decision = Field(description="What was decided")
    favourable: bool = Field(True, description="False where being selected is a harm (a control, a risk flag)")
    score: Score | None = Field(None, description="The number behind the decision")
    outcome: Outcome | None = Field(None, description="What happened afterwards: was the decision right?")
    request: ColumnName | None = Field(None, description="Rows that compete for the same offer")
    rank: ColumnName | None = Field(None, description="Place in the list of a request, from 1")
    stages: list[ColumnName] = Field(default_factory=list, max_length=8, description="A funnel, in order")
    human: Human | None = Field(None, description="What a person made of the decision of the tool")
    person: ColumnName | None = Field(None, description="The person decided on: clusters for intervals")
    team: ColumnName | None = Field(None, description="Agents appear only as teams of 11 or more")
    use: ColumnName | None = Field(None, description="Declared use of the call")
    weight: ColumnName | None = Field(None, description="Rows that stand for that many decisions")
    model_version: ColumnName | None = Field(None, description="The version that decided")

    @model_validator(mode="after")
    def _one_clock(self) -> Self:
        if (self.decided_at is None) == (self.period is None):
            raise ValueError("give exactly one of `decided_at` (a column) and `period` (a date)")
        return self


class Contacts(Strict):
    person: ColumnName = Field(description="The person written to")
    at: ColumnName = Field(description="Moment of the message")
    kind: ColumnName = Field(description="Kind of message: contact, opt-out…")
    reply_at: ColumnName | None = Field(None, description="Moment of the reply")


class Generations(Strict):
    """The log of a generative system: one row per text it wrote."""

    id: ColumnName = Field("id", description="Identifier of one generation, unique in the log")
    at: ColumnName = Field("at", description="Moment of the call")
    input: ColumnName | None = Field("input", description="What was asked: free text, stored encrypted")
    output: ColumnName | None = Field("output", description="What was written: free text, stored encrypted")
    model_version: ColumnName | None = Field(None, description="The model that wrote it")
    tokens_in: ColumnName | None = Field(None, description="Tokens read")
    tokens_out: ColumnName | None = Field(None, description="Tokens written")
    seconds: ColumnName | None = Field(None, description="Seconds from the call to the whole answer")
    use: ColumnName | None = Field(None, description="Declared use of the call")
    team: ColumnName | None = Field(None, description="Agents appear only as teams of 11 or more")
    feedback: ColumnName | None = Field(None, description="What its user said of it: kept, rejected, a score")


class Sensitive(Strict):
    """A separate file or table of sensitive values, joined at the door; it never travels with the decisions."""

    path: str = Field(description="CSV, Parquet or `duckdb:PATH?table=T`, from the folder of the workspace")
    key: ColumnName = Field(description="Its column that identifies the person")


class Group(Strict):
    """A sensitive feature."""

    column: ColumnName = Field(description="The column that holds the value")
    title: Texts | None = Field(None, description="Its name, for readers")
    values: dict[str, Texts] = Field(
        default_factory=dict,
        description="Names of the values, as they stand after `among` or `parmi les`: women, femmes",
    )
    bands: list[float] | None = Field(None, min_length=1, description="Lower edges: [25, 50] gives <25, 25-49, 50+")
    reference: str | None = Field(None, description="The group others are compared with; absent: all others")
    source: Literal["log", "sensitive"] = Field("log", alias="from", description="`sensitive`: joined at the door")
    basis: str | None = Field(None, description="Legal basis of a joined sensitive column")
    expires: dt.date | None = Field(None, description="Last day of that legal basis")

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
        if self.bands and self.reference is not None and self.reference not in band_names(self.bands):
            raise ValueError(f"reference must be one of the bands: {', '.join(band_names(self.bands))}")
        return self


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


def _known_zone(value: Any) -> Any:
    if isinstance(value, str) and value not in available_timezones():
        raise ValueError(f"unknown time zone '{value}': use an IANA name such as Europe/Paris")
    return value


class System(Strict):
    """One AI system of the register, and the contract of its log."""

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
        "Europe/Paris", description="Of its days and months (an IANA name)"
    )
    columns: Columns | None = Field(None, description="What each column of its log means")
    contacts: Contacts | None = Field(None, description="Messages to people: a log of their own")
    generations: Generations | None = Field(
        None, description="Texts that a generative system wrote: a log of their own"
    )
    sensitive: Sensitive | None = Field(None, description="Where groups `from: sensitive` are joined from")
    actors: dict[str, Actor] = Field(default_factory=dict, description="Who decides at each stage")
    groups: dict[Identifier, Group] = Field(default_factory=dict, description="Sensitive features, each by a name")
    controls: dict[Identifier, Control] = Field(
        default_factory=dict, description="Legitimate factors to condition on, each by a name"
    )
    intersections: list[list[str]] = Field(
        default_factory=list, description="Groups looked at together, two or three at a time"
    )
    features: list[ColumnName] = Field(default_factory=list, description="Numeric inputs watched for drift")
    windows: Windows = Field(Windows(), description="What an audit looks at")
    privacy: Privacy = Field(Privacy(), description="What is hidden, and what is stored how")
    sources: list[Source] = Field(default_factory=list, description="Where `boussole sync` finds its decisions")

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def log(self) -> Columns:
        """The columns of a measured system (raises for a declared one)."""
        if self.columns is None:
            raise ValueError(f"system '{self.id}' is only declared: it has no log")
        return self.columns

    @property
    def logs(self) -> tuple[LogName, ...]:
        """The logs that its file declares, in the order of LOGS."""
        log = self.columns
        declared = {
            "decisions": log is not None,
            "outcomes": log is not None and bool(log.outcome or log.stages),
            "human_actions": log is not None and log.human is not None,
            "contacts": self.contacts is not None,
            "generations": self.generations is not None,
        }
        return tuple(name for name in LOGS if declared[name])

    @property
    def attributes(self) -> list[tuple[str, ...]]:
        """Single groups, then declared intersections, in the order of the file."""
        return [(name,) for name in self.groups] + [tuple(names) for names in self.intersections]

    @property
    def cluster(self) -> str | None:
        """The declared cluster role: person, else request; None means independent rows."""
        if self.columns is None or self.columns.weight is not None:
            return None
        return "person" if self.columns.person else "request" if self.columns.request else None

    def reference_of(self, by: tuple[str, ...]) -> tuple[str, ...] | None:
        """The declared reference group of an attribute, or None: compare with all others."""
        parts = [self.groups[name].reference for name in by]
        return None if any(part is None for part in parts) else tuple(str(part) for part in parts)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.kind in ("selection", "ranking") and self.columns is None:
            raise ValueError(f"kind '{self.kind}' needs `columns`: what each column of its log means")
        if self.kind == "declared" and self.columns is not None:
            raise ValueError("kind 'declared' is attested, not measured: remove `columns` or change the kind")
        for names in self.intersections:
            unknown = [name for name in names if name not in self.groups]
            if unknown:
                raise ValueError(f"intersection {names} names unknown groups: {', '.join(unknown)}")
            if len(names) < 2 or len(set(names)) != len(names) or len(names) > 3:
                raise ValueError(f"intersection {names} must name two or three different groups")
        both = set(self.groups) & set(self.controls)
        if both:
            raise ValueError(f"declared both as group and as control: {', '.join(sorted(both))}")
        if self.columns and set(self.actors) - set(self.columns.stages):
            extra = ", ".join(sorted(set(self.actors) - set(self.columns.stages)))
            raise ValueError(f"`actors` names stages that `columns.stages` does not: {extra}")
        return self

    @model_validator(mode="after")
    def _privacy_consistent(self) -> Self:
        if extra := ", ".join(sorted(set(self.privacy.pseudonymise) - _identifiers(self))):
            raise ValueError(f"only identifier columns can be pseudonymised, not: {extra}")
        joined = [name for name, group in self.groups.items() if group.source == "sensitive"]
        if joined and (self.sensitive is None or self.columns is None or self.columns.person is None):
            raise ValueError(f"groups `from: sensitive` ({', '.join(joined)}) need `sensitive` and `columns.person`")
        return self

    @model_validator(mode="after")
    def _sources_consistent(self) -> Self:
        for source in self.sources:
            if source.duckdb and source.duckdb.log not in self.logs:
                raise ValueError(
                    f"a source is said to hold `{source.duckdb.log}`, a log that this file does not declare"
                )
        return self


def _identifiers(system: System) -> set[str]:
    """Columns of its logs that can identify somebody."""
    found: list[str | None] = []
    if system.columns:
        found += [system.columns.id, system.columns.person, system.columns.request, system.columns.team]
    if system.contacts:
        found.append(system.contacts.person)
    if system.generations:
        found += [system.generations.id, system.generations.team]
    return {name for name in found if name}


def parse_window(text: str) -> tuple[dt.date, dt.date]:
    """First and last day, both included, of a window written START/END.

    >>> parse_window("2025-01-01/2025-03-31")
    (datetime.date(2025, 1, 1), datetime.date(2025, 3, 31))
    """
    match = re.fullmatch(r"(\d{4}-\d{2}-\d{2})/(\d{4}-\d{2}-\d{2})", text)
    if match is None:
        raise ValueError(f"'{text}' is not START/END, such as 2025-01-01/2025-03-31")
    start, end = (dt.date.fromisoformat(part) for part in match.groups())
    if start > end:
        raise ValueError(f"'{text}' ends before it starts")
    return start, end


def band_names(edges: list[float]) -> list[str]:
    """Names of the bands between ascending lower edges.

    >>> band_names([25, 50])
    ['<25', '25-49', '50+']
    >>> band_names([0.5])
    ['<0.5', '0.5+']
    """
    whole = all(float(edge).is_integer() for edge in edges)
    shown = [str(int(edge)) if whole else repr(float(edge)) for edge in edges]
    between = [
        f"{low}-{int(high) - 1}" if whole else f"{low} to <{shown[i + 1]}"
        for i, (low, high) in enumerate(zip(shown[:-1], edges[1:], strict=True))
    ]
    between = [low if whole and name == f"{low}-{low}" else name for name, low in zip(between, shown, strict=False)]
    return [f"<{shown[0]}", *between, f"{shown[-1]}+"]
