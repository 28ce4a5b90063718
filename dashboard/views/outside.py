"""What is said of checks from outside: in one line, and at length."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from boussole.audits.ledger.keeping import CheckpointStanding
from boussole.charter.records.notes.outside import Check, Outside, State
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.views.evidence import moment_words


@dataclass(frozen=True, kw_only=True)
class OutsideNote:
    """A sentence, and whether it warns (`watch`) or says that something is wrong (`broken`)."""

    text: str
    tone: str = ""


@dataclass(frozen=True, kw_only=True)
class OutsideView:
    """The part of the evidence page: what holds, each witness in a row, and the timestamp."""

    head: Sequence[OutsideNote]
    rows: Sequence[Sequence[str]]
    stamp: Sequence[OutsideNote]


def line(found: Outside, say: Say, *, now: dt.datetime) -> list[OutsideNote]:
    """What the foot of every page says: the witnesses, and timestamps where they are late."""
    said = [_witnesses(found, say, now=now)]
    if found.stamp_state(now) in (State.never, State.late, State.broken):
        said.append(_stamp(found, say, now=now))
    return said


def view(found: Outside, say: Say, *, now: dt.datetime) -> OutsideView:
    """What the evidence page says."""
    return OutsideView(
        head=[_witnesses(found, say, now=now)],
        rows=[_row(found, each, say) for each in found.checks],
        stamp=[_stamp(found, say, now=now), *_unread(found, say)],
    )


def _witnesses(found: Outside, say: Say, *, now: dt.datetime) -> OutsideNote:
    state, last = found.state(now), found.last
    if found.broken is not None:
        if found.broken.problem:
            text = say("What {name} cosigned of the ledger does not hold or cannot be read.", name=found.broken.witness)
        else:
            text = say("The ledger is not the one that {name} checked from outside.", name=found.broken.witness)
        return OutsideNote(text=text, tone="broken")
    if state is State.unset:
        return OutsideNote(text=say("Nobody outside checks the ledger."))
    if last is None or last.at is None:
        return OutsideNote(text=say("No witness outside has checked the ledger yet."), tone="watch")
    day, name = say.date(last.at.date()), last.witness
    if state is State.late:
        days = (now - last.at).days
        text = say.plural(
            "The ledger was last checked from outside one day ago, by {name}, on {day}.",
            "The ledger was last checked from outside {n} days ago, by {name}, on {day}.",
            days,
            name=name,
            day=day,
        )
        return OutsideNote(text=text, tone="watch")
    text = say("The ledger was checked from outside on {day}, by {name}.", day=day, name=name)
    return OutsideNote(text=f"{text} {_since(found, last, say)}")


def _since(found: Outside, check: Check, say: Say) -> str:
    more = found.size - check.size
    return say.plural("One entry since.", "{n} entries since.", more) if more else say("No entry since.")


def _row(found: Outside, check: Check, say: Say) -> list[str]:
    """Who, when, up to where, what came since, and how the ledger stands to it."""
    if check.problem:
        return [check.witness, say("cannot be read"), "", "", say("does not hold, or cannot be read")]
    if check.at is None:
        return [check.witness, say("never"), "", "", ""]
    words = {
        CheckpointStanding.holds: say("unchanged"),
        CheckpointStanding.cut: say("entries were removed"),
        CheckpointStanding.rewritten: say("the ledger was rewritten"),
    }
    more = say.whole(max(found.size - check.size, 0))
    return [
        check.witness,
        moment_words(check.at.isoformat(), say),
        say.whole(check.size),
        more,
        words[check.standing],
    ]


def _stamp(found: Outside, say: Say, *, now: dt.datetime) -> OutsideNote:
    state, stamp, days = found.stamp_state(now), found.stamp, found.timestamp_days
    if stamp is None:
        if days is None:
            return OutsideNote(text=say("No timestamp is kept, and none is required."))
        text = say("No timestamp is kept that holds; one is required every {n} days.", n=say.whole(days))
        return OutsideNote(text=text, tone="watch")
    when = moment_words(stamp.at.isoformat(), say)
    if state is State.broken:
        text = say("The ledger is not the one that was timestamped on {when}.", when=when)
        return OutsideNote(text=text, tone="broken")
    if state is State.late:
        text = say(
            "The last timestamp of the ledger is of {when}; one is required every {n} days.",
            when=when,
            n=say.whole(days or 0),
        )
        return OutsideNote(text=text, tone="watch")
    text = say("The last timestamp of the ledger is of {when}, by {authority}.", when=when, authority=stamp.authority)
    return OutsideNote(text=text)


def _unread(found: Outside, say: Say) -> list[OutsideNote]:
    names = ", ".join(found.bad_stamps)
    return [OutsideNote(text=say("These timestamps do not hold: {names}.", names=names), tone="watch")] if names else []
