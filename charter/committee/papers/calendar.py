"""A session as a calendar file (RFC 5545): moved and cancelled sessions replace what a calendar already holds."""

from __future__ import annotations

import datetime as dt
import uuid
import zoneinfo

from icalendar import Calendar, Event

from boussole.audits.hashing import canonical_json
from boussole.charter.committee.meetings.sessions import Session
from boussole.charter.committee.papers.words import PaperWords

NAMESPACE = uuid.UUID("8f1c8f6e-3a4e-5b0c-9c9e-0d5c0b7a51b1")
"""That of sessions, so that the same convocation gives the same name everywhere."""


def calendar_file(session: Session, *, lang: str) -> bytes:
    """The session as it stands. Its `UID` names the first convocation, its `SEQUENCE` counts the changes since."""
    words = PaperWords(lang)
    calendar = Calendar()
    calendar.add("prodid", "-//Boussole//committee//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if session.cancelled else "PUBLISH")
    calendar.add_component(_event(session, words))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(session: Session, words: PaperWords) -> Event:
    call, zone = session.call, zoneinfo.ZoneInfo(session.call.timezone)
    last = session.cancelled.on if session.cancelled else call.on
    event = Event()
    event.add("uid", str(uuid.uuid5(NAMESPACE, canonical_json(session.calls[0][1].model_dump(mode="json")).decode())))
    event.add("sequence", len(session.calls) - 1 + bool(session.cancelled))
    event.add("dtstamp", dt.datetime.combine(last, dt.time(), dt.UTC))
    event.add("dtstart", call.starts.replace(tzinfo=zone))
    event.add("dtend", call.ends.replace(tzinfo=zone))
    event.add("status", "CANCELLED" if session.cancelled else "CONFIRMED")
    event.add("location", call.place)
    kind = "session" if call.session == "ordinary" else "extraordinary_session"
    event.add("summary", words(kind, committee=words.text(session.rules.title)))
    event.add("description", "\n".join(description(session, words)))
    return event


def description(session: Session, words: PaperWords) -> list[str]:
    """What somebody must know who is called: the agenda, and what is special about this session."""
    call = session.call
    notes = [words("second_call")] if not session.needs_quorum else []
    notes += [words("urgent", reason=call.text)] if call.urgent else []
    notes += [words("from_afar")] if call.remote else []
    items = [f"{number}. {item.title}" for number, item in enumerate(call.agenda, 1)]
    return [*notes, words("agenda"), *items]
