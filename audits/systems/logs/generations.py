"""Texts that a generative system wrote."""

from __future__ import annotations

from typing import Any

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from boussole.audits.systems.kinds import ColumnName
from boussole.audits.systems.logs.calls import Calls
from boussole.audits.systems.logs.log_type import LogType, Read, Section


class Generations(Section):
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
    provider: ColumnName | None = Field(None, description="Who ran the model")
    place: ColumnName | None = Field(None, description="Where the model ran: a country, a region, a data centre")
    outcome: ColumnName | None = Field(
        None, description="What became of the text: kept, edited, rejected, regenerated (`calls` lists the values)"
    )
    energy: ColumnName | None = Field(None, description="Electricity of the call, in watt-hours, where it was metered")
    calls: Calls | None = Field(None, description="What calls of models are held to, and on what they run")

    @model_serializer(mode="wrap")
    def _as_before(self, written: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """A section that says nothing of calls is written, and hashed, as before there were any."""
        found: dict[str, Any] = written(self)
        return {name: value for name, value in found.items() if value is not None or name not in OF_CALLS}


OF_CALLS = ("provider", "place", "outcome", "energy", "calls")
"""The keys that say something of the call behind a text."""


GENERATIONS = LogType(
    name="generations",
    title={"en": "generated texts", "fr": "textes générés"},
    noun="text(s)",
    row="text that a model wrote",
    told="id, moment, and what is declared under `generations`",
    declare="`generations`",
    section=Generations,
    table={
        "batch": "BIGINT",
        "row": "BIGINT",
        "id": "VARCHAR",
        "at": "TIMESTAMP",
        "day": "DATE",
        "model_version": "VARCHAR",
        "input": "BLOB",  # encrypted before it is inserted
        "output": "BLOB",
        "tokens_in": "BIGINT",
        "tokens_out": "BIGINT",
        "seconds": "DOUBLE",
        "use": "VARCHAR",
        "team": "VARCHAR",
        "feedback": "VARCHAR",
        "provider": "VARCHAR",
        "place": "VARCHAR",
        "outcome": "VARCHAR",
        "energy": "DOUBLE",  # watt-hours, where they were metered
        "bucket": "UTINYINT",  # of the team
    },
    moment="at",
    reads=(
        Read("id", "id"),
        Read("at", "moment"),
        Read("input", "sealed"),
        Read("output", "sealed"),
        Read("tokens_in", "whole"),
        Read("tokens_out", "whole"),
        Read("seconds", "number"),
        Read("model_version", "words"),
        Read("use", "words"),
        Read("feedback", "words"),
        Read("team", "team"),
        Read("provider", "words"),
        Read("place", "words"),
        Read("outcome", "words"),
        Read("energy", "number"),
    ),
    compared="files",
    cube={
        "month": "DATE",
        "part": "VARCHAR",  # what is counted, and held to which declaration
        "bucket": "UTINYINT",  # of the team, or of the day
        "n": "BIGINT",
        "cases": "BIGINT",
        "by": "VARCHAR",  # of calls: provider*place*model; NULL: of everybody
        "value1": "VARCHAR",
        "value2": "VARCHAR",
        "value3": "VARCHAR",
    },
)
