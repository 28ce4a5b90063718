"""Calendar files: read back by another reading than ours, moved and cancelled sessions included."""

from __future__ import annotations

import datetime as dt

from icalendar import Calendar

from boussole.charter.committee.meetings.sessions import session
from boussole.charter.committee.papers.calendar import calendar_file
from boussole.charter.record_types.acts import Cancellation, Item
from tests.charter.committee.desk import CALLED, DAY, SAID, START, Desk


def event(desk, of, lang="en"):
    content = calendar_file(session(desk.house, of), lang=lang)
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    calendar = Calendar.from_ical(content)
    (found,) = calendar.walk("VEVENT")
    return calendar, found


def test_a_session_in_winter_and_one_in_summer_are_at_their_hour():
    desk = Desk()
    for starts, utc in ((START, "12:00"), (dt.datetime(2026, 12, 3, 14, 0), "13:00")):  # noqa: DTZ001
        calendar, found = event(desk, desk.call(starts=starts, ends=starts + dt.timedelta(hours=2)))
        assert found["dtstart"].params["TZID"] == "Europe/Paris"
        assert found.decoded("dtstart").astimezone(dt.UTC).strftime("%H:%M") == utc
        assert [zone["tzid"] for zone in calendar.walk("VTIMEZONE")] == ["Europe/Paris"]
        assert found.decoded("dtend") - found.decoded("dtstart") == dt.timedelta(hours=2)


def test_it_says_what_when_and_where_in_both_languages():
    desk = Desk()
    agenda = [Item(id="a", title="L’équité, les seuils; la suite\\fin"), Item(id="b", title="Vœux")]
    of = desk.call(
        agenda=agenda, place="Salle 1, 2e étage", session="extraordinary", urgent=True, text="Incident grave"
    )
    calendar, english = event(desk, of)
    _, french = event(desk, of, "fr")
    assert str(english["summary"]) == "External ethics committee: extraordinary session"
    assert str(french["summary"]) == "Comité d’éthique externe\u202f: séance extraordinaire"
    assert str(french["description"]).splitlines() == [
        "Convocation en urgence\u202f: Incident grave",
        "On peut y prendre part à distance.",
        "Ordre du jour",
        "1. L’équité, les seuils; la suite\\fin",
        "2. Vœux",
    ]
    assert str(french["location"]) == "Salle 1, 2e étage"
    assert (str(calendar["method"]), str(english["status"])) == ("PUBLISH", "CONFIRMED")
    assert english["uid"] == french["uid"]


def test_a_change_and_a_cancellation_replace_what_a_calendar_holds():
    desk = Desk()
    of, other = desk.call(), desk.call(place="Room 2")
    _, first = event(desk, of)
    assert event(desk, other)[1]["uid"] != first["uid"]
    desk.call(amends=of, place="Room 3", on=CALLED + dt.timedelta(days=1))
    _, moved = event(desk, of)
    desk.seal(Cancellation(**SAID, on=DAY, of=of))
    calendar, gone = event(desk, of)
    assert first["uid"] == moved["uid"] == gone["uid"]
    assert [each["sequence"] for each in (first, moved, gone)] == [0, 1, 2]
    assert (str(calendar["method"]), str(gone["status"]), str(moved["location"])) == ("CANCEL", "CANCELLED", "Room 3")
