"""What would do harm in a session: a vote on what nobody can read, on figures that are not frozen, a dissent lost."""

from __future__ import annotations

import pytest

from boussole.charter.committee.acts.meeting import opinion_text
from boussole.charter.committee.papers.drafts import begin, draft, save
from boussole.charter.record_types.acts import Opinion
from tests.charter.committee.desk import m
from tests.charter.committee.hall import NAME
from tests.dashboard.committee.hand import act, look


@pytest.mark.costly
def test_the_ballot_shows_the_very_text_with_its_version_and_the_head_announces_it(hand, hall, of, be):
    be("member", m(3))
    body = {"title": "On <MatchFT>", "sense": "reserved", "words": "First.\n\nSecond."}
    body["reservations"] = ["Train <first>."]
    begin(hall.workspace, NAME, body=body, author=m(1))
    adopted, _ = opinion_text(hall.workspace, 1)
    page = look("session", session=str(of), lang="en")
    assert ("open-votes" in page, "evidence of this session is not frozen" in page) == (False, True)
    vote = hand.done(act("vote", of, "matchft"), title="Adopt <it>", subject=adopted.sha256)
    save(hall.workspace, 1, body={**body, "words": "Something else."}, author=m(1))
    page = look("session", session=str(of), lang="en")
    head, _, rest = page.partition('id="agenda"')
    assert "A vote is open." in head
    assert "Adopt &lt;it&gt;" in head
    assert 'href="#item-matchft"' in head
    for words in ("On &lt;MatchFT&gt;", "First.", "Second.", "Train &lt;first&gt;.", "Draft no. 1, version 1"):
        assert words in rest
    assert "saved again since, as version 2: the vote is on version 1" in rest
    assert "Something else." not in rest
    assert adopted.sha256 in rest
    be("auditor")
    page = look("session", session=str(of), lang="en")
    assert ("The members of the committee read its text here" in page, "First." in page) == (True, False)
    be("member", m(3))
    hand.done(act("freeze", of))
    assert "evidence of this session is not frozen" not in look("session", session=str(of), lang="en")
    hand.done(act("cast", of, vote), role="member", by=2, choice="for")
    decision = hand.done(act("count", of, vote))
    assert "open-votes" not in look("session", session=str(of), lang="en")
    hand.done(act("issue", of, decision))  # in the words that were adopted, though the draft went on
    assert hand.last(Opinion)[1].wording == adopted
    assert draft(hall.workspace, 1).sealed_as is None


@pytest.mark.costly
def test_what_is_put_to_the_vote_with_nothing_frozen_is_warned_of_at_the_form(hand, hall, of, be):
    be("secretary")
    page = look("session", session=str(of), lang="en")
    assert page.count("The evidence of this session is not frozen:") == 1
    assert page.count("Warning: the evidence of this session is not frozen.") == 2  # two items that can be voted on
    hall.vote(of)
    assert look("session", session=str(of), lang="en").count("Warning: the evidence") == 1  # the other item
    hand.done(act("freeze", of))
    assert "Warning:" not in look("session", session=str(of), lang="en")


def test_a_vote_whose_text_is_not_kept_and_one_without_text_say_so(hall, of, be):
    be("member", m(3))
    hall.vote(of, subject="0" * 64)
    hall.vote(of, item="minutes")
    page = look("session", session=str(of), lang="en")
    assert "The text of this vote is not kept here" in page
    assert "No text goes with this vote" in page
    assert "Two votes are open." in page


@pytest.mark.costly
def test_whoever_voted_against_is_named_before_it_closes_and_before_the_minutes_are_sealed(hand, hall, of, be):
    vote = hall.vote(of)
    for number, choice in ((1, "for"), (2, "for"), (3, "against"), (4, "against")):
        hand.done(act("cast", of, vote), role="member", by=number, choice=choice)
    decision = hand.done(act("count", of, vote))
    hand.done(act("dissent", of, decision), role="member", by=4, sort="dissent", text="Too early.")
    be("secretary")
    page = look("session", session=str(of), lang="en")
    assert "Disagreements can be handed in until the minutes are sealed" in page
    assert "Voted against, and has nothing noted yet: Jean Martin." in page
    hand.done(act("close", of), at="2026-09-15T15:00")
    page = look("session", session=str(of), lang="en")
    assert "nobody can hand in a disagreement any more. Voted against, and has nothing noted yet: Jean Martin." in page
    hand.done(act("dissent", of, decision), role="member", by=3, sort="dissent", text="Me too.")
    assert "has nothing noted yet" not in look("session", session=str(of), lang="en")
