"""What agents use a system for: one row per use, and nobody's name."""

from __future__ import annotations

from pydantic import Field

from boussole.audits.systems.kinds import ColumnName
from boussole.audits.systems.logs.log_type import LogType, Read, Section


class Usage(Section):
    """The log of uses: agents are told of by team, region, role and age band, never one by one."""

    id: ColumnName = Field(description="Identifier of one use, unique in the log; stored as a keyed hash")
    at: ColumnName = Field(description="Moment of the use")
    task: ColumnName | None = Field(None, description="What was done with the system: a category")
    purpose: ColumnName | None = Field(None, description="The purpose that was declared: a category")
    team: ColumnName | None = Field(None, description="Agents appear only as teams of 11 or more")
    region: ColumnName | None = Field(None, description="Where the agent works")
    role: ColumnName | None = Field(None, description="The agent's job: adviser, manager…")
    age_band: ColumnName | None = Field(None, description="The agent's age as a band (25-49); an age is set aside")
    trained_on: ColumnName | None = Field(
        None, description="Day on which the agent was trained for this system; empty: not trained"
    )


USAGE = LogType(
    name="usage",
    title={"en": "uses", "fr": "usages"},
    noun="use(s)",
    row="use of the system by an agent",
    told="id, moment, and what is declared under `usage`: no name, and no age but a band",
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
        "team": "VARCHAR",
        "region": "VARCHAR",
        "role": "VARCHAR",
        "age_band": "VARCHAR",
        "trained_on": "DATE",
    },
    moment="at",
    reads=(
        Read("id", "id"),
        Read("at", "moment"),
        Read("task", "words"),
        Read("purpose", "words"),
        Read("team", "identifier"),
        Read("region", "words"),
        Read("role", "words"),
        Read("age_band", "band"),
        Read("trained_on", "day"),
    ),
    hashed=True,
)
