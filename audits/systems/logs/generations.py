"""Texts that a generative system wrote."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from pydantic import Field, model_validator

from boussole.audits.hashing import canonical_json, sha256_hex
from boussole.audits.systems.kinds import ColumnName
from boussole.audits.systems.logs.calls import Calls
from boussole.audits.systems.logs.log_type import KeyReading, LogSection, LogType
from boussole.audits.systems.logs.texts import HeldTexts, distance, plain, shown


class Generations(LogSection):
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

    sent: ColumnName | None = Field(
        None, description="What went out after the agent's edit: free text, looked at as it comes in and never stored"
    )
    edit_distance: ColumnName | None = Field(
        None, description="Characters that the agent changed (Levenshtein); empty: counted where both texts are there"
    )
    recipient: ColumnName | None = Field(None, description="To whom the text went: a category")
    marked: ColumnName | None = Field(
        None, description="The mark by which the text that went out says that a machine wrote it (`texts` lists them)"
    )
    agent: ColumnName | None = Field(
        None, description="For whom it was written; stored as a keyed hash, to count how many agents a team has"
    )
    shown_at: ColumnName | None = Field(None, description="Moment at which the agent saw the text")
    sent_at: ColumnName | None = Field(None, description="Moment at which the agent sent it, or had done with it")
    words: ColumnName | None = Field(
        None, description="Words that were shown; empty: counted where the text is there (`output`)"
    )
    texts: HeldTexts | None = Field(
        None, description="What the texts themselves are held to, and whether they are stored"
    )

    @model_validator(mode="after")
    def _texts_told(self) -> Self:
        held = self.texts
        for listed, column in (("adverts", "use"), ("outside", "recipient")):
            if held is not None and getattr(held, listed) and getattr(self, column) is None:
                raise ValueError(f"`texts.{listed}` are held to the column `{column}`, which is not declared: name it")
        if held is not None and (held.adverts or held.personal) and self.output is None and self.sent is None:
            raise ValueError("`texts` looks at no column: name `output`, `sent` or both")
        return self

    @property
    def reviewed(self) -> bool:
        """Whether it says what agents of which teams made of texts."""
        return None not in (self.agent, self.team, self.outcome)

    @property
    def timed(self) -> bool:
        """Whether it says besides how long they had a text before them, and how long it is."""
        shown = self.words is not None or self.output is not None
        return self.reviewed and shown and None not in (self.shown_at, self.sent_at)

    @model_validator(mode="after")
    def _marks_told(self) -> Self:
        marking = self.texts.marking if self.texts is not None else None
        if marking is None:
            return self
        asked = {"use": marking.tasks, "recipient": marking.recipients, "marked": True, "outcome": True}
        for column, holds in asked.items():
            if holds and getattr(self, column) is None:
                raise ValueError(f"`texts.marking` is held to the column `{column}`, which is not declared: name it")
        return self


def derived(part: LogSection, texts: Mapping[str, str], read: Mapping[str, str]) -> dict[str, str]:
    """SQL of what the lake holds of texts, from these in clear and the columns that are read."""
    assert isinstance(part, Generations)  # noqa: S101 (the section of this log)
    made = {"edit_distance": distance(texts, read), "words": shown(texts, read) if part.timed else None}
    return (part.texts.found(texts, read) if part.texts else {}) | {name: sql for name, sql in made.items() if sql}


def keeps(part: LogSection) -> bool:
    """Whether texts are stored, encrypted."""
    assert isinstance(part, Generations)  # noqa: S101 (the section of this log)
    return part.texts is None or part.texts.kept


def kept_for(part: LogSection) -> int | None:
    """Days after which a text leaves before its row does."""
    assert isinstance(part, Generations)  # noqa: S101 (the section of this log)
    return part.texts.retain_days if part.texts else None


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
        "edit_distance": "BIGINT",
        "recipient": "VARCHAR",
        "marked": "VARCHAR",
        "agent": "VARCHAR",  # always a keyed hash
        "shown_at": "TIMESTAMP",
        "sent_at": "TIMESTAMP",
        "words": "BIGINT",
        "wording_output": "VARCHAR",  # the criteria found, with a blank between; empty: read, and none; NULL: not read
        "wording_sent": "VARCHAR",
        "personal_output": "VARCHAR",  # the kinds of personal data found, in the same way
        "personal_sent": "VARCHAR",
        "again": "UTINYINT",  # which of two equal hours its moments are (`lake.clocks`)
    },
    moment="at",
    reads=(
        KeyReading("id", "id"),
        KeyReading("at", "moment"),
        KeyReading("input", "sealed"),
        KeyReading("output", "sealed"),
        KeyReading("tokens_in", "whole"),
        KeyReading("tokens_out", "whole"),
        KeyReading("seconds", "number"),
        KeyReading("model_version", "words"),
        KeyReading("use", "words"),
        KeyReading("feedback", "words"),
        KeyReading("team", "team"),
        KeyReading("provider", "words"),
        KeyReading("place", "words"),
        KeyReading("outcome", "words"),
        KeyReading("energy", "number"),
        KeyReading("sent", "looked_at"),
        KeyReading("edit_distance", "whole"),
        KeyReading("recipient", "words"),
        KeyReading("marked", "words"),
        KeyReading("agent", "agent"),
        KeyReading("shown_at", "moment"),
        KeyReading("sent_at", "moment"),
        KeyReading("words", "whole"),
    ),
    keyed=("agent",),
    compared="files",
    derive=derived,
    keeps=keeps,
    kept_for=kept_for,
    cube={
        "month": "DATE",
        "part": "VARCHAR",  # what is counted, and held to which declaration
        "bucket": "UTINYINT",  # of the team, or of the day
        "n": "BIGINT",
        "cases": "BIGINT",
        "by": "VARCHAR",  # of calls: `calls.BY`; NULL: of everybody
        "value1": "VARCHAR",
        "value2": "VARCHAR",
        "value3": "VARCHAR",
    },
)


DIGITS = 12
"""Hexadecimal digits of the hash that tells one declaration from another."""
NAMES = ("changed", "hasty", "untimed", "small", "squares", "months")
CHANGED, HASTY, UNTIMED, SMALL, SQUARES, MONTHS = PARTS = tuple(f"agents_{name}" for name in NAMES)
"""Of large teams: texts of which it is told what became, those that agents changed or rejected; texts sent and of known
time and words, those sent faster than they can be read; texts sent, those of unknown time or words. Of all teams:
texts of which it is told what became, those of teams that are too small. Of each agent of a large team, texts times
texts. Months, of which each is one. All carry what outcomes are held to (`part`)."""


def outcomes(section: Generations) -> tuple[list[str], list[str], list[str]]:
    """The values of `outcome` of a text that went out as written, of one that went out edited, of one for nothing."""
    held, calls = section.texts or HeldTexts(), section.calls or Calls()
    return plain(held.as_written), plain(held.edited), plain(calls.discarded)


def part(section: Generations, name: str) -> str:
    """The name of a part, with a hash of what outcomes are held to: counts of another are not taken for it."""
    return f"{name} {sha256_hex(canonical_json(list(outcomes(section))))[:DIGITS]}"
