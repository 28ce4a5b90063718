"""Changes of clocks, as SQL: instants of local times, and hours that a zone skips or has twice (`again`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from zoneinfo import ZoneInfo

from boussole.audits.lake.tables import literal, quote
from boussole.audits.log_names import LogName
from boussole.audits.systems.logs import LOG_TYPES
from boussole.audits.systems.model import System

FIRST, SECOND = 1, 2
"""Which of two equal hours is meant; 0 or NULL: nobody said."""
AGAIN = "again"
"""The column that tells it."""
SINCE, AHEAD = 1989, 2
"""The year from which changes are looked for, and how many years ahead."""
HOUR = 3_600_000_000
"""Microseconds."""


@dataclass(frozen=True)
class Change:
    """A change of clocks: when, in UTC, and the offsets before and after it."""

    at: dt.datetime
    before: dt.timedelta
    after: dt.timedelta

    @property
    def skips(self) -> bool:
        """Whether local times are skipped, and not had twice."""
        return self.after > self.before

    @property
    def span(self) -> tuple[dt.datetime, dt.datetime]:
        """The local times that are skipped, or that there are twice: from the first, up to the last without it."""
        first, last = sorted((self.at + self.before, self.at + self.after))
        return first, last


@cache
def changes(zone: str, until: int) -> tuple[Change, ...]:
    """Return the changes of clocks of a zone up to the end of a year, oldest first."""
    there, found, step = ZoneInfo(zone), [], dt.timedelta(days=1)
    moment, end = dt.datetime(SINCE, 1, 1, tzinfo=dt.UTC), dt.datetime(until + 1, 1, 1, tzinfo=dt.UTC)

    def offset(at: dt.datetime) -> dt.timedelta:
        return at.astimezone(there).utcoffset() or dt.timedelta()

    while moment < end:
        low, high = moment, moment + step
        if offset(low) != offset(high):
            while high - low > dt.timedelta(minutes=1):
                middle = low + dt.timedelta(minutes=(high - low) // dt.timedelta(minutes=1) // 2)
                low, high = (middle, high) if offset(middle) == offset(low) else (low, middle)
            found.append(Change(high.replace(tzinfo=None), offset(low), offset(high)))
        moment += step
    return tuple(found)


def _changes(zone: str) -> tuple[Change, ...]:
    return changes(zone, dt.datetime.now(dt.UTC).year + AHEAD)


def skipped(local: str, zone: str) -> str:
    """SQL: whether a local time (SQL) is one that the zone skips; midnight sharp stands for a day, and is none."""
    return _within(local, [change for change in _changes(zone) if change.skips])


def twice(local: str, zone: str) -> str:
    """SQL: whether the zone has a local time (SQL) twice; midnight sharp stands for a day."""
    return _within(local, _repeated(zone))


def _repeated(zone: str) -> list[Change]:
    return [change for change in _changes(zone) if not change.skips]


def _within(local: str, found: Iterable[Change]) -> str:
    """SQL: whether a local time lies in what some changes skip or repeat. The hour is looked at first: it is cheap."""
    spans = [change.span for change in found]
    if not spans:
        return "false"
    touched = [hour for span in spans for hour in _hours(*span)]
    hours = ", ".join(map(str, sorted({hour.hour for hour in touched})))
    if all(moment.minute == 0 for span in spans for moment in span):
        listed = ", ".join(f"TIMESTAMP '{hour:%Y-%m-%d %H:%M}'" for hour in touched)
        # No IN: of so many values DuckDB makes a join, of all rows, and even where nobody asks for the column.
        inside = f"list_contains([{listed}], date_trunc('hour', {local}))"
    else:
        inside = " OR ".join(
            f"({local} >= TIMESTAMP '{first}' AND {local} < TIMESTAMP '{last}')" for first, last in spans
        )
    there = f"CAST({local} AS TIME) <> TIME '00:00:00' AND ({inside})"
    return f"coalesce(CASE WHEN hour({local}) IN ({hours}) THEN {there} ELSE false END, false)"


def _hours(first: dt.datetime, last: dt.datetime) -> Iterable[dt.datetime]:
    """The hours of the clock that two moments lie in, and those between them."""
    hour = first.replace(minute=0)
    while hour < last:
        yield hour
        hour += dt.timedelta(hours=1)


def said(local: str, moment: str, zone: str, *, repeated: str) -> str:
    """Return SQL of which of two equal hours a TIMESTAMPTZ `moment` means; 0 where there is only one."""
    spans = {change.before - change.after for change in _repeated(zone)}
    if not spans:
        return "0"
    same = " OR ".join(
        f"(({moment}) - INTERVAL {span // dt.timedelta(minutes=1)} MINUTE) AT TIME ZONE {literal(zone)} = {local}"
        for span in sorted(spans)
    )
    return f"CASE WHEN {repeated} THEN CASE WHEN {same} THEN {SECOND} ELSE {FIRST} END ELSE 0 END"


@dataclass(frozen=True)
class Moment:
    """SQL of a local time: whether there is that one `twice`, and which of the two it is (`code`; 0: nobody said)."""

    local: str
    twice: str
    code: str = "0"

    @classmethod
    def of(cls, local: str, zone: str, code: str = "0") -> Moment:
        return cls(local, twice(local, zone), code)


def surely_before(one: Moment, other: Moment) -> str:
    """Return SQL that tells whether a moment is surely before another, by their days where one has no time."""
    untimed = " OR ".join(f"CAST({moment.local} AS TIME) = TIME '00:00:00'" for moment in (one, other))
    days = f"CAST({one.local} AS DATE) < CAST({other.local} AS DATE)"
    plain, same = f"{one.local} < {other.local}", same_hours(one, other)
    exact = plain
    if same != "false":
        latest = f"(CASE WHEN {one.code} = {FIRST} THEN 1 ELSE 2 END)"
        earliest = f"(CASE WHEN {other.code} = {SECOND} THEN 2 ELSE 1 END)"
        both = f"CASE WHEN {latest} = {earliest} THEN {plain} ELSE {latest} < {earliest} END"
        exact = f"CASE WHEN {same} THEN {both} ELSE {plain} END"
    return f"coalesce(CASE WHEN {untimed} THEN {days} ELSE {exact} END, false)"


def same_hours(one: Moment, other: Moment) -> str:
    """SQL: whether two moments lie in the same hours that a zone has twice."""
    if "false" in (one.twice, other.twice):
        return "false"
    near = f"abs(epoch({one.local}) - epoch({other.local})) < 86400"
    return f"(CASE WHEN {one.twice} THEN {other.twice} AND {near} ELSE false END)"


def ordered(moment: Moment) -> str:
    """Return SQL of a time that sorts rows in the order of their instants, also within a repeated hour."""
    if moment.code == "0":
        return moment.local
    hour = f"date_trunc('hour', {moment.local})"
    half = f"to_microseconds((epoch_us({moment.local}) - epoch_us({hour})) // 2)"
    within = f"{hour} + {half} + INTERVAL 30 MINUTE * ({moment.code} - {FIRST})"
    return f"CASE WHEN {moment.code} = 0 THEN {moment.local} ELSE {within} END"


def instant(moment: Moment, zone: str) -> str:
    """Return SQL of microseconds since 1970 (UTC) of a local moment; of two equal hours the first by default."""
    first = _instant(moment.local, zone, second=False)
    if moment.code == "0":
        return first
    return f"CASE WHEN {moment.code} = {SECOND} THEN {_instant(moment.local, zone, second=True)} ELSE {first} END"


def _instant(local: str, zone: str, *, second: bool) -> str:
    """The newest changes first: most rows are of late."""
    since = dt.datetime(SINCE, 1, 1, tzinfo=ZoneInfo(zone)).utcoffset() or dt.timedelta()
    cases = " ".join(
        f"WHEN {local} >= TIMESTAMP '{change.at + change.after if second else change.span[1]}' "
        f"THEN {_micro(change.after)}"
        for change in reversed(_changes(zone))
    )
    offset = f"CASE {cases} ELSE {_micro(since)} END" if cases else _micro(since)
    return f"(epoch_us({local}) - {offset})"


def _micro(offset: dt.timedelta) -> str:
    return str(offset // dt.timedelta(microseconds=1))


def moments_of(log: LogName) -> tuple[str, ...]:
    """The moments of a log that `again` tells of, in their order; none where it has no such column."""
    kinds = LOG_TYPES[log].table
    return tuple(name for name, kind in kinds.items() if kind == "TIMESTAMP") if AGAIN in kinds else ()


def stored(system: System, log: LogName, role: str, *, alias: str = "") -> Moment:
    """A moment of the rows of a log as the lake holds them, named by an alias such as `d.`."""
    code = f"((coalesce({alias}{AGAIN}, 0) >> {2 * moments_of(log).index(role)}) & 3)"
    return Moment.of(f"{alias}{quote(role)}", system.timezone, code)
