"""The log of controls of people's search for work, one row per control, and what triggered each."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from boussole.audits.hashing import canonical_json, sha256_hex
from boussole.audits.systems.kinds import ColumnName
from boussole.audits.systems.logs.log_type import KeyReading, LogSection, LogType
from boussole.audits.systems.logs.usage import plain

DIGITS = 12
"""Hexadecimal digits of the hash that tells one declaration from another."""
PARTS = ("from_replies", "untold")
FROM_REPLIES, UNTOLD = PARTS
"""What is counted of people controlled in a month: those whom a reply, or its absence, led to be controlled, of those
of whom it is told; of all, those of whom nobody can tell. Each carries what triggers are held to
(`SearchControls.part`)."""
CONTROLLED = "controlled"
"""Days of people after they had answered a message in time or had not, by whether they were controlled that day."""


class SearchControls(LogSection):
    """The log of controls: each key but the last four names a column."""

    person: ColumnName = Field(description="The person controlled, named as the log of messages names people")
    at: ColumnName = Field(description="Day on which the control began")
    trigger: ColumnName | None = Field(None, description="What it was triggered by: a category; empty: not known")
    triggers: list[str] = Field(
        [], description="Values of `trigger` that have nothing to do with replies to this system; in any case"
    )
    from_replies: list[str] = Field(
        [],
        description="Values of `trigger` that mean that a reply to a message of this system, or its absence, led to "
        "the control; in any case",
    )
    answer_days: int = Field(
        7, ge=0, le=90, description="So many days after a message, who has not answered it counts as silent"
    )
    span_days: int = Field(30, ge=1, le=366, description="So many days after that, a control may have come of it")

    @model_validator(mode="after")
    def _told(self) -> Self:
        named = bool(self.triggers), bool(self.from_replies)
        if any(named) and self.trigger is None:
            raise ValueError(
                "`triggers` and `from_replies` are those of the column `trigger`, which is not declared: name it"
            )
        if named[0] != named[1]:
            raise ValueError(
                "give both `triggers` and `from_replies`, so that each control can be told to be of one or the other"
            )
        if both := sorted({*plain(self.triggers)} & {*plain(self.from_replies)}):
            raise ValueError(f"in both `triggers` and `from_replies`: {', '.join(both)}")
        return self

    @property
    def told(self) -> bool:
        """Whether it says which triggers come from replies, and which do not."""
        return bool(self.triggers and self.from_replies)

    def part(self, name: str) -> str:
        """The name of a part, with a hash of what triggers are held to: counts of another are not taken for it."""
        held = [plain(self.triggers), plain(self.from_replies)]
        return f"{name} {sha256_hex(canonical_json(held))[:DIGITS]}"


SEARCH_CONTROLS = LogType(
    name="search_controls",
    title={"en": "controls of the search for work", "fr": "contrôles de la recherche d’emploi"},
    noun="control(s)",
    row="control of a person’s search for work",
    told="person, day, what it was triggered by",
    declare="`search_controls`",
    section=SearchControls,
    table={
        "batch": "BIGINT",
        "row": "BIGINT",
        "id": "VARCHAR",  # of the control: person, day and trigger together, hashed
        "at": "TIMESTAMP",
        "day": "DATE",
        "bucket": "UTINYINT",  # of the person
        "person": "VARCHAR",
        "trigger": "VARCHAR",
    },
    moment="at",
    reads=(KeyReading("person", "person"), KeyReading("at", "moment"), KeyReading("trigger", "words")),
    identity=("person", "at", "trigger"),
    hashed=True,
    compared="never",
    cube={
        "month": "DATE",
        "part": "VARCHAR",  # what is counted, and held to which declaration
        "bucket": "UTINYINT",  # of the person
        "n": "BIGINT",
        "cases": "BIGINT",
    },
)
