"""Lateness, counted by hand on a calendar."""

from __future__ import annotations

import datetime as dt

import pytest

from boussole.audits.decisions.freshness import Late, lateness
from boussole.audits.systems.kinds import Every

at = dt.datetime.fromisoformat
NEWEST = at("2026-09-30T23:59")


@pytest.mark.parametrize(
    ("every", "last_on_time", "first_late"),
    [
        ("day", "2026-10-01", "2026-10-02"),
        ("week", "2026-10-07", "2026-10-08"),
        ("month", "2026-10-31", "2026-11-01"),
        ("quarter", "2026-12-31", "2027-01-01"),
        ("year", "2027-10-01", "2027-10-02"),
    ],
)
def test_a_source_is_late_from_the_day_after_the_longest_time_it_may_take(
    every: Every, last_on_time: str, first_late: str
) -> None:
    assert lateness(every, NEWEST, at(f"{last_on_time}T23:59")) is None
    assert lateness(every, NEWEST, at(first_late)) == Late(1, "day")


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-09-30T12:29", None),
        ("2026-09-30T12:30", Late(1, "hour")),
        ("2026-10-01T10:30", Late(23, "hour")),
        ("2026-10-01T11:30", Late(1, "day")),
    ],
)
def test_hours_are_counted_until_they_make_a_day(now: str, expected: Late | None) -> None:
    assert lateness("hour", at("2026-09-30T10:30"), at(now)) == expected


def test_nothing_is_late_that_nobody_waits_for_or_that_a_clock_ahead_has_written() -> None:
    assert lateness(None, NEWEST, at("2036-01-01")) is None
    assert lateness("day", NEWEST, at("2026-09-29")) is None
    assert lateness("hour", NEWEST, at("2026-09-29")) is None
