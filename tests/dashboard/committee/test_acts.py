"""Acting in the browser: what each form of a session or a committee does, refuses, never keeps; papers as files."""

from __future__ import annotations

import datetime as dt
import json
import re
from io import BytesIO

import pypdf
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from boussole.audits.workspace import Workspace
from boussole.charter.committee.acts.meeting import convene, opinion_text
from boussole.charter.committee.acts.proving import faults
from boussole.charter.committee.papers.drafts import begin, draft, save
from boussole.charter.committee.papers.minutes import content_of
from boussole.charter.committee.people.directory import directory, forget
from boussole.charter.committee.referrals.matters import asked_between, known_question
from boussole.charter.committee.refusals import RefusedError
from boussole.charter.committee.rules import write_template
from boussole.charter.record_types.acts import (
    Ballot,
    Closing,
    CommitteeAnswer,
    CommitteeQuestion,
    Convocation,
    Item,
    ItemNote,
    Mandate,
    Opinion,
    Participation,
    SessionPaper,
    Tally,
    Vote,
)
from boussole.charter.records.store.audits import fingerprints, places_of
from boussole.charter.text.loading import load_charter
from boussole.dashboard.app.server import guarded
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.markup.words.addresses import minutes_data_href, minutes_href
from boussole.dashboard.pages.evidence.forms import EvidenceQuery, examine
from boussole.dashboard.pages.session.forms import act_routes, committee_routes, paper_routes
from boussole.dashboard.server import forms
from boussole.dashboard.server.access.permissions import COOKIE
from tests.charter.committee.desk import AGENDA, CALLED, DAY, START, m
from tests.charter.committee.hall import NAME, who
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
    kinds = [("minutes", "approval"), ("the_summer_to_come", "discussion")]
    assert [(item.id, item.kind) for item in call.agenda] == kinds
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
    for path in (act("open", 1), act("vote", of, "x"), act("cast", of, of), "/committee-act/convene/x"):
        assert hand.send(path, role="chair", by=1, choice="for").status_code == 404


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


@pytest.fixture
def papers(hand, hall):
    """The same hand, with the routes of papers."""
    home = hall.workspace.home
    routes = guarded([*act_routes(home), *paper_routes(home)], home)
    hand.client = TestClient(Starlette(routes=routes), follow_redirects=False)
    return hand


def text_of(content):
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages).split())


def taken(hand, page):
    """The files that the page hands out."""
    hand.client.cookies.set(COOKIE, f"member.{m(2)}")
    hrefs = re.findall(r'href="(/session-paper-file/[^"]+)"', page)
    return {href.partition(".")[2]: hand.client.get(href).content for href in hrefs}


@pytest.mark.costly
def test_the_session_file_holds_agenda_drafts_and_questions_and_is_sealed(papers, hall, of, be):
    assert "Nothing is frozen for this session." in papers.refused(f"/session-paper/file/{of}")
    words = "À compléter en séance."
    body = {"title": "On <i>MatchFT</i>", "sense": "none", "words": words}
    begin(hall.workspace, NAME, body=body, author=m(2))
    asked = hall.do(CommitteeQuestion, text="And without a phone?", addressee="Direction", due_on=DAY, by=m(3))
    hall.do(CommitteeAnswer, of=asked, text="By letter.")
    papers.done(act("freeze", of))
    entry = papers.done(f"/session-paper/file/{of}")
    assert "/session-paper-file/" not in look("session", session=str(of), lang="en")  # drafts are the committee's own
    be("member", m(2))
    page = look("session", session=str(of), lang="en")
    found = taken(papers, page)
    papers.client.cookies.set(COOKIE, "auditor")
    href = re.findall(r'href="(/session-paper-file/[^"]+)"', page)[0]
    assert papers.client.get(href).status_code == 403
    assert set(found) == {"fr.pdf", "en.pdf"}
    english, french = text_of(found["en.pdf"]), text_of(found["fr.pdf"])
    for said in ("1. Minutes", "On <i>MatchFT</i>", words, "phone?", "By letter.", "Paragraph 1 still holds"):
        assert said in english
    assert "Dossier de séance" in french
    assert not any(name in english + french for name in ("Awa", "Li Wei", "Jean Martin"))
    for content in found.values():
        assert [place.entry for place in places_of(hall.workspace, fingerprints(content))] == [entry]
        assert places_of(hall.workspace, fingerprints(content + b"%")) == []
    assert list(faults(hall.house)) == []


@pytest.mark.costly
def test_frozen_anew_the_file_is_told_to_be_outdated_and_a_changed_one_is_not_handed_out(papers, hall, of, be):
    papers.done(act("freeze", of))
    assert papers.send(f"/session-paper/file/{of}", role="reader").status_code == 403
    assert papers.send("/session-paper/file/99999").status_code == 404
    be("member", m(2))
    assert "/session-paper/file" not in look("session", session=str(of), lang="en")
    be("secretary")
    assert "/session-paper/file" in look("session", session=str(of), lang="en")
    papers.done(f"/session-paper/file/{of}")
    assert "have it made again" not in look("session", session=str(of), lang="en")
    hall.do(ItemNote, of=of, item="matchft", text="Something.")
    papers.done(act("freeze", of))
    page = look("session", session=str(of), lang="en")
    assert "What it tells has changed since: have it made again." in page
    for path in (hall.workspace.reports / "sessions").glob("*.pdf"):
        path.write_bytes(b"%PDF other")
    hrefs = re.findall(r'href="(/session-paper-file/[^"]+)"', page)
    papers.client.cookies.set(COOKIE, "secretary")
    assert {papers.client.get(href).status_code for href in hrefs} == {409}
    assert papers.client.get(f"/session-paper-file/{of}/other.pdf").status_code == 404


@pytest.mark.costly
def test_minutes_are_taken_as_pdf_and_as_text_with_the_names_of_the_day(papers, hall, of):
    assert "not sealed" in papers.refused(f"/session-paper/minutes/{of}")
    papers.done(act("freeze", of))
    papers.done(f"/session-paper/file/{of}")
    hall.do(ItemNote, of=of, item="matchft", text="A *starred* note.")
    hall.do(Closing, of=of, at=START + dt.timedelta(hours=1))
    papers.done(act("minutes", of))
    entry = papers.done(f"/session-paper/minutes/{of}")
    found = taken(papers, look("session", session=str(of), lang="en"))
    assert set(found) == {"fr.pdf", "en.pdf", "fr.md", "en.md"}
    assert "Awa Diop" in found["fr.md"].decode()
    told = text_of(found["fr.pdf"])
    for said in ("Awa Diop", "A *starred* note.", "2. MatchFT", "Numéro de cet exemplaire"):
        assert said in told
    for content in found.values():
        assert [place.entry for place in places_of(hall.workspace, fingerprints(content))] == [entry]
    asking = EvidenceQuery(workspace=hall.workspace, say=speaker("en"), query={})
    for name, content in found.items():
        assert examine(name, content, asking).tone == "kept"
        assert examine(name, content.replace(b"1", b"2", 1), asking).tone == "unknown"
    again = papers.done(f"/session-paper/minutes/{of}")  # another copy: its hash tells nothing of the names
    assert again != entry
    assert len(hall.house.standing(SessionPaper)) == 3
    folder = hall.workspace.reports / "sessions"
    assert any("Awa Diop" in path.read_text() for path in folder.glob("*.md"))
    assert forget(hall.workspace, m(1))  # files with the name go, the session file stays
    assert {path.name.split("-")[2] for path in folder.iterdir()} == {"file"}


def test_the_minutes_are_taken_away_in_both_languages_and_as_data_without_a_name(hall, of):
    client = TestClient(Starlette(routes=committee_routes(hall.workspace.home)))
    for lang in ("fr", "en"):
        got = client.get(minutes_href(of, lang))
        assert (got.status_code, got.headers["content-type"]) == (200, "text/markdown; charset=utf-8")
        assert f'filename="session-{of}.{lang}.md"' in got.headers["content-disposition"]
        assert "Awa Diop" in got.text
    data = json.loads(client.get(minutes_data_href(of)).content)
    assert "Awa Diop" not in json.dumps(data)
    assert content_of(data) in look("session", session=str(of))
    for file in ("0.fr", "999.en", "1.xx"):
        assert client.get(f"/session-minutes/{file}.md").status_code == 404


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
    page = look("session", session=str(called), lang="en")
    assert "On &lt;it&gt;" in page
    assert '<option value="matchft" selected' in page, "though it is listed no longer"
    assert "matchft" not in Workspace(hall.workspace.home).systems
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
    asked = {**said, "due_on": DAY, "by": m(2)}
    made = [hall.do(CommitteeQuestion, **asked, **about) for about in ({"system": "matchft"}, {"system": "chatft"}, {})]
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
