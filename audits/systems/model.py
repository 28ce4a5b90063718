"""The model of a system file. Unknown keys are errors; every field says what it means."""

from __future__ import annotations

import codecs
import datetime as dt
import re
from functools import cache
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BeforeValidator, Field, ValidationInfo, model_validator

from boussole.audits.log_names import LogName
from boussole.audits.systems.kinds import KEPT, Actor, Identifier, Kind, Risk, Status, Strict, Texts
from boussole.audits.systems.logs import LOG_TYPES, Logs
from boussole.audits.systems.parts import Columns, Control, Group, Privacy, Sensitive, Source, Watched, Windows
from boussole.audits.systems.register import (
    Assessment,
    Costs,
    Dates,
    ExaminedVersion,
    PublicRules,
    ahead,
    contradictions,
)
from boussole.audits.systems.values import too_many

ORDERS = {"%d/%m/%Y": "day/month/year", "%m/%d/%Y": "month/day/year"}
"""The two readings of 01/02/2026, with their names."""
_WORDS = {
    "%d": ("jj", "dd", "day", "jour"),
    "%m": ("mm", "month", "mois"),
    "%Y": ("aaaa", "yyyy", "year", "annee", "année"),
    "%y": ("aa", "yy"),
}


def _codec(value: Any) -> Any:
    """The name that Python gives an encoding of text: latin1 is iso8859-1."""
    if not isinstance(value, str):
        return value
    try:
        found = codecs.lookup(value)
        "é".encode(found.name, "replace").decode(found.name)
    except (LookupError, UnicodeError, TypeError):
        raise ValueError(f"unknown encoding '{value}': use utf-8, cp1252, latin-1, iso-8859-15, utf-16…") from None
    return found.name


def _separator(value: Any) -> Any:
    named = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";"}
    found = named.get(value, value)
    if not isinstance(found, str) or len(found) != 1 or not found.isascii() or found in '"\r\n\0' or found.isalnum():
        raise ValueError(f"'{value}' is no separator: use one of , ; | or tab")
    return found


def _dates(value: Any) -> Any:
    """A format of strptime; `dd/mm/yyyy` and `jj/mm/aaaa` are understood."""
    if not isinstance(value, str):
        return value
    made = value
    if "%" not in value:
        names = {word: code for code, words in _WORDS.items() for word in words}
        made = re.sub(r"[^\W\d_]+", lambda found: names.get(found[0].lower(), found[0]), value)
    if not ("%d" in made and "%m" in made and ("%Y" in made or "%y" in made)):
        raise ValueError(
            f"'{value}' is no way to write a date: use dd/mm/yyyy, mm/dd/yyyy, or a format such as %d.%m.%Y"
        )
    return made


class Files(Strict):
    """How data files are written; what is absent is found out, said, and refused where it cannot be told."""

    encoding: Annotated[str | None, BeforeValidator(_codec)] = Field(
        None, description="utf-8, cp1252 (French Excel), latin-1, utf-16…"
    )
    separator: Annotated[str, BeforeValidator(_separator)] | None = Field(
        None, description="What stands between two columns: `;`, `,`, `|` or tab"
    )
    decimal: Literal[",", "."] | None = Field(None, description="What stands before decimals: `,` or `.`")
    dates: Annotated[str | None, BeforeValidator(_dates)] = Field(
        None, description="dd/mm/yyyy, mm/dd/yyyy, or a format such as `%d.%m.%Y`; 2026-09-30 is always understood"
    )
    header: bool | None = Field(
        None, description="`false`: the first line is a row, and columns are named column1, column2…"
    )
    sheet: str | None = Field(None, description="The sheet of an Excel workbook")

    def over(self, other: Files) -> Files:
        """These choices, and those of another where these say nothing."""
        return Files(**{**other.model_dump(exclude_none=True), **self.model_dump(exclude_none=True)})


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


class System(Logs, Description):
    """One AI system of the register, and the contract of its log."""

    sensitive: Sensitive | None = Field(None, description="Where groups `from: sensitive` are joined from")
    actors: dict[str, Actor] = Field(default_factory=dict, description="Who decides at each stage")
    groups: dict[Identifier, Group] = Field(default_factory=dict, description="Sensitive features, each by a name")
    controls: dict[Identifier, Control] = Field(
        default_factory=dict, description="Legitimate factors to condition on, each by a name"
    )
    intersections: list[list[str]] = Field(
        default_factory=list, description="Groups looked at together, two or three at a time"
    )
    features: list[Watched] = Field(
        default_factory=list,
        description="Inputs watched for drift: a column of numbers, or a column with its title and kind",
    )
    versions: dict[Annotated[str, Field(min_length=1, max_length=200)], ExaminedVersion] = Field(
        default_factory=dict, description="The versions of the model that people examined, as its log names them"
    )
    public_rules: PublicRules | None = Field(
        None, description="Where the rules of the system are published; without it nobody has said"
    )
    windows: Windows = Field(Windows(), description="What an audit looks at")
    privacy: Privacy = Field(Privacy(), description="What is hidden, and what is stored how")
    sources: list[Source] = Field(default_factory=list, description="Where `boussole sync` finds its decisions")
    files: Files = Field(Files(), description="How its data files are written, where they do not tell it themselves")

    @property
    def log(self) -> Columns:
        """The columns of a measured system (raises for a declared one)."""
        if self.columns is None:
            raise ValueError(f"system '{self.id}' is only declared: it has no log")
        return self.columns

    @property
    def only_writes(self) -> bool:
        """Whether it has a log of texts and none of decisions."""
        return self.columns is None and self.generations is not None

    @property
    def main_log(self) -> LogName:
        """The log that makes its windows: of decisions, or of texts where it decides nothing."""
        return "generations" if self.only_writes else "decisions"

    @property
    def syncs(self) -> bool:
        """Whether its main log comes from sources that a sync reads."""
        return any(each.mlflow or (each.duckdb and each.duckdb.log == self.main_log) for each in self.sources)

    @property
    def measured(self) -> bool:
        """Whether figures are made of its log: of decisions, or of texts that its file holds to something."""
        texts = self.generations
        return self.columns is not None or (texts is not None and bool(texts.texts or texts.calls or texts.reviewed))

    @property
    def attributes(self) -> list[tuple[str, ...]]:
        """Single groups, then declared intersections, in the order of the file."""
        return [(name,) for name in self.groups] + [tuple(names) for names in self.intersections]

    @property
    def watched(self) -> list[str]:
        """The columns of the features, in the order of the file."""
        return [feature.column for feature in self.features]

    @property
    def numbers(self) -> list[str]:
        """The columns of the features that hold numbers."""
        return [feature.column for feature in self.features if feature.kind == "number"]

    @property
    def categories(self) -> list[str]:
        """The columns of the features that hold words, or true and false."""
        return [feature.column for feature in self.features if feature.kind == "category"]

    @property
    def logged_weights(self) -> dict[str, str]:
        """The columns of the features whose weight is logged with each decision, each with the column of the weight."""
        return {feature.column: feature.weight for feature in self.features if feature.weight is not None}

    @property
    def feature_titles(self) -> dict[str, Texts]:
        """What readers call the features that have a title, by their columns."""
        return {feature.column: feature.title for feature in self.features if feature.title is not None}

    @property
    def decides(self) -> bool:
        """Whether its log says what was decided. Being on a list is no decision."""
        return self.columns is not None and self.columns.decision is not None

    @property
    def cluster(self) -> str | None:
        """The declared cluster role: person, else request; None means independent rows."""
        if self.columns is None or self.columns.weight is not None:
            return None
        return "person" if self.columns.person else "request" if self.columns.request else None

    @property
    def matched(self) -> bool:
        """Whether each request is a matched set: its candidates are compared with one another, and with nobody else."""
        request = self.columns.request if self.columns else None
        return self.cluster == "request" and request in {control.column for control in self.controls.values()}

    @property
    def ranked(self) -> bool:
        """Whether its log holds lists: rows that compete for a request, each with its place."""
        log = self.columns
        return bool(log and log.request and log.rank and not log.weight and self.groups)

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
    def _bounded(self, info: ValidationInfo) -> Self:
        """Crossings of groups whose values the file declares; those of others are held to it when rows come in."""
        if (info.context or {}).get(KEPT):
            return self
        if found := too_many({name: len(group.order) for name, group in self.groups.items()}, self.attributes):
            what, many, most = found
            raise ValueError(
                f"{what}: {many:,} groups are too many to compare (at most {most}): put values together, or cross fewer"
            )
        return self

    @model_validator(mode="after")
    def _weighed(self) -> Self:
        if strange := sorted(set(self.logged_weights.values()) - (set(self.numbers) - set(self.logged_weights))):
            raise ValueError(f"`weight` names no other feature that is a number: {', '.join(strange)}")
        return self

    @model_validator(mode="after")
    def _decided(self) -> Self:
        if self.columns is not None and not self.decides and self.kind != "ranking":
            raise ValueError("`columns.decision` is missing: only a ranking can do without")
        return self

    @model_validator(mode="after")
    def _register_consistent(self, info: ValidationInfo) -> Self:
        if (info.context or {}).get(KEPT):
            return self
        found = contradictions(
            status=self.status,
            risk=self.risk,
            dates=self.dates,
            impact_assessment=self.impact_assessment,
            fria=self.fria,
            today=(today := dt.datetime.now(self.zone).date()),
        )
        done: dict[str, dt.date | None] = {}
        done |= {f"versions.{name}.examined_on": each.examined_on for name, each in self.versions.items()}
        if self.public_rules is not None:
            done["public_rules.updated_on"] = self.public_rules.updated_on
        found += ahead(done, today)
        if found:
            raise ValueError("; ".join(map(str, found)))
        return self

    @model_validator(mode="after")
    def _privacy_consistent(self) -> Self:
        if extra := ", ".join(sorted(set(self.privacy.pseudonymise) - _identifiers(self))):
            raise ValueError(f"only identifier columns can be pseudonymised, not: {extra}")
        if clear := ", ".join(sorted(set(self.privacy.pseudonymise) & _kept_in_clear(self))):
            raise ValueError(
                "an identifier that is pseudonymised cannot also be a group, a control, a feature or words of a log, "
                f"which are kept as they are: {clear}"
            )
        sent, controlled = self.contacts, self.search_controls
        if sent and controlled and len({part.person in self.privacy.pseudonymise for part in (sent, controlled)}) > 1:
            raise ValueError(
                "people of `contacts` and of `search_controls` are held to one another: pseudonymise both columns "
                f"(`{sent.person}`, `{controlled.person}`), or neither"
            )
        joined = [name for name, group in self.groups.items() if group.source == "sensitive"]
        if joined and (self.sensitive is None or self.columns is None or self.columns.person is None):
            raise ValueError(f"groups `from: sensitive` ({', '.join(joined)}) need `sensitive` and `columns.person`")
        return self

    @model_validator(mode="after")
    def _sources_consistent(self) -> Self:
        for source in self.sources:
            if source.duckdb and self.columns and not self.columns.key and source.duckdb.log == "decisions":
                raise ValueError(
                    "a table is read again and again, and its rows have no number of their own: name columns in `id`"
                )
            if source.duckdb and source.duckdb.log not in self.logs:
                raise ValueError(
                    f"a source is said to hold `{source.duckdb.log}`, a log that this file does not declare"
                )
        return self


def _identifiers(system: System) -> set[str]:
    """Columns of its logs that can identify somebody."""
    found: list[str | None] = []
    if system.columns:
        found += [*system.columns.key, system.columns.person, system.columns.request, system.columns.team]
        found += [system.columns.human.agent] if system.columns.human else []
    for log, part in system.sections():
        found += LOG_TYPES[log].identifying(part).values()
    return {name for name in found if name}


def _kept_in_clear(system: System) -> set[str]:
    """Columns whose values are stored as they are."""
    found: list[str | None] = [group.column for group in system.groups.values() if group.source != "sensitive"]
    found += [*(control.column for control in system.controls.values()), *system.watched]
    if system.columns:
        found += [system.columns.use, system.columns.model_version]
        found += [system.columns.human.team] if system.columns.human else []
    for log, part in system.sections():
        found += LOG_TYPES[log].in_clear(part).values()
    return {name for name in found if name}
