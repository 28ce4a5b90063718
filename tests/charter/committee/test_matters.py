"""Referrals, rapporteurs, hearings, questions: what is asked of them, and what waits."""

from __future__ import annotations

import datetime as dt

import pytest
from pydantic import ValidationError

from boussole.charter.committee.referrals.matters import matters, questions
from boussole.charter.committee.refusals import RefusedError
from boussole.charter.record_types.acts import (
    Cancellation,
    CommitteeAnswer,
    CommitteeQuestion,
    Hearing,
    Interest,
    Item,
    Rapporteur,
    Reference,
    Referral,
)
from tests.charter.committee.desk import CALLED, DAY, SAID, Desk, changed, m

LATER = dt.timedelta(days=30)


@pytest.fixture
def desk():
    made = Desk()
    made.seat(1, 2, 3)
    return made


def reason(call, *arguments, **more):
    with pytest.raises(RefusedError) as raised:
        call(*arguments, **more)
    return raised.value.reason


def referral(**more):
    values = {"on": CALLED, "origin": "organisation", "subject": "MatchFT in two regions", "sender": "Direction"}
    return Referral(**SAID, **(values | more))


def question(**more):
    values = {"on": CALLED, "text": "Why?", "addressee": "Data department", "due_on": CALLED + LATER}
    return CommitteeQuestion(**SAID, **(values | more))


def test_a_matter_gathers_its_rapporteur_hearings_and_items(desk):
    of = desk.seal(referral(system="matchft"))
    desk.seal(Rapporteur(**SAID, on=CALLED, of=of, member=m(1)))
    desk.seal(Rapporteur(**SAID, on=CALLED, of=of, member=m(2)))
    called = desk.call(agenda=[Item(id="a", title="A", referral=of)])
    gone = desk.call(agenda=[Item(id="a", title="A", referral=of)], place="Room 2")
    desk.seal(Cancellation(**SAID, on=CALLED, of=gone))
    desk.seal(Hearing(**SAID, on=DAY, of=of, session=called, heard="Head of agency", text="It saves time."))
    (matter,) = matters(desk.house)
    assert (matter.rapporteur, [act.heard for _, act in matter.hearings]) == (m(2), ["Head of agency"])
    assert [(at, item.id) for at, item in matter.items] == [(called, "a")]


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


def test_a_rapporteur_is_a_member_without_an_interest(desk):
    of = desk.seal(referral(system="matchft"))
    desk.seal(Interest(**SAID, on=CALLED, member=m(1), systems=["matchft"]))
    assert reason(desk.seal, Rapporteur(**SAID, on=CALLED, of=of, member=m(1))) == "has_interest"
    assert reason(desk.seal, Rapporteur(**SAID, on=CALLED, of=of, member=m(9))) == "no_mandate"
    assert reason(desk.seal, Hearing(**SAID, on=CALLED, of=99, heard="Somebody")) == "apart"
    assert reason(desk.seal, Hearing(**SAID, on=CALLED, of=of, session=of, heard="Somebody")) == "not_that_kind"


def test_questions_wait_are_overdue_and_answered_in_that_order_of_urgency(desk):
    late = desk.seal(question(due_on=CALLED + dt.timedelta(days=3)))
    soon = desk.seal(question(text="How many?", due_on=DAY))
    done = desk.seal(question(text="Since when?", due_on=CALLED))
    desk.seal(CommitteeAnswer(**SAID, on=CALLED + dt.timedelta(days=1), of=done, text="Since May."))
    desk.seal(CommitteeAnswer(**SAID, on=DAY + LATER, of=soon, text="Twelve."))
    found = questions(desk.house, today=DAY)
    assert [(each.entry, each.state, each.late) for each in found] == [
        (late, "overdue", False),
        (soon, "waiting", False),
        (done, "answered", True),
    ]
    assert questions(desk.house, today=CALLED - LATER) == []
    assert questions(desk.house, today=DAY + LATER)[1].entry == done


def test_a_question_is_about_a_figure_and_says_which(desk):
    figure = Reference(system="matchft", audit=3, indicator="impact_ratio", group={"gender": "F"})
    entry = desk.seal(question(figure=figure, system="matchft"))
    assert desk.house.get(CommitteeQuestion, entry).figure.group == {"gender": "F"}
    for wrong in ({"figure": figure}, {"text": "  "}, {"due_on": CALLED - LATER}):
        with pytest.raises(ValidationError):
            question(**wrong)


def test_what_a_question_and_its_answer_may_not_be(desk):
    assert reason(desk.seal, question(by=m(9))) == "no_mandate"
    assert reason(desk.seal, question(of=99)) == "apart"
    asked = desk.seal(question(by=m(1), of=desk.call()))
    assert reason(desk.seal, CommitteeAnswer(**SAID, on=CALLED - LATER, of=asked, text="No.")) == "order_of_days"
    with pytest.raises(ValidationError, match="words or a document"):
        CommitteeAnswer(**SAID, on=DAY, of=asked)
