"""Referrals, rapporteurs, hearings, questions; and what is due to a committee and by it: days counted by hand."""

from __future__ import annotations

import datetime as dt

import pytest
from pydantic import ValidationError

from boussole.charter.committee.duties import duties
from boussole.charter.committee.meetings.sessions import session
from boussole.charter.committee.referrals.matters import matters, questions
from boussole.charter.committee.voting.presence import count
from boussole.charter.record_types import acts
from boussole.charter.record_types.kinds import Recommendation, Reply
from boussole.charter.records import SealedStatement
from boussole.charter.records.facts import Facts
from tests.charter.committee.desk import CALLED, DAY, HOUR, SAID, START, Desk, changed, m, reason

LATER = dt.timedelta(days=30)
FIGURE = "0" * 64
TEXT = acts.OpinionText(title="MatchFT", sense="favourable", words="Yes.")


@pytest.fixture
def desk():
    made = Desk()
    made.seat(1, 2, 3)
    return made


def due(desk, today=CALLED, sealed=()):
    facts = Facts(as_of=today, sealed=tuple(sealed))
    return [(str(each.on), each.kind, each.who or each.member) for each in duties(desk.house, facts)]


def pack(of):
    return acts.FrozenPack(**SAID, on=CALLED, of=of, size=1, root=FIGURE, charter=FIGURE, charter_version="1")


def minutes(of, **more):
    return acts.Minutes(**SAID, on=DAY, of=of, content=FIGURE, size=1, **more)


def held(desk):
    """An open session."""
    of = desk.call()
    desk.arrive(of, 1, 2)
    desk.open(of, 1)
    return of


def agreed(desk, of, **more):
    counted = count(desk.house, session(desk.house, of), "matchft")
    return desk.seal(acts.Consensus(**SAID, on=DAY, of=of, item="matchft", title="T", count=counted, **more))


def test_a_session_is_due_on_its_day_with_the_pack_it_lacks_and_to_be_closed_once_it_is_open(desk):
    of = desk.call()
    assert due(desk) == [("2026-09-15", "pack", ""), ("2026-09-15", "session", "")]
    desk.seal(pack(of))
    assert due(desk) == [("2026-09-15", "session", "")]
    assert due(desk, DAY + dt.timedelta(days=1)) == [("2026-09-15", "lapsed", "")]
    desk.seal(acts.Cancellation(**SAID, on=CALLED, of=of))
    assert due(desk) == []
    left = desk.call(place="Room 2")
    desk.arrive(left, 1, 2)
    desk.open(left, 1)
    assert due(desk, DAY) == []
    assert due(desk, DAY + dt.timedelta(days=1)) == [("2026-09-15", "unclosed", "")]


def test_without_a_quorum_a_second_session_is_to_be_called(desk):
    of = desk.call()
    desk.seal(acts.NoQuorum(**SAID, on=DAY, of=of, count=count(desk.house, session(desk.house, of))))
    assert due(desk, DAY) == [("2026-09-15", "second_call", "")]
    again = {"starts": START + 240 * HOUR, "ends": START + 241 * HOUR, "second_call_of": of}
    desk.call(on=DAY, **again)
    assert [kind for _, kind, _ in due(desk, DAY)] == ["pack", "session"]


def test_minutes_are_sealed_before_the_next_session_and_approved_in_it(desk):
    of = held(desk)
    desk.seal(acts.Closing(**SAID, on=DAY, of=of, at=START + HOUR))
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
    desk.seal(acts.Consensus(**SAID, on=day, of=coming, item="minutes", title="M", subject=FIGURE, count=counted))
    assert due(desk, day) == []


def test_questions_and_matters_wait_until_they_are_answered(desk):
    asked = desk.seal(question(due_on=DAY))
    of = desk.seal(referral(due_on=DAY + dt.timedelta(days=5)))
    assert due(desk) == [("2026-09-15", "question", "Data department"), ("2026-09-20", "referral", "")]
    desk.seal(acts.CommitteeAnswer(**SAID, on=DAY, of=asked, text="Because."))
    decision = agreed(desk, held(desk), subject=TEXT.sha256)
    desk.seal(acts.Opinion(**SAID, on=DAY, of=decision, wording=TEXT, referral=of))
    assert due(desk, DAY) == [("2026-10-15", "publication", ""), ("2026-12-14", "answer", "")]


def test_an_opinion_that_is_withheld_is_still_answered(desk):
    decision = agreed(desk, held(desk), subject=TEXT.sha256)
    opinion = desk.seal(acts.Opinion(**SAID, on=DAY, of=decision, wording=TEXT))
    desk.seal(acts.PublicationDecision(**SAID, on=DAY, of=opinion, publish=False, text="It names a supplier."))
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
    third = next(entry for entry, act in desk.house.standing(acts.Mandate) if act.member == m(3))
    desk.seal(acts.MandateEnd(**SAID, on=CALLED, of=third, last_day=DAY))
    assert due(desk) == [("2026-09-15", "mandate", m(3))]


def referral(**more):
    values = {"on": CALLED, "origin": "organisation", "subject": "MatchFT in two regions", "sender": "Direction"}
    return acts.Referral(**SAID, **(values | more))


def question(**more):
    values = {"on": CALLED, "text": "Why?", "addressee": "Data department", "due_on": CALLED + LATER}
    return acts.CommitteeQuestion(**SAID, **(values | more))


def test_a_matter_gathers_its_rapporteur_hearings_and_items(desk):
    of = desk.seal(referral(system="matchft"))
    desk.seal(acts.Rapporteur(**SAID, on=CALLED, of=of, member=m(1)))
    desk.seal(acts.Rapporteur(**SAID, on=CALLED, of=of, member=m(2)))
    called = desk.call(agenda=[acts.Item(id="a", title="A", referral=of)])
    gone = desk.call(agenda=[acts.Item(id="a", title="A", referral=of)], place="Room 2")
    desk.seal(acts.Cancellation(**SAID, on=CALLED, of=gone))
    desk.seal(acts.Hearing(**SAID, on=DAY, of=of, session=called, heard="Head of agency", text="It saves time."))
    (matter,) = matters(desk.house)
    assert (matter.rapporteur, [act.heard for _, act in matter.hearings]) == (m(2), ["Head of agency"])
    assert [(at, item.id) for at, item in matter.items] == [(called, "a")]
    desk.seal(acts.Interest(**SAID, on=CALLED, member=m(1), systems=["matchft"]))
    assert reason(desk.seal, acts.Rapporteur(**SAID, on=CALLED, of=of, member=m(1))) == "has_interest"
    assert reason(desk.seal, acts.Rapporteur(**SAID, on=CALLED, of=of, member=m(9))) == "no_mandate"
    assert reason(desk.seal, acts.Hearing(**SAID, on=CALLED, of=99, heard="Somebody")) == "apart"
    assert reason(desk.seal, acts.Hearing(**SAID, on=CALLED, of=of, session=of, heard="Somebody")) == "not_that_kind"


def test_a_self_referral_takes_as_many_members_as_the_rules_ask(desk):
    strict = Desk(changed(referrals={"self_referral_members": 2}))
    strict.seat(1, 2)
    asked = referral(origin="self", sender="Two members", supporters=[m(1)])
    assert reason(strict.seal, asked) == "few_supporters"
    strict.seal(referral(origin="self", sender="Two members", supporters=[m(1), m(2)]))
    assert reason(desk.seal, referral(origin="self", supporters=[m(9)])) == "no_mandate"
    assert reason(desk.seal, referral(due_on=CALLED - LATER)) == "order_of_days"
    for wrong in ({"origin": "self"}, {"supporters": [m(1)]}, {"origin": "self", "supporters": [m(1), m(1)]}):
        with pytest.raises(ValidationError, match="supporters"):
            referral(**wrong)


def test_questions_wait_are_overdue_and_answered_in_that_order_of_urgency(desk):
    late = desk.seal(question(due_on=CALLED + dt.timedelta(days=3)))
    soon = desk.seal(question(text="How many?", due_on=DAY))
    done = desk.seal(question(text="Since when?", due_on=CALLED))
    desk.seal(acts.CommitteeAnswer(**SAID, on=CALLED + dt.timedelta(days=1), of=done, text="Since May."))
    desk.seal(acts.CommitteeAnswer(**SAID, on=DAY + LATER, of=soon, text="Twelve."))
    found = questions(desk.house, today=DAY)
    assert [(each.entry, each.state, each.late) for each in found] == [
        (late, "overdue", False),
        (soon, "waiting", False),
        (done, "answered", True),
    ]
    assert questions(desk.house, today=CALLED - LATER) == []
    assert questions(desk.house, today=DAY + LATER)[1].entry == done


def test_a_question_is_about_a_figure_and_says_which(desk):
    figure = acts.Reference(system="matchft", audit=3, indicator="impact_ratio", group={"gender": "F"})
    entry = desk.seal(question(figure=figure, system="matchft"))
    assert desk.house.get(acts.CommitteeQuestion, entry).figure.group == {"gender": "F"}
    for wrong in ({"figure": figure}, {"text": "  "}, {"due_on": CALLED - LATER}):
        with pytest.raises(ValidationError):
            question(**wrong)
    assert reason(desk.seal, question(by=m(9))) == "no_mandate"
    assert reason(desk.seal, question(of=99)) == "apart"
    asked = desk.seal(question(by=m(1), of=desk.call()))
    assert reason(desk.seal, acts.CommitteeAnswer(**SAID, on=CALLED - LATER, of=asked, text="No.")) == "order_of_days"
    with pytest.raises(ValidationError, match="words or a document"):
        acts.CommitteeAnswer(**SAID, on=DAY, of=asked)
