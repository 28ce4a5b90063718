"""The agenda: what each item rests on, the questions asked between sessions, and a question that is sent twice."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from boussole.audits.workspace import Workspace
from boussole.charter.committee.acts.meeting import convene
from boussole.charter.committee.acts.proving import faults
from boussole.charter.committee.papers.drafts import begin
from boussole.charter.committee.referrals.matters import asked_between, known_question
from boussole.charter.committee.refusals import RefusedError
from boussole.charter.record_types.acts import (
    Closing,
    CommitteeAnswer,
    CommitteeQuestion,
    Convocation,
    ItemNote,
)
from boussole.charter.text.loading import load_charter
from tests.charter.committee.desk import AGENDA, CALLED, DAY, START, m
from tests.charter.committee.hall import NAME, who
from tests.dashboard.committee.hand import act, look

LATER = START + dt.timedelta(days=30)


@pytest.fixture
def called(hall):
    """The next session, thirty days later."""
    ends = LATER + dt.timedelta(hours=2)
    return convene(hall.workspace, NAME, who=who(), starts=LATER, ends=ends, place="Room 1", agenda=AGENDA).entry


@pytest.mark.costly
def test_what_an_item_rests_on_is_said_before_the_session_and_leads_there(hand, hall, called, be):
    begin(hall.workspace, NAME, body={"title": "On <it>", "words": ""}, author=m(2))
    way = next(each for article in load_charter().articles for each in article.indicators)
    path = act("point", called, "matchft")
    said = {"kind": "discussion", "system": "matchft", "question": way.id, "draft": "1", "evidence": "3, 4;3"}
    hand.done(path, **said)
    item = hand.last(Convocation)[1].agenda[1]
    assert (item.question, item.draft, item.evidence, item.system) == (way.id, 1, [3, 4], "matchft")
    assert "The ledger has no entry “9999”." in hand.refused(path, **{**said, "evidence": "9999"})
    page = look("session", session=str(called), lang="en")
    for href in ("/draft?number=1&amp;lang=en", ">entry 4</a>", f"#q-{way.id}"):
        assert href in page
    be("secretary")
    assert "On &lt;it&gt;" in look("session", session=str(called), lang="en")
    assert list(faults(hall.house)) == []


def test_questions_asked_between_sessions_stand_on_the_next_agenda(hall, of, called):
    hall.do(Closing, of=of, at=START + dt.timedelta(hours=1))
    due, after = LATER.date(), DAY + dt.timedelta(days=3)
    asked = {"addressee": "Direction", "due_on": due, "by": m(3)}
    hall.do(CommitteeQuestion, on=CALLED, text="An old one?", **asked)
    done = hall.do(CommitteeQuestion, on=CALLED, text="Answered long ago?", **asked)
    hall.do(CommitteeAnswer, of=done, on=CALLED, text="Yes.")
    hall.do(CommitteeQuestion, text="In the session?", of=of, **asked)
    found = [each.question.text for each in asked_between(hall.house, hall.found(called), today=after)]
    assert found == ["An old one?"]
    assert asked_between(hall.house, hall.found(of), today=CALLED)[0].question.text == "An old one?"


def test_a_question_that_is_sent_twice_is_told_and_stands_once(hand, hall, of):
    said = {"text": "And without a phone?", "addressee": "Direction", "due_on": "2026-10-15"}
    first = hand.done(act("ask", of), role="member", by=2, **said)
    other = {**said, "text": " and  without a PHONE ", "due_on": "2026-11-15"}
    answer = hand.send(act("ask", of), role="member", by=3, **other)
    assert f"done={first}&" in answer.headers["location"]
    assert "twice=1" in answer.headers["location"]
    assert len(hall.house.standing(CommitteeQuestion)) == 1
    asked = dict(re.findall(r"[?&](\w+)=([^&#]+)", answer.headers["location"]))
    told = "This question had been asked already, on 15 September 2026: it stands once"
    assert told in look("session", **asked)
    assert told not in look("session", **{**asked, "twice": "0"})
    hall.do(CommitteeAnswer, of=first, text="By letter.")
    assert hand.done(act("ask", of), role="member", by=3, **other) > first  # it was answered: it can be asked anew


def test_the_same_words_about_another_system_or_in_another_session_are_another_question(hand, hall, of):
    said = {"text": "Since when?", "addressee": "Direction", "due_on": "2026-10-15"}
    made = [
        hall.do(CommitteeQuestion, **{**said, "due_on": DAY}, by=m(2), **about)
        for about in ({"system": "matchft"}, {"system": "chatft"}, {})
    ]
    done = hand.done(act("ask", of), role="member", by=2, **said)
    assert done not in made
    assert known_question(hall.house, "since  when", "direction", system="chatft") == hall.house.sealed(made[1])
    assert known_question(hall.house, "Since when?", "Direction", of=of) == hall.house.sealed(done)


def test_an_item_on_which_a_note_was_taken_stays_on_the_agenda(hall, called):
    hall.do(ItemNote, of=called, item="matchft", text="The figures are sent before.")
    new = {"starts": LATER, "ends": LATER + dt.timedelta(hours=2), "place": "Room 1", "amends": called, "who": who()}
    with pytest.raises(RefusedError, match="A note was taken on the item “MatchFT”"):
        convene(hall.workspace, NAME, agenda=AGENDA[:1], **new)
    assert convene(hall.workspace, NAME, agenda=AGENDA, **{**new, "place": "Room 2"}).entry > called


def test_who_changes_an_item_keeps_a_system_that_is_no_longer_listed(hall, called, be):
    be("secretary")
    page = look("session", session=str(called), lang="en")
    assert '<option value="matchft" selected' in page
    assert "matchft" not in Workspace(hall.workspace.home).systems
