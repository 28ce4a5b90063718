"""Messages to people, and when they replied."""

from __future__ import annotations

from pydantic import Field

from boussole.audits.systems.kinds import ColumnName
from boussole.audits.systems.logs.log_type import Follow, LogType, Read, Section


class Contacts(Section):
    person: ColumnName = Field(description="The person written to")
    at: ColumnName = Field(description="Moment of the message")
    kind: ColumnName = Field(description="Kind of message: contact, opt-out…")
    reply_at: ColumnName | None = Field(None, description="Moment of the reply")


CONTACTS = LogType(
    name="contacts",
    title={"en": "messages to people", "fr": "messages envoyés"},
    noun="message(s)",
    row="message to a person",
    told="person, moment, kind, moment of the reply",
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
    },
    moment="at",
    reads=(
        Read("person", "person"),
        Read("at", "moment"),
        Read("kind", "words", missing="the kind of message is missing"),
        Read("reply_at", "moment", not_before=("at", "the reply is older than the message")),
    ),
    identity=("person", "at", "kind"),
    hashed=True,
    compared="never",
    follow=Follow.RENEWED,
    renewed=("reply_at", "replies"),
)
