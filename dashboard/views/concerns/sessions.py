"""What concerns a member of the sessions of their committee: called, moved, cancelled, their agenda, and votes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise

from boussole.charter.committee.meetings.convening import notice_days
from boussole.charter.committee.meetings.sessions import Session, sessions
from boussole.charter.record_types.acts import Cancellation, Convocation
from boussole.dashboard.views.concerns.concern import Concern, Seat
from boussole.dashboard.views.home.mine import may_vote, open_votes
from boussole.dashboard.words.addresses import session_href

SOON = dt.timedelta(days=1)
"""What is that near cannot wait for the next digest."""


def of_sessions(seat: Seat) -> Iterator[Concern]:
    """The sessions ahead, what was changed of them, and the votes that are open."""
    for found in sessions(seat.chamber.house):
        if found.state == "cancelled":
            yield from _cancelled(seat, found)
        elif found.state in ("called", "open") and found.day >= seat.today:
            yield _called(seat, found)
            yield from _changed(seat, found)
    yield from _votes(seat)


def _called(seat: Seat, found: Session) -> Concern:
    """A session ahead. One that was called with less notice than the rules ask for cannot wait."""
    say, (entry, call) = seat.say, found.calls[0]
    needed = found.rules.sessions
    days = needed.notice_days if call.second_call_of is None else needed.second_notice_days
    date, time = say.date(found.day), say.time(found.call.starts)
    return Concern(
        key=f"session/{entry}",
        kind="session",
        on=call.on,
        text=say("A session is called for {date} at {time}.", date=date, time=time),
        href=session_href(found.entry, query=seat.query),
        urgent=call.urgent or notice_days(call) < days,
    )


def _changed(seat: Seat, found: Session) -> Iterator[Concern]:
    """Each change of a session: of its time, else of its agenda or place. A move that was moved again is told no more:
    all that is said of when it is holds now."""
    say, changes = seat.say, list(pairwise(found.calls))
    moves = [entry for (_, before), (entry, after) in changes if _when(before) != _when(after)]
    date, time = say.date(found.day), say.time(found.call.starts)
    for (_, before), (entry, after) in changes:
        moved = entry in moves
        if not seat.tells(after.on) or (moved and entry != moves[-1]):
            continue
        if moved:
            text = say("The session was moved: it is now on {date} at {time}.", date=date, time=time)
        elif before.agenda != after.agenda:
            text = say("The agenda of the session of {date} was changed.", date=date)
        else:
            text = say("The session of {date} was changed: see where and how.", date=date)
        yield Concern(
            key=f"{'moved' if moved else 'agenda'}/{entry}",
            kind="moved" if moved else "agenda",
            on=after.on,
            text=text,
            href=session_href(found.entry, query=seat.query),
            urgent=moved and min(before.starts, after.starts).date() <= seat.today + SOON,
        )


def _when(call: Convocation) -> tuple[dt.datetime, dt.datetime, str]:
    return call.starts, call.ends, call.timezone


def _cancelled(seat: Seat, found: Session) -> Iterator[Concern]:
    last = seat.chamber.house.last(Cancellation, found.entry)
    if last is None or not seat.tells(last[1].on):
        return
    entry, said = last
    yield Concern(
        key=f"cancelled/{entry}",
        kind="cancelled",
        on=said.on,
        text=seat.say("The session of {date} was cancelled.", date=seat.say.date(found.day)),
        href=session_href(found.entry, query=seat.query),
        urgent=seat.today <= found.day <= seat.today + SOON,
    )


def _votes(seat: Seat) -> Iterator[Concern]:
    """The votes that are open: they end with their session, so that one in which somebody may vote cannot wait."""
    say, chamber = seat.say, seat.chamber
    for found, entry, vote in open_votes(chamber):
        date = say.date(found.day)
        mine = may_vote(chamber, found, entry, vote, seat.member)
        yours = say("A vote is open in the session of {date}: yours is awaited before it closes.", date=date)
        yield Concern(
            key=f"vote/{entry}",
            kind="vote",
            on=vote.on,
            text=yours if mine else say("A vote is open in the session of {date}.", date=date),
            href=session_href(found.entry, query=seat.query, anchor=f"decision-{entry}"),
            urgent=mine and found.day >= seat.today - SOON,
        )
