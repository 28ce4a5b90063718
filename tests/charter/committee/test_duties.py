"""What is due to a committee and by it: days counted by hand."""

from __future__ import annotations

import datetime as dt

import pytest

from boussole.charter.committee.duties import duties
from boussole.charter.committee.meetings.sessions import session
from boussole.charter.committee.voting.presence import count
from boussole.charter.record_types.acts import (
    Cancellation,
    Closing,
    CommitteeAnswer,
    CommitteeQuestion,
    Consensus,
    FrozenPack,
    Mandate,
    MandateEnd,
    Minutes,
    NoQuorum,
    Opinion,
    OpinionText,
    PublicationDecision,
    Referral,
)
from boussole.charter.record_types.kinds import Recommendation, Reply
from boussole.charter.records import SealedStatement
from boussole.charter.records.facts import Facts
from tests.charter.committee.desk import AGENDA, CALLED, DAY, HOUR, SAID, START, Desk, m

FIGURE = "0" * 64
TEXT = OpinionText(title="MatchFT", sense="favourable", words="Yes.")


@pytest.fixture
def desk():
    made = Desk()
    made.seat(1, 2, 3)
    return made


def due(desk, today=CALLED, sealed=()):
    facts = Facts(as_of=today, sealed=tuple(sealed))
    return [(str(each.on), each.kind, each.who or each.member) for each in duties(desk.house, facts)]


def pack(of):
    return FrozenPack(**SAID, on=CALLED, of=of, size=1, root=FIGURE, charter=FIGURE, charter_version="1")


def minutes(of, **more):
    return Minutes(**SAID, on=DAY, of=of, content=FIGURE, size=1, **more)


def closed(desk, of):
    desk.arrive(of, 1, 2)
    desk.open(of, 1)
    desk.seal(Closing(**SAID, on=DAY, of=of, at=START + HOUR))


def agreed(desk, of, **more):
    counted = count(desk.house, session(desk.house, of), "matchft")
    return desk.seal(Consensus(**SAID, on=DAY, of=of, item="matchft", title="T", count=counted, **more))


def test_a_session_is_due_on_its_day_with_the_pack_it_lacks(desk):
    of = desk.call()
    assert due(desk) == [("2026-09-15", "pack", ""), ("2026-09-15", "session", "")]
    desk.seal(pack(of))
    assert due(desk) == [("2026-09-15", "session", "")]
    assert due(desk, DAY + dt.timedelta(days=1)) == [("2026-09-15", "lapsed", "")]
    desk.seal(Cancellation(**SAID, on=CALLED, of=of))
    assert due(desk) == []


def test_a_session_left_open_is_to_be_closed(desk):
    of = desk.call()
    desk.arrive(of, 1, 2)
    desk.open(of, 1)
    assert due(desk, DAY) == []
    assert due(desk, DAY + dt.timedelta(days=1)) == [("2026-09-15", "unclosed", "")]


def test_without_a_quorum_a_second_session_is_to_be_called(desk):
    of = desk.call()
    desk.seal(NoQuorum(**SAID, on=DAY, of=of, count=count(desk.house, session(desk.house, of))))
    assert due(desk, DAY) == [("2026-09-15", "second_call", "")]
    again = {"starts": START + 240 * HOUR, "ends": START + 241 * HOUR, "second_call_of": of}
    desk.call(on=DAY, **again)
    assert [kind for _, kind, _ in due(desk, DAY)] == ["pack", "session"]


def test_minutes_are_sealed_before_the_next_session_and_approved_in_it(desk):
    of = desk.call()
    closed(desk, of)
    assert due(desk, DAY) == [("2026-10-15", "minutes", "")]
    coming = desk.call(on=DAY, starts=START + 240 * HOUR, ends=START + 241 * HOUR)
    desk.seal(pack(coming))
    assert due(desk, DAY) == [("2026-09-25", "minutes", ""), ("2026-09-25", "session", "")]
    desk.seal(minutes(of))
    assert due(desk, DAY) == [("2026-09-25", "approval", ""), ("2026-09-25", "session", "")]
    desk.arrive(coming, 1, 2, at=START + 240 * HOUR)
    desk.open(coming, 1)
    day = DAY + dt.timedelta(days=10)
    counted = count(desk.house, session(desk.house, coming), "minutes")
    desk.seal(
        Consensus(**SAID, on=day, of=coming, item="minutes", title="M", subject=FIGURE, count=counted),
    )
    assert due(desk, day) == []


def test_questions_and_matters_wait_until_they_are_answered(desk):
    asked = CommitteeQuestion(**SAID, on=CALLED, text="Why?", addressee="Data department", due_on=DAY)
    question = desk.seal(asked)
    matter = Referral(
        **SAID, on=CALLED, origin="organisation", subject="X", sender="Direction", due_on=DAY + dt.timedelta(days=5)
    )
    of = desk.seal(matter)
    assert due(desk) == [("2026-09-15", "question", "Data department"), ("2026-09-20", "referral", "")]
    desk.seal(CommitteeAnswer(**SAID, on=DAY, of=question, text="Because."))
    held = desk.call()
    desk.seal(pack(held))
    desk.arrive(held, 1, 2)
    desk.open(held, 1)
    decision = agreed(desk, held, subject=TEXT.sha256)
    desk.seal(Opinion(**SAID, on=DAY, of=decision, wording=TEXT, referral=of))
    assert due(desk, DAY) == [("2026-10-15", "publication", ""), ("2026-12-14", "answer", "")]


def test_an_opinion_that_is_withheld_is_still_answered(desk):
    held = desk.call(agenda=AGENDA)
    desk.arrive(held, 1, 2)
    desk.open(held, 1)
    opinion = desk.seal(Opinion(**SAID, on=DAY, of=agreed(desk, held, subject=TEXT.sha256), wording=TEXT))
    desk.seal(PublicationDecision(**SAID, on=DAY, of=opinion, publish=False, text="It names a supplier."))
    assert due(desk, DAY) == [("2026-12-14", "answer", "")]
    reply = Reply(role="Direction", on=DAY, of=opinion, accepted="yes", text="…")
    assert due(desk, DAY, [SealedStatement(entry=99, sealed_on=DAY, statement=reply)]) == []


def test_recommendations_of_this_committee_alone_are_owed_to_it(desk):
    def said(entry, **more):
        values = {"role": "Secretariat", "on": CALLED, "body": "Committee", "outside": False, "text": "Train."}
        made = Recommendation(**values, addressee="Human resources", due_on=DAY, **more)
        return SealedStatement(entry=entry, sealed_on=CALLED, statement=made)

    sealed = [said(90, committee="external"), said(91, committee="internal"), said(92)]
    assert due(desk, sealed=sealed) == [("2026-09-15", "recommendation", "Human resources")]


def test_mandates_that_end_are_announced_unless_somebody_takes_over():
    desk = Desk()
    desk.seat(1, end=DAY)
    desk.seat(2, end=DAY + dt.timedelta(days=365))
    desk.seat(3)
    assert due(desk) == [("2026-09-15", "mandate", m(1))]
    desk.seat(4, start=DAY + dt.timedelta(days=1))
    assert due(desk) == []
    third = next(entry for entry, act in desk.house.standing(Mandate) if act.member == m(3))
    desk.seal(MandateEnd(**SAID, on=CALLED, of=third, last_day=DAY))
    assert due(desk) == [("2026-09-15", "mandate", m(3))]
