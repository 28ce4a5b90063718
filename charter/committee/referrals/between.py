"""What comes between two sessions: the session before one, and the questions that were asked since."""

from __future__ import annotations

import datetime as dt

from boussole.charter.committee.meetings.sessions import Session, sessions
from boussole.charter.committee.referrals.matters import QuestionHistory, questions
from boussole.charter.committee.state import CommitteeState
from boussole.charter.record_types.acts import Reference
from boussole.charter.records import SealedStatement


def session_before(house: CommitteeState, found: Session) -> Session | None:
    """The last session that began before another one; None for the first."""
    held = [each for each in sessions(house) if each.opening and each.call.starts < found.call.starts]
    return max(held, key=lambda each: each.call.starts, default=None)


def asked_between(house: CommitteeState, found: Session, *, today: dt.date) -> list[QuestionHistory]:
    """The questions that members asked between the session before and one that is still to be held or was, outside any
    session, and older ones that still wait: those that wait first. They stand on the agenda of that session.
    """
    before = session_before(house, found)
    since = before.day if before else dt.date.min
    earlier = [each.day for each in sessions(house) if each.state in ("called", "open") and each.day < found.day]
    after = max([since, *earlier])
    return [
        each
        for each in questions(house, today=min(today, found.day))
        if each.question.of is None and (each.question.on > after or (each.state != "answered" and not earlier))
    ]


def asked_since(house: CommitteeState, found: Session, *, today: dt.date) -> list[QuestionHistory]:
    """Every question since the session before, in it or outside any, and older ones that still wait."""
    before = session_before(house, found)
    since = before.day if before else dt.date.min
    return [each for each in questions(house, today=today) if each.question.on >= since or each.state != "answered"]


def known_question(
    house: CommitteeState,
    text: str,
    addressee: str,
    *,
    figure: Reference | None = None,
    system: str | None = None,
    of: int | None = None,
) -> SealedStatement | None:
    """The question in the same words, to the same addressee, about the same figure and system and in the same session
    (`of`; None: in none), that waits for its answer; None where nobody has asked it, or it was answered. Capitals,
    spaces and punctuation at the end do not matter."""
    for each in questions(house, today=dt.date.max):
        said = each.question
        same = (_plain(said.text), _plain(said.addressee)) == (_plain(text), _plain(addressee))
        if same and (said.figure, said.system, said.of) == (figure, system, of) and each.state != "answered":
            return house.sealed(each.entry)
    return None


def _plain(words: str) -> str:
    return " ".join(words.casefold().split()).rstrip(" ?!.…")
