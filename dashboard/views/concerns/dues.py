"""What is due to, or by, the committees of a secretary, in words that name nobody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from boussole.charter.committee.duties import Duty
from boussole.charter.committee.meetings.sessions import session
from boussole.dashboard.access.people.permissions import Action
from boussole.dashboard.views.committee.duty_words import duty_href
from boussole.dashboard.views.concerns.concern import Concern, Seat
from boussole.dashboard.views.home.whose import ACTIONS

AHEAD = dt.timedelta(days=7)
"""How long before its day something due is told."""
SECRETARYS = frozenset({Action.CONVENE, Action.ISSUE, Action.SEAT})
UNTOLD = frozenset({"session"})
"""Not due by anybody: that a session comes is told to its members."""


def of_dues(seat: Seat) -> Iterator[Concern]:
    """What is due within a week, and again once it is late."""
    for duty in seat.chamber.duties:
        late = duty.on < seat.today
        if duty.kind in UNTOLD or not ACTIONS[duty.kind] & SECRETARYS or duty.on > seat.today + AHEAD:
            continue
        what, date = _words(seat, duty), seat.say.date(duty.on)
        yield Concern(
            key=f"due/{duty.kind}/{duty.entry}/{duty.on}{'/late' if late else ''}",
            kind="due",
            on=duty.on,
            text=seat.say("{what}: late since {date}.", what=what, date=date)
            if late
            else seat.say("{what}: by {date}.", what=what, date=date),
            href=duty_href(seat.chamber, duty, query=seat.query),
        )


def _words(seat: Seat, duty: Duty) -> str:
    """What is to be done, without the words of anybody: neither a title, a question nor a name."""
    say = seat.say
    if duty.kind in ("lapsed", "unclosed", "pack", "second_call", "minutes", "approval"):
        date = say.date(session(seat.chamber.house, duty.entry).day)
        return {
            "lapsed": say("Say what became of the session of {date}", date=date),
            "unclosed": say("Close the session of {date}", date=date),
            "pack": say("Freeze the evidence for the session of {date}", date=date),
            "second_call": say("Call the session of {date} again", date=date),
            "minutes": say("Seal the minutes of the session of {date}", date=date),
            "approval": say("Have the minutes of the session of {date} approved", date=date),
        }[duty.kind]
    return {
        "question": say("An answer to question no. {n} is awaited", n=str(duty.entry)),
        "answer": say("An answer to opinion no. {n} is awaited", n=str(duty.entry)),
        "recommendation": say("An answer to recommendation no. {n} is awaited", n=str(duty.entry)),
        "referral": say("An opinion on referral no. {n} is asked for", n=str(duty.entry)),
        "publication": say("Publish opinion no. {n}, or decide on it", n=str(duty.entry)),
        "mandate": say("A mandate ends: have a successor named"),
    }[duty.kind]
