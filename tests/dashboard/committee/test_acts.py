"""Acting in the browser, in a session and on a committee: what each form does, refuses in plain words, never keeps."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from boussole.charter.committee.acts.meeting import opinion_text
from boussole.charter.committee.papers.drafts import begin, draft, save
from boussole.charter.committee.people.directory import directory
from boussole.charter.committee.rules import write_template
from boussole.charter.record_types.acts import Ballot, Convocation, Item, Mandate, Opinion, Participation, Tally, Vote
from boussole.dashboard.server import forms
from tests.charter.committee.desk import DAY, m
from tests.charter.committee.hall import NAME
from tests.dashboard.committee.hand import act, look

TEXT = {"title": "On MatchFT", "sense": "favourable", "words": "Yes."}


@pytest.mark.costly
def test_a_member_votes_for_themselves_once_and_is_told_so(hand, of):
    vote = hand.hall.vote(of)
    path = act("cast", of, vote)
    entry = hand.done(path, role="member", by=2, choice="for")
    said = hand.last(Ballot)
    assert (said[0], said[1].voter, said[1].choice, said[1].by, said[1].signed_in) == (entry, m(2), "for", m(2), False)
    assert hand.done(path, role="member", by=2, choice="for") == entry
    assert "The vote of Li Wei was counted already." in hand.refused(path, role="member", by=2, choice="against")
    assert "Nothing is filled in: The vote." in hand.refused(path, role="member", by=3)
    assert "Say first which member you are" in hand.refused(path, role="member", choice="for")
    assert "has no mandate" in hand.refused(path, role="member", by=9, choice="for")


@pytest.mark.costly
def test_a_secret_vote_leaves_no_trace_of_what_was_voted(hand, hall, of):
    vote = hall.vote(of, secret=True)
    answer = hand.send(act("cast", of, vote), role="member", by=2, choice="against")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    nonce = re.search(r'class="receipt">([0-9a-f]{32})<', answer.text)[1]
    assert "against" not in answer.text.lower()
    assert "<script" not in answer.text
    refused = hand.send(act("cast", of, vote), role="member", by=2, choice="abstain")
    problem = hand.problem(refused)
    assert "was counted already" in problem.text
    assert "choice" not in problem.typed
    assert problem.typed.keys() == {"seen"}
    page = look("session", session=str(of), lang="en", sent=re.search(r"sent=([\w-]+)", refused.headers["location"])[1])
    assert not any(word in page for word in (nonce, "abstain", "against"))
    for number, choice in ((1, "for"), (3, "for")):
        hand.send(act("cast", of, vote), role="member", by=number, choice=choice)
    hand.done(act("count", of, vote))
    tally = hand.last(Tally)[1]
    assert nonce in [ballot.nonce for ballot in tally.ballots if ballot.choice == "against"]
    assert {each.voter for _, each in hand.hall.house.standing(Participation)} == {m(1), m(2), m(3)}
    assert forms._kept
    assert "against" not in repr(forms._kept)


def test_all_arrivals_are_recorded_or_none(hand, hall, of):
    before = len(hall.house.acts)
    told = hand.refused(act("attend", of), member=[m(1), m(2)], mode="in_person", at="2026-09-20T15:00")
    assert "takes place on 15 September 2026" in told
    assert "Nothing is filled in: Members." in hand.refused(act("attend", of), mode="left", at="2026-09-15T15:00")
    assert len(hand.hall.house.acts) == before


def test_a_draft_that_changed_is_not_voted_on_nor_an_opinion_put_on_the_system_of_another_session(hand, hall, of):
    begin(hall.workspace, NAME, body=TEXT, author=m(1))
    told = hand.refused(act("vote", of, "matchft"), title="Adopt", subject="0" * 64)
    assert "This does not fit: The text it is about" in told
    assert hand.hall.house.standing(Vote) == []
    adopted, _ = opinion_text(hall.workspace, 1)
    decision = hand.done(act("consensus", of, "matchft"), title="Adopt", subject=adopted.sha256)
    other = hall.session(1, 2, 3, agenda=[Item(id="matchft", title="Chat", kind="opinion", system="chat")])
    hand.done(act("issue", other, decision))
    assert hand.last(Opinion)[1].system == hall.found(of).item("matchft").system != "chat"


def test_a_session_is_called_changed_and_cancelled(hand, hall, of):
    when = {"starts": "2026-10-01T14:00", "ends": "2026-10-01T17:00", "place": "Room 2", "remote": "yes"}
    agenda = "Approval of the minutes of the last session\n2. The summer <to come>"
    first = hand.done("/committee-act/convene/external", **when, agenda=agenda)
    call = hand.last(Convocation)[1]
    assert [(item.id, item.kind) for item in call.agenda] == [
        ("minutes", "approval"),
        ("the_summer_to_come", "discussion"),
    ]
    assert (call.remote, call.place, call.on) == (True, "Room 2", DAY)
    assert hand.done("/committee-act/convene/external", **when, agenda=agenda) == first
    soon = {**when, "starts": "2026-09-17T14:00", "ends": "2026-09-17T17:00"}
    answer = hand.send("/committee-act/convene/external", **soon, agenda="One\nTwo")
    problem = hand.problem(answer)
    assert "there are 2 days; these rules ask for 5" in problem.text
    assert (problem.typed["place"], problem.typed["agenda"]) == (["Room 2"], ["One\nTwo"])
    later = {**when, "starts": "2026-10-02T14:00", "ends": "2026-10-02T17:00"}
    hand.done(act("amend", first), **later, agenda=agenda)
    assert hand.hall.found(first).day == dt.date(2026, 10, 2)
    hand.done(act("cancel", first), text="Strike.")
    assert hand.hall.found(first).state == "cancelled"


def test_forms_about_what_there_is_not_are_not_there(hand, of):
    for path in (
        "session-act/open/1",
        f"session-act/vote/{of}-x",
        f"session-act/cast/{of}-{of}",
        "committee-act/convene/x",
    ):
        assert hand.send(f"/{path}", role="chair", by=1, choice="for").status_code == 404


@pytest.mark.costly
def test_the_page_offers_what_a_role_may_do_now_and_nothing_else(hand, hall, of, be):
    vote = hall.vote(of)

    def offered(page="session"):
        return set(re.findall(r'action="/[a-z]+-act/([a-z-]+)/', look(page, session=str(of), lang="en")))

    be("reader")
    assert offered() == set()
    be("member", m(2))
    assert offered() == {"cast", "recuse", "ask"}
    be("member")
    assert offered() == set()
    be("secretary")
    assert offered() == {"close", "attend", "proxy", "freeze", "count", "annul", "aside", "vote", "consensus", "note"}
    hand.done(act("cast", of, vote), role="member", by=2, choice="for")
    be("member", m(2))
    assert offered() == {"recuse", "ask"}
    hand.done(act("count", of, vote))
    assert offered() == {"recuse", "ask", "dissent"}
    for role, me, expected in (
        ("auditor", m(2), set()),
        ("member", m(2), {"refer", "refer-ourselves", "interest"}),
        ("secretary", None, {"convene", "refer", "seat", "end-mandate", "office", "adopt"}),
    ):
        be(role, me)
        assert offered("committee") == expected, role


def house(name):
    return f"/committee-act/{name}/external"


def names(hall):
    return {member: each.name for member, each in directory(hall.workspace).items()}


def test_a_new_member_is_seated_once_and_named_beside_the_ledger(hand, hall):
    seat = {"member": m(77), "name": "Ana <b>de Lima</b>", "college": "sciences", "start": "2026-09-15"}
    entry = hand.done(house("seat"), **seat)
    assert hand.done(house("seat"), **seat) == entry
    assert (hand.last(Mandate)[1].member, names(hall)[m(77)]) == (m(77), "Ana <b>de Lima</b>")
    assert "Ana &lt;b&gt;de Lima&lt;/b&gt;" in look("committee", lang="en")
    told = hand.refused(house("seat"), **{**seat, "member": m(78), "college": "press"})
    assert "does not fit: College" in told
    overlap = hand.refused(house("seat"), member=m(79), again=m(1), college="sciences", start="2026-09-16")
    assert "Awa Diop already has a mandate in these days" in overlap
    assert m(79) not in names(hall)


def test_rules_are_adopted_once_and_offered_again_when_the_file_says_others(hand, hall, be):
    be("chair", m(1))
    entry = hand.done(house("adopt"), role="chair", by=1, text="In the session of today.")
    assert hand.done(house("adopt"), role="chair", by=1, text="In the session of today.") == entry
    assert hand.hall.house.adopted.text == "In the session of today."
    assert "These rules are in force already." in hand.refused(house("adopt"), role="chair", by=1)
    assert 'action="/committee-act/adopt/' not in look("committee", lang="en")
    write_template(hall.workspace, "external")
    path = hall.workspace.home / "committees" / "external.yaml"
    path.write_text(path.read_text("utf-8").replace("notice_days: 5 ", "notice_days: 6 "), "utf-8")
    assert 'action="/committee-act/adopt/' in look("committee", lang="en")


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
