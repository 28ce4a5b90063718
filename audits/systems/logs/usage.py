"""What agents use a system for: one row per use, and nobody's name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from pydantic import Field, model_validator

from boussole.audits.hashing import canonical_json, sha256_hex
from boussole.audits.systems.kinds import ColumnName
from boussole.audits.systems.logs.log_type import KeyReading, LogSection, LogType

DIGITS = 12
"""Hexadecimal digits of the hash that tells one declaration from another."""
YES = ("yes", "oui", "true", "1")
PARTS = ("undeclared", "unlabelled", "squares", "months", "untrained", "small", "alike")
UNDECLARED, UNLABELLED, SQUARES, MONTHS, UNTRAINED, SMALL, ALIKE = PARTS
"""What is counted of uses: of those whose label is known, the ones that are not declared, or of an excluded offer; of
all, those of which nobody can tell; both carry which uses were declared (`Usage.part`). Of each team, uses times uses.
Months, of which each is one. Agents of large teams who used it in a month, of whom: not trained by the day of their
first use in it; agents of all teams, of whom: of teams that are too small; of each large team,
agents times agents."""


class Usage(LogSection):
    """The log of uses: agents are told of by team, region, role and age band, never one by one."""

    id: ColumnName = Field(description="Identifier of one use, unique in the log; stored as a keyed hash")
    at: ColumnName = Field(description="Moment of the use")
    task: ColumnName | None = Field(None, description="What was done with the system: a category")
    purpose: ColumnName | None = Field(None, description="The purpose that was declared: a category")
    agent: ColumnName | None = Field(
        None, description="Who used it; stored as a keyed hash, to count how many agents a team has and never told"
    )
    team: ColumnName | None = Field(None, description="Agents appear only as teams of 11 or more")
    region: ColumnName | None = Field(None, description="Where the agent works")
    role: ColumnName | None = Field(None, description="The agent's job: adviser, manager…")
    age_band: ColumnName | None = Field(None, description="The agent's age as a band (25-49); an age is set aside")
    trained_on: ColumnName | None = Field(
        None, description="Day on which the agent was trained for this system; empty: not trained"
    )
    purposes: list[str] = Field(
        [], description="The purposes that the system may be used for, as `purpose` names them; in any case"
    )
    tasks: list[str] = Field([], description="The tasks that it may be used for, as `task` names them; in any case")
    excluded: ColumnName | None = Field(
        None, description="Whether the use is about an offer, or a matter, that is excluded; empty: it is not"
    )
    excluded_when: list[str] = Field(
        list(YES), min_length=1, description="Values of `excluded` that mean that it is; in any case"
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for listed, column in (("purposes", "purpose"), ("tasks", "task")):
            if getattr(self, listed) and getattr(self, column) is None:
                raise ValueError(f"`{listed}` are held to the column `{column}`, which is not declared: name it")
        return self

    @property
    def bounded(self) -> bool:
        """Whether it says what the system may be used for, so that a use can be seen to be another one."""
        return bool(self.purposes or self.tasks)

    @property
    def trained(self) -> bool:
        """Whether it says who used it and when they were trained."""
        return self.agent is not None and self.trained_on is not None

    def part(self, name: str) -> str:
        """Return the name of a part, with a hash of what uses are held to, which tells declarations apart."""
        held = [plain(self.purposes), plain(self.tasks), self.excluded, plain(self.excluded_when)]
        return f"{name} {sha256_hex(canonical_json(held))[:DIGITS]}"


def plain(names: Sequence[str]) -> list[str]:
    """Names as they are held to one another: in any case, each once, in order."""
    return sorted({name.strip().lower() for name in names})


USAGE = LogType(
    name="usage",
    title={"en": "uses", "fr": "usages"},
    noun="use(s)",
    row="use of the system by an agent",
    told="id, moment, and what is declared under `usage`: an agent as a keyed hash, and no age but a band",
    declare="`usage`",
    section=Usage,
    table={
        "batch": "BIGINT",
        "row": "BIGINT",
        "id": "VARCHAR",  # always hashed
        "at": "TIMESTAMP",
        "day": "DATE",
        "task": "VARCHAR",
        "purpose": "VARCHAR",
        "agent": "VARCHAR",  # always a keyed hash
        "team": "VARCHAR",
        "region": "VARCHAR",
        "role": "VARCHAR",
        "age_band": "VARCHAR",
        "trained_on": "DATE",
        "excluded": "VARCHAR",
        "bucket": "UTINYINT",  # of the team
    },
    moment="at",
    reads=(
        KeyReading("id", "id"),
        KeyReading("at", "moment"),
        KeyReading("task", "words"),
        KeyReading("purpose", "words"),
        KeyReading("agent", "agent"),
        KeyReading("team", "team"),
        KeyReading("region", "words"),
        KeyReading("role", "words"),
        KeyReading("age_band", "band"),
        KeyReading("trained_on", "day"),
        KeyReading("excluded", "words"),
    ),
    hashed=True,
    keyed=("agent",),
    cube={
        "month": "DATE",
        "part": "VARCHAR",  # what is counted, and held to which declaration
        "bucket": "UTINYINT",  # of the team
        "n": "BIGINT",
        "cases": "BIGINT",
    },
)
