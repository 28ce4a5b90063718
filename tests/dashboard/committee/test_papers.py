"""The session file and the minutes as files: what they hold, and that each that was sealed is told from others."""

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
from boussole.charter.committee.acts.meeting import convene
from boussole.charter.committee.acts.proving import faults
from boussole.charter.committee.papers.drafts import begin
from boussole.charter.committee.papers.minutes import content_of
from boussole.charter.committee.people.directory import forget
from boussole.charter.committee.referrals.matters import asked_between, known_question
from boussole.charter.committee.refusals import RefusedError
from boussole.charter.record_types.acts import (
    Closing,
    CommitteeAnswer,
    CommitteeQuestion,
    Convocation,
    ItemNote,
    SessionPaper,
)
from boussole.charter.records.store.audits import fingerprints, places_of
from boussole.charter.text.loading import load_charter
from boussole.dashboard.app.server import guarded
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.markup.words.addresses import minutes_data_href, minutes_href
from boussole.dashboard.pages.evidence.forms import EvidenceQuery, examine
from boussole.dashboard.pages.session.forms import act_routes, committee_routes, paper_routes
from boussole.dashboard.server.access.permissions import COOKIE
from tests.charter.committee.desk import AGENDA, CALLED, DAY, START, m
from tests.charter.committee.hall import NAME, who
from tests.dashboard.committee.hand import act, look


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
