"""Texts that a generative system wrote."""

from __future__ import annotations

from pydantic import Field

from boussole.audits.systems.kinds import ColumnName
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
        Read("team", "identifier"),
    ),
    compared="files",
)
