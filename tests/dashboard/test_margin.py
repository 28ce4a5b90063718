"""The margin of a draft in the browser: who reads it, what is shown beside which paragraph, what stays text."""

from __future__ import annotations

import re
import shutil

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from boussole.audits.workspace import Workspace
from boussole.charter.committee.margin import (
    AnswerSpot,
    DraftSpot,
    comment_on_answer,
    comment_on_draft,
    note,
    on_draft,
    reply,
    settle,
)
from boussole.charter.committee.margin import on_answer as notes_on_answer
from boussole.charter.committee.papers.drafts import begin, draft, save, savings
from boussole.charter.committee.people.directory import name_member
from boussole.charter.records import open_records
from boussole.charter.records.facts import Facts
from boussole.dashboard.app.server import guarded
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.ask.forms import asking
from boussole.dashboard.server.access.permissions import COOKIE, SIGNED_IN, TABLE, Action, Person, Role
from boussole.dashboard.server.forms import problem_of
from boussole.dashboard.views.chamber import Chamber
from boussole.dashboard.views.parts.margin import MOST_FORMS, CommentPlaces, MarginReader, answer_margin, draft_margin
from boussole.dashboard.views.parts.margin_routes import acts_of, margin_routes, own_words
from tests.charter.committee.desk import DAY, m
from tests.charter.committee.hall import Hall

BEN = m(2)
EN, FR = speaker("en"), speaker("fr")
MARGIN = Template("views/parts/margin.html", EN)
BODY = {"title": "MatchFT", "sense": "reserved", "words": "One.\n\nTwo.", "reservations": ["Until spring."]}


@pytest.fixture(scope="module")
def seated(tmp_path_factory):
    hall = Hall.seat(tmp_path_factory.mktemp("seated") / "home")
    name_member(hall.workspace, m(1), name="Awa Diop")
    begin(hall.workspace, "external", kind="opinion", body=BODY, author=m(1))
    comment_on_draft(hall.workspace, DraftSpot(draft=1, version=1, part="w", number=2), text="Why?", author=m(1))
    return hall


@pytest.fixture
def workspace(seated, tmp_path):
    return Workspace(shutil.copytree(seated.workspace.home, tmp_path / "copy"))


@pytest.fixture
def client(workspace):
    made = TestClient(Starlette(routes=guarded(margin_routes(workspace.home), workspace.home)), follow_redirects=False)
    made.cookies.set(COOKIE, f"member.{m(2)}")
    return made


def post(client, path, **fields):
    return client.post(f"/margin/{path}?spoken=en", files={f"f-{name}": (None, each) for name, each in fields.items()})


def sent(client, path, **fields):
    answer = post(client, path, **fields)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def problem(client, path, **fields):
    return problem_of(re.search(r"sent=([\w-]+)", sent(client, path, **fields))[1])


def shown(seated, workspace, *, who=BEN, say=EN, wrong=None, acts=None):
    chamber = Chamber(house=seated.house, names={m(1): "Awa Diop"}, facts=Facts(as_of=DAY))
    now = draft(workspace, 1)
    reader = MarginReader(chamber=chamber, say=say, author=who, writes=now.sealed_as is None, acts=acts or {})
    bodies = {each.version: each.body for each in savings(workspace, 1)}
    found = draft_margin(reader, now, bodies, on_draft(workspace, 1))
    return found, Template("views/parts/margin.html", say)("of_draft", found, {}, wrong)


def test_a_paragraph_is_commented_and_the_way_leads_back_to_the_comment(client, workspace, seated):
    assert sent(client, "draft/1-1-r1", text="Which spring?") == "/draft?number=1#m-2"
    assert sent(client, "draft/1-1-r1", text="Which spring?") == "/draft?number=1#m-2"
    assert sent(client, "reply/1", text="Because.") == "/draft?number=1#m-1"
    assert sent(client, "settle/1", to="settled") == "/draft?number=1#m-1"
    assert sent(client, "change/2", text="Which one?", edition="1") == "/draft?number=1#m-2"
    found, html = shown(seated, workspace)
    first, second = found.words
    assert (first.threads, [each.head.text for each in second.threads]) == ((), ["Why?"])
    assert second.threads[0].settled == "Settled by member m_00000002"
    assert [each.text for each in second.threads[0].replies] == ["Because."]
    assert [each.head.text for each in found.reservations[0].threads] == ["Which one?"]
    assert found.told == "One comment is open."
    assert html.index("Awa Diop") < html.index("Because.") < html.index("Which one?")
    assert sent(client, "withdraw/2", sure="yes") == "/draft?number=1#margin"
    assert note(workspace, 2) is None


def test_who_writes_on_a_text_that_was_saved_since_is_told_and_nothing_moves_to_other_words(client, workspace, seated):
    save(workspace, 1, body={**BODY, "words": "New.\n\nOne.\n\nDeux."}, based_on=1, author=m(1))
    sent(client, "draft/1-1-w1", text="On one")
    found, html = shown(seated, workspace)
    told = [[(each.head.text, each.since, each.quote) for each in part.threads] for part in found.words]
    assert told == [[], [("On one", "", "")], [("Why?", "This paragraph has changed since.", "Two.")]]
    assert '<blockquote class="words">Two.</blockquote>' in html
    save(workspace, 1, body={**BODY, "words": "One."}, based_on=2, author=m(1))
    found, html = shown(seated, workspace)
    assert [(each.head.text, each.quote) for each in found.gone] == [("Why?", "Two.")]
    assert "On paragraphs that are no longer there" in html


@pytest.mark.parametrize(
    ("before", "now", "number", "place"),
    [
        ("ab", "ab", 2, (2, False)),
        ("ab", "ba", 1, (2, False)),
        ("abc", "axc", 2, (2, True)),
        ("abc", "ac", 2, (None, True)),
        ("abcd", "ax", 4, (2, True)),
        ("aa", "xaa", 2, (3, False)),
        ("a", "", 1, (None, True)),
    ],
)
def test_where_a_comment_stands_now(before, now, number, place):
    found = CommentPlaces(list(before), list(now)).of(number)
    assert (found.number, found.changed) == place


def test_script_and_markup_stay_text_and_signs_that_turn_text_round_are_left_out(client, workspace, seated):
    sent(client, "draft/1-1-w1", text="<script>alert(1)</script>\u202e</details>\0 é")
    _, html = shown(seated, workspace)
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&lt;/details&gt;" in html
    assert "\u202e" not in html


def test_what_could_not_be_taken_is_there_again_where_it_was_typed(client, workspace, seated):
    told = problem(client, "draft/1-1-w1", text="x" * 5_001)
    assert "5,001 characters" in told.text
    found, _ = shown(seated, workspace)
    _, html = shown(seated, workspace, wrong=told)
    assert found.words[0].comment.id == told.form == "margin-w1"
    assert "x" * 5_001 in html
    assert 'open=""' in html
    assert "Nothing is filled in" in problem(client, "draft/1-1-w1").text
    assert "Nothing is filled in" in problem(client, "withdraw/1").text
    client.cookies.set(COOKIE, f"member.{m(1)}")
    stale = problem(client, "change/1", text="From another window", edition="9")
    assert "changed since you read it" in stale.text
    _, html = shown(seated, workspace, who=m(1), wrong=stale)
    assert "From another window</textarea>" in html
    settle(workspace, 1, author=m(1), settled=True)
    _, html = shown(seated, workspace, who=m(1), wrong=problem(client, "reply/1", text="y" * 6_000))
    assert '<details class="thread settled" id="m-1" open="">' in html


@pytest.mark.parametrize("of", ["9-1-w1", "1-1-x1", "1-1-w", "x", "1-1-w1'", "1-1-w\u0661", "-1-1-w1", "1"])
def test_a_guessed_address_names_nothing(client, of):
    assert post(client, f"draft/{of}", text="x").status_code == 404


def test_a_paragraph_that_there_is_not_is_told(client, workspace):
    for of in ("1-1-w9", "1-9-w1", "1-1-w0"):
        assert "There is no such paragraph." in problem(client, f"draft/{of}", text="x").text
    assert len(on_draft(workspace, 1)) == 1


@pytest.mark.parametrize("act", ["reply", "change", "withdraw", "settle"])
def test_a_comment_that_there_is_not_is_nothing(client, act):
    for of in ("99", "-1", "1 OR 1=1", "1.0", ""):
        assert post(client, f"{act}/{of}", text="x", edition="1", sure="yes", to="open").status_code == 404


@pytest.mark.attack("margins", "a comment is read, answered or changed by a role that does not write in a committee")
@pytest.mark.parametrize("role", sorted(set(SIGNED_IN) - TABLE[Action.DRAFT]))
def test_other_roles_reach_no_margin(client, workspace, role, tries):
    client.cookies.set(COOKIE, role)
    for path in ("draft/1-1-w1", "reply/1", "change/1", "withdraw/1", "settle/1"):
        tries.add()
        assert post(client, path, text="x", edition="1", sure="yes", to="settled").status_code == 403
    assert [(each.text, each.settled_by) for each in on_draft(workspace, 1)] == [("Why?", None)]
    assert own_words(workspace, Person(role=Role(role), member=m(1)), "1") == ""


@pytest.mark.attack("margins", "a member changes, withdraws, publishes or speaks as the author of another's comment")
def test_nobody_changes_withdraws_or_publishes_the_comment_of_another(client, workspace, tries):
    for path, fields in (("change/1", {"text": "Mine", "edition": "1"}), ("withdraw/1", {"sure": "yes"})):
        tries.add()
        assert "This comment is by Awa Diop." in problem(client, path, author=m(1), **fields).text
    tries.add(3)
    sent(client, "draft/1-1-w1", text="Hers?", author=m(1), committee="internal")
    assert (note(workspace, 2).author, note(workspace, 2).committee) == (m(2), "external")
    for number in ("1", "99", "x"):
        assert own_words(workspace, Person(role=Role.MEMBER, member=m(2)), number) == ""
    assert own_words(workspace, Person(role=Role.MEMBER, member=m(1)), "1") == "Why?"


def test_who_has_no_mandate_reads_without_writing_in_local_mode(client, workspace):
    client.cookies.set(COOKIE, f"member.{m(9)}")
    assert "has no mandate" in problem(client, "reply/1", text="x").text
    client.cookies.set(COOKIE, "secretary")
    sent(client, "reply/1", text="From the pen.")
    assert on_draft(workspace, 1)[-1].author == "secretary"


def test_only_ones_own_can_be_changed_and_a_sealed_draft_is_only_read(workspace, seated):
    reply(workspace, 1, text="Because.", author=m(2))
    found, html = shown(seated, workspace, who=m(2), acts={1: [("Ask", "/ask")], 2: [("Ask it", "/ask?margin=2")]})
    thread = found.words[1].threads[0]
    assert (thread.head.own, thread.head.acts) == ([], ())
    assert [form.id for form in thread.replies[0].own] == ["margin-change-2", "margin-withdraw-2"]
    assert 'href="/ask?margin=2"' in html
    with open_records(workspace).begin() as connection:
        connection.exec_driver_sql("UPDATE drafts SET sealed_as = 0 WHERE id = 1")
    found, _ = shown(seated, workspace, who=m(2))
    thread = found.words[1].threads[0]
    assert (found.words[0].comment, thread.reply, thread.settle) == (None, None, None)
    assert [form.id for form in thread.replies[0].own] == ["margin-withdraw-2"]


def test_a_text_of_thousands_of_paragraphs_is_shown_with_some_hundred_forms(workspace, seated):
    save(workspace, 1, body={**BODY, "words": "\n\n".join(["x"] * 3_000)}, based_on=1, author=m(1))
    found, html = shown(seated, workspace)
    assert len(found.words) == 3_000
    assert html.count('action="/margin/draft/1-2-w') == MOST_FORMS


def test_a_comment_becomes_a_question_only_by_the_form_of_questions(workspace, seated, monkeypatch):
    monkeypatch.setenv("BOUSSOLE_HOME", str(workspace.home))
    chamber = Chamber(house=seated.house, names={}, facts=Facts(as_of=DAY))
    notes, me = on_draft(workspace, 1), Person(role=Role.MEMBER, member=m(1))
    acts = acts_of(chamber, me, notes, FR, texts={}, query={"lang": "fr"})
    assert acts == {1: [("En faire une question écrite", "/ask?margin=1&lang=fr")]}
    for other in (Person(role=Role.MEMBER, member=m(2)), Person(role=Role.SECRETARY), Person(role=Role.MEMBER)):
        assert acts_of(chamber, other, notes, FR, texts={}, query={}) == {}
    form = asking(None, {"external": chamber}, me, FR, words=own_words(workspace, me, "1"))
    assert next(each.value for each in form.fields if each.name == "text") == "Why?"


def on_answer(note_of, spot, now, *, who=BEN, seated=None):
    chamber = Chamber(house=seated.house, names={m(1): "Awa Diop"}, facts=Facts(as_of=DAY))
    reader = MarginReader(chamber=chamber, say=EN, author=who, writes=True)
    return answer_margin(reader, spot, note_of, now)


def test_the_margin_of_an_answer_says_what_changed_since(workspace, seated):
    spot = AnswerSpot(system="matchft", question="reach", audit=7, lang="fr", quote="Oui.")
    comment_on_answer(workspace, "external", spot, text="<b>Low", author=m(1))
    notes = notes_on_answer(workspace, "external", "matchft", "reach")
    for audit, said, since in (
        (7, "Oui.", ""),
        (9, "Oui.", "There has been another audit since, and the answer is the same."),
        (9, "Non.", "The answer has changed since."),
    ):
        now = AnswerSpot(system="matchft", question="reach", audit=audit, lang="en", quote="Read in English")
        found = on_answer(notes, now, {"fr": said}.__getitem__, seated=seated)
        assert found.threads[0].since == since
        assert found.comment.path == "/margin/answer/external.matchft.reach"
    html = MARGIN("of_answer", [found], {}, None)
    assert "&lt;b&gt;Low" in html
    assert '<blockquote class="words">Oui.</blockquote>' in html
    empty = on_answer([], now, {"fr": "Non."}.__getitem__, seated=seated)
    assert MARGIN("of_answer", [empty], {}, None).startswith("<details")
    assert MARGIN("of_answer", [], {}, None) == ""
