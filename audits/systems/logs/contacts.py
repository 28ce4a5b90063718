"""Messages to people, when they replied, and whether they asked to be left alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from boussole.audits.hashing import canonical_json, sha256_hex
from boussole.audits.reasons import Reason
from boussole.audits.systems.kinds import ColumnName, Strict
from boussole.audits.systems.logs.log_type import Follow, KeyReading, LogSection, LogType, NoteKind

OPT_OUT = ("opt-out", "opt_out", "optout", "stop")
"""Kinds of row that are somebody asking to be left alone, where the system file names none."""

HOURS, PLACED, TIMED, OFTEN, STOPPED = PARTS = ("hours", "placed", "timed", "often", "stopped")
"""Messages, outside decent hours; those whose department is not known; those without a time of day; people written to,
too often; people who had said STOP, written to all the same."""
MOST, DAYS = 4, 30
"""Messages to one person in so many days, at most: the same source."""
FIRST, UNTOLD, LACKING = ("first", "untold", "lacking")
"""First messages to people that name their template, without an approved notice; all of them, without a template; those
whose template is known to lack the notice. Each carries which notices were approved (`Contacts.part`)."""
DIGITS = 12
"""Hexadecimal digits of the hash that tells one declaration from another."""
LATE = "late"
"""What is counted of replies by group: those that came after the list had closed."""
REACHED, SILENT = ("reached", "silent")
"""People and lists that they were written to about, replied to in time; decisions about people who had been written to
in the `SILENT_DAYS` before, with who got through the first stage."""
SILENT_DAYS = 60
OVERSEAS = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "975": "America/Miquelon",
    "976": "Indian/Mayotte",
    "977": "America/St_Barthelemy",
    "978": "America/Marigot",
}
"""Departments and collectivities overseas, and their time zones."""
MAINLAND_CODES = (*(f"{number:02}" for number in range(1, 96) if number != 20), "2A", "2B")
NO, YES = ("no", "non", "false", "0"), ("yes", "oui", "true", "1")
GRACE_HOURS = 24
"""So long may machines take to heed a STOP."""
STOPS_KEPT_YEARS = 3
"""A STOP outlives the other rows of a purge for so long after it was said: who does not know it cannot heed it, nor see
that it was not. Source: CNIL (2022), référentiel on the management of commercial activities: at least three years."""

STOP_NEEDS = ("batch", "row", "id", "at", "day", "bucket", "person", "kind", "again")
"""Columns that a STOP keeps when the messages of its day leave: who said it, when, and where its row is from."""


Named = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class Notice(Strict):
    """A notice in a template of messages that a machine writes: when somebody approved it, or that it has none."""

    approved_on: dt.date | None = Field(None, description="When the notice in this template was approved")
    document: Named | None = Field(None, description="Where that can be read: a number, a title")
    missing: Named | None = Field(None, description="Instead of both: why this template has no notice")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.approved_on is None) == (self.missing is None):
            raise ValueError("give exactly one of `approved_on` and `missing`")
        if self.missing is not None and self.document is not None:
            raise ValueError("a `document` belongs to a notice that was approved, not to `missing`")
        return self


class Contacts(LogSection):
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

    template: ColumnName | None = Field(None, description="The template of a message, with its version")
    notices: dict[Named, Notice] = Field(
        {}, description="Templates as `template` names them, and whether they say that a machine writes"
    )

    @model_validator(mode="after")
    def _told(self) -> Self:
        if self.notices and self.template is None:
            raise ValueError("`notices` are those of the column `template`, which is not declared: name it")
        return self

    def part(self, name: str) -> str:
        """The name of a part, with a hash of the approved notices: counts of others are not taken for it."""
        held = sorted([each, str(told.approved_on or "")] for each, told in self.notices.items())
        return f"{name} {sha256_hex(canonical_json(held))[:DIGITS]}"

    @property
    def stop(self) -> str:
        """SQL: whether a row is a STOP of the person."""
        kinds = [kind.strip().lower().replace("'", "''") for kind in self.opt_out]
        listed = ", ".join(f"'{kind}'" for kind in kinds)
        return f"lower(trim(kind)) IN ({listed})"


def code_of(department: str) -> str:
    """SQL: a department as it is usually written: two digits or three; NULL where none is told."""
    return f"CASE WHEN length(trim({department})) = 1 THEN '0' || trim({department}) ELSE upper(trim({department})) END"


def known_code(code: str) -> str:
    """SQL: whether it is a department whose clock is known."""
    listed = ", ".join(f"'{each}'" for each in (*MAINLAND_CODES, *OVERSEAS))
    return f"{code} IN ({listed})"


def noted(part: LogSection) -> dict[str, tuple[NoteKind, Callable[[str], str]]]:
    """Departments that are not known, and answers on smartphones that mean neither yes nor no."""
    assert isinstance(part, Contacts)  # noqa: S101 (the section of this log)
    values = [value.strip().lower().replace("'", "''") for value in (*part.no_smartphone, *part.with_smartphone)]
    answers = ", ".join(f"'{value}'" for value in values)
    return {
        "department": ("unknown_department", lambda cell: f"coalesce(NOT {known_code(code_of(cell))}, false)"),
        "smartphone": ("unread_value", lambda cell: f"coalesce(lower({cell}) NOT IN ({answers}), false)"),
    }


CONTACTS = LogType(
    name="contacts",
    title={"en": "messages to people", "fr": "messages envoyés"},
    noun="message(s)",
    row="message to a person",
    told="person, moment, kind, moment of the reply, department, moment at which the list closed, smartphone, template",
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
        "template": "VARCHAR",
        "again": "UTINYINT",  # which of two equal hours its moments are (`lake.clocks`)
    },
    moment="at",
    reads=(
        KeyReading("person", "person"),
        KeyReading("at", "moment"),
        KeyReading("kind", "words", missing=Reason.KIND_MISSING),
        KeyReading("reply_at", "moment", not_before=("at", Reason.OLD_REPLY)),
        KeyReading("department", "words"),
        KeyReading("closes_at", "moment", not_before=("at", Reason.CLOSED_BEFORE), to_come=True),
        KeyReading("smartphone", "words"),
        KeyReading("template", "words"),
    ),
    identity=("person", "at", "kind"),
    hashed=True,
    compared="never",
    follow=Follow.RENEWED,
    renewed=("reply_at", "replies"),
    noted=noted,
    cube={
        "month": "DATE",
        "part": "VARCHAR",  # what is counted (`PARTS`)
        "bucket": "UTINYINT",
        "n": "BIGINT",  # messages, or people written to; or who had said STOP
        "cases": "BIGINT",  # of these, those outside the hours; who got too many; who were written to
    },
)
