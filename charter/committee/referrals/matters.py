"""Referrals, rapporteurs, hearings, questions: what the rules ask of them, and what is still to be answered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from boussole.charter.committee.meetings.sessions import Session, session, sessions
from boussole.charter.committee.people.members import interested, needs_mandate
from boussole.charter.committee.refusals import RefusedError
from boussole.charter.committee.state import CommitteeState
from boussole.charter.record_types.acts import (
    CommitteeAnswer,
    CommitteeQuestion,
    FrozenPack,
    Hearing,
    Item,
    Opinion,
    Rapporteur,
    Reference,
    Referral,
)
from boussole.charter.record_types.acts.sessions import Convocation
from boussole.charter.records import SealedStatement

Waiting = Literal["overdue", "waiting", "answered"]
ORDER: tuple[Waiting, ...] = ("overdue", "waiting", "answered")


@dataclass(frozen=True, kw_only=True)
class QuestionHistory:
    """A question with its entry, its answers, and whether it waits."""

    entry: int
    question: CommitteeQuestion
    answers: Sequence[tuple[int, CommitteeAnswer]]
    state: Waiting

    @property
    def late(self) -> bool:
        """Whether it was answered, but after its day."""
        return bool(self.answers) and self.answers[0][1].on > self.question.due_on


def questions(house: CommitteeState, *, today: dt.date) -> list[QuestionHistory]:
    """The questions asked by a day: overdue ones first, then the next due."""
    found = []
    for entry, act in house.standing(CommitteeQuestion):
        if act.on <= today:
            answers = [(at, said) for at, said in house.about(CommitteeAnswer, entry) if said.on <= today]
            state: Waiting = "answered" if answers else "overdue" if act.due_on < today else "waiting"
            found.append(QuestionHistory(entry=entry, question=act, answers=answers, state=state))
    return sorted(found, key=lambda each: (ORDER.index(each.state), each.question.due_on, each.entry))


@dataclass(frozen=True, kw_only=True)
class Matter:
    """A referral: who reports, who was heard, the items of agendas that dealt with it, and its opinions."""

    entry: int
    referral: Referral
    rapporteur: str | None
    hearings: Sequence[tuple[int, Hearing]]
    items: Sequence[tuple[int, Item]]
    opinions: Sequence[tuple[int, Opinion]]


def matters(house: CommitteeState) -> list[Matter]:
    """The matters put to the committee, in the order they were."""
    calls = [session(house, entry) for entry, act in house.standing(Convocation) if act.amends is None]
    placed = [(each.entry, item) for each in calls if each.state != "cancelled" for item in each.call.agenda]
    found = []
    for entry, referral in house.standing(Referral):
        reporting = house.last(Rapporteur, entry)
        found.append(
            Matter(
                entry=entry,
                referral=referral,
                rapporteur=reporting[1].member if reporting else None,
                hearings=house.about(Hearing, entry),
                items=[(at, item) for at, item in placed if item.referral == entry],
                opinions=[(at, said) for at, said in house.standing(Opinion) if said.referral == entry],
            )
        )
    return found


def admit_referral(house: CommitteeState, act: Referral) -> None:
    """Raises RefusedError where too few members ask for a referral themselves, or its day has passed."""
    if act.due_on is not None and act.due_on < act.on:
        raise RefusedError("order_of_days", date=act.due_on)
    for member in act.supporters:
        needs_mandate(house, member, act.on)
    needed = house.rules.referrals.self_referral_members
    if act.origin == "self" and len(act.supporters) < needed:
        raise RefusedError("few_supporters", needed=needed, found=len(act.supporters))


def admit_rapporteur(house: CommitteeState, act: Rapporteur) -> None:
    """Raises RefusedError unless a rapporteur is a member without an interest in the matter."""
    referral = house.get(Referral, act.of)
    needs_mandate(house, act.member, act.on)
    systems = {referral.system} if referral.system else set()
    if act.member in interested(house, systems=systems, referral=act.of, day=act.on):
        raise RefusedError("has_interest", member=act.member)


def admit_hearing(house: CommitteeState, act: Hearing) -> None:
    """Holds a hearing to the rules: the matter exists, and the session if one is named. Raises RefusedError."""
    house.get(Referral, act.of)
    if act.session is not None:
        session(house, act.session)


def admit_question(house: CommitteeState, act: CommitteeQuestion) -> None:
    """Raises RefusedError for a question that names no session of this committee, or is asked by no member of it."""
    if act.of is not None:
        session(house, act.of)
    if act.by is not None:
        needs_mandate(house, act.by, act.on)


def admit_answer(house: CommitteeState, act: CommitteeAnswer) -> None:
    """Holds an answer to the rules: its question had been asked by then. Raises RefusedError."""
    if act.on < house.get(CommitteeQuestion, act.of).on:
        raise RefusedError("order_of_days", date=act.on)


def admit_pack(house: CommitteeState, act: FrozenPack) -> None:
    """Raises RefusedError where the session is over, or what is frozen anew is not what was frozen last."""
    found = session(house, act.of)
    found.needs_state("called", "open")
    last = house.last(FrozenPack, found.entry)
    if (last[0] if last else None) != act.replaces:
        raise RefusedError("not_last", entry=last[0] if last else act.of)


def session_before(house: CommitteeState, found: Session) -> Session | None:
    """The last session that began before another one; None for the first."""
    held = [each for each in sessions(house) if each.opening and each.call.starts < found.call.starts]
    return max(held, key=lambda each: each.call.starts, default=None)


def asked_between(house: CommitteeState, found: Session, *, today: dt.date) -> list[QuestionHistory]:
    """The questions that members asked since the session before, or that still wait, for the agenda of a session."""
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
    """The question in the same words, but for capitals, spaces and final punctuation, that waits for its answer."""
    for each in questions(house, today=dt.date.max):
        said = each.question
        same = (_plain(said.text), _plain(said.addressee)) == (_plain(text), _plain(addressee))
        if same and (said.figure, said.system, said.of) == (figure, system, of) and each.state != "answered":
            return house.sealed(each.entry)
    return None


def _plain(words: str) -> str:
    return " ".join(words.casefold().split()).rstrip(" ?!.…")
