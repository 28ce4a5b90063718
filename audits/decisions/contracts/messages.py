"""The contracts of messages to people and of generated texts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from audits.decisions.contracts.base import Contract, Needs, day_of
from audits.decisions.contracts.columns import ColumnReader
from audits.privacy.pseudonyms import bucket, pseudonym
from audits.systems.logs import Contacts, Generations
from audits.systems.model import System


def _contacts(system: System) -> Contacts:
    assert system.contacts is not None  # noqa: S101 (its log is declared)
    return system.contacts


def _generations(system: System) -> Generations:
    assert system.generations is not None  # noqa: S101
    return system.generations


def contact_needs(system: System) -> Needs:
    """Who, when and what kind; the reply may come later."""
    names = _contacts(system)
    return Needs.of([names.person, names.at, names.kind], [names.reply_at])


def contacts(system: System, types: Mapping[str, str], *, now: dt.datetime) -> Contract:
    """One row for each message; person, moment and kind together are its identity."""
    names = _contacts(system)
    made = Contract(system, "contacts", ColumnReader(types), names.person)
    made.key("person", names.person, "person")
    local = made.moment("at", names.at, now=now)
    made.fault(made.read.absent(names.kind), names.kind, "the kind of message is missing")
    made.words("kind", names.kind)
    if names.reply_at and made.has(names.reply_at):
        reply = made.moment("reply_at", names.reply_at, now=now, required=False)
        made.fault(f"coalesce(({reply}) < ({local}), false)", names.reply_at, "the reply is older than the message")
    made.select["day"] = day_of(local)
    made.select["bucket"] = bucket(made.read.text(names.person))
    # From the clear person, like every other pseudonym: a rotation of keys takes the stored ones along.
    parts = f"{made.read.text(names.person)} || chr(2) || CAST({local} AS VARCHAR) || chr(2) || {made.select['kind']}"
    made.select["id"] = pseudonym(parts)
    return made.complete()


def generation_needs(system: System) -> Needs:
    """An id and a moment; the rest is read where it is there."""
    names = _generations(system)
    rest = [names.input, names.output, names.model_version, names.tokens_in, names.tokens_out]
    return Needs.of([names.id, names.at], [*rest, names.seconds, names.use, names.team, names.feedback])


def generations(system: System, types: Mapping[str, str], *, now: dt.datetime) -> Contract:
    """One row for each text; what was asked and what was written are encrypted before they are inserted."""
    names = _generations(system)
    made = Contract(system, "generations", ColumnReader(types), names.id)
    made.identify([names.id])
    made.select["day"] = day_of(made.moment("at", names.at, now=now))
    for role, column in (("input", names.input), ("output", names.output)):
        if column and made.has(column):
            made.select[role] = f"seal_text({made.read.text(column)})"
    for role, column in (("tokens_in", names.tokens_in), ("tokens_out", names.tokens_out)):
        if column and made.has(column):
            made.whole(role, column)
    if names.seconds and made.has(names.seconds):
        made.number("seconds", names.seconds)
    for role, column in (("model_version", names.model_version), ("use", names.use), ("feedback", names.feedback)):
        if column and made.has(column):
            made.words(role, column)
    if names.team and made.has(names.team):
        made.select["team"] = made.identifier(names.team)
    return made.complete()
