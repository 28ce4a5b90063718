"""Messages to people, when they replied, and whether they asked to be left alone."""

from __future__ import annotations

from typing import Any

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from boussole.audits.systems.kinds import ColumnName
from boussole.audits.systems.logs.log_type import Follow, LogType, Read, Section

OPT_OUT = ("opt-out", "opt_out", "optout", "stop")
"""Kinds of row that are somebody asking to be left alone, where the system file names none."""

HOURS, PLACED, TIMED, OFTEN, STOPPED = PARTS = ("hours", "placed", "timed", "often", "stopped")
"""Messages, outside decent hours; those whose department is not known; those without a time of day; people written to,
too often; people who had said STOP, written to all the same."""
MOST, DAYS = 4, 30
"""Messages to one person in so many days, at most: the same source."""
LATE, PROMPT, WAIT, ANSWERED = ("late", "prompt", "wait", "answered")
"""What is counted of replies by group: those that came after the list had closed; those within `PROMPT_HOURS` of the
message, of all messages; how many minutes they took, `WAITED` at most; the same replies by person, without minutes."""
PROMPT_HOURS, WAITED = 5, 20160
REACHED, SILENT = ("reached", "silent")
"""People and lists that they were written to about, replied to in time; decisions about people who had been written to
in the `SILENT_DAYS` before, with who got through the first stage."""
SILENT_DAYS = 60
NO, YES = ("no", "non", "false", "0"), ("yes", "oui", "true", "1")
GRACE_HOURS = 24
"""So long may machines take to heed a STOP."""
STOPS_KEPT_YEARS = 3
"""A STOP outlives the other rows of a purge for so long after it was said: who does not know it cannot heed it, nor see
that it was not. Source: CNIL (2022), référentiel on the management of commercial activities: at least three years."""

STOP_NEEDS = ("batch", "row", "id", "at", "day", "bucket", "person", "kind")
"""Columns that a STOP keeps when the messages of its day leave: who said it, when, and where its row is from."""


class Contacts(Section):
    person: ColumnName = Field(description="The person written to")
    at: ColumnName = Field(description="Moment of the message")
    kind: ColumnName = Field(description="Kind of message: contact, opt-out…")
    reply_at: ColumnName | None = Field(None, description="Moment of the reply")
    department: ColumnName | None = Field(
        None, description="Department of the person (75, 2A, 974): whose hours and public holidays count"
    )
    closes_at: ColumnName | None = Field(
        None, description="Moment at which the list, or the offer, that a message is about closed: later is too late"
    )
    smartphone: ColumnName | None = Field(None, description="Whether the person has a smartphone")
    no_smartphone: list[str] = Field(
        list(NO), min_length=1, description="Values of `smartphone` that mean that they have none; in any case"
    )
    with_smartphone: list[str] = Field(
        list(YES), min_length=1, description="Values that mean that they have one; of any other, it is not known"
    )
    opt_out: list[str] = Field(
        list(OPT_OUT), min_length=1, description="Kinds that are a STOP of the person, and no message; in any case"
    )

    @model_serializer(mode="wrap")
    def _as_before(self, written: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """A section that says nothing of these is written, and hashed, as before there were any."""
        found: dict[str, Any] = written(self)
        unsaid: dict[str, Any] = {"department": None, "closes_at": None, "opt_out": list(OPT_OUT)}
        unsaid |= {"smartphone": None, "no_smartphone": list(NO), "with_smartphone": list(YES)}
        return {name: value for name, value in found.items() if name not in unsaid or value != unsaid[name]}

    @property
    def stop(self) -> str:
        """SQL: whether a row is a STOP of the person."""
        kinds = [kind.strip().lower().replace("'", "''") for kind in self.opt_out]
        listed = ", ".join(f"'{kind}'" for kind in kinds)
        return f"lower(trim(kind)) IN ({listed})"


CONTACTS = LogType(
    name="contacts",
    title={"en": "messages to people", "fr": "messages envoyés"},
    noun="message(s)",
    row="message to a person",
    told="person, moment, kind, moment of the reply, department, moment at which the list closed, smartphone",
    declare="`contacts`",
    section=Contacts,
    table={
        "batch": "BIGINT",
        "row": "BIGINT",
        "id": "VARCHAR",  # of the message: person, moment and kind together, hashed
        "at": "TIMESTAMP",
        "day": "DATE",
        "bucket": "UTINYINT",  # of the person
        "person": "VARCHAR",
        "kind": "VARCHAR",
        "reply_at": "TIMESTAMP",
        "department": "VARCHAR",
        "closes_at": "TIMESTAMP",
        "smartphone": "VARCHAR",
    },
    moment="at",
    reads=(
        Read("person", "person"),
        Read("at", "moment"),
        Read("kind", "words", missing="the kind of message is missing"),
        Read("reply_at", "moment", not_before=("at", "the reply is older than the message")),
        Read("department", "words"),
        Read("closes_at", "moment"),
        Read("smartphone", "words"),
    ),
    identity=("person", "at", "kind"),
    hashed=True,
    compared="never",
    follow=Follow.RENEWED,
    renewed=("reply_at", "replies"),
    cube={
        "month": "DATE",
        "part": "VARCHAR",  # what is counted (`PARTS`)
        "bucket": "UTINYINT",
        "n": "BIGINT",  # messages, or people written to; or who had said STOP
        "cases": "BIGINT",  # of these, those outside the hours; who got too many; who were written to
    },
)
