"""Drafts in the browser: one writes at a time, every version stays, and comments stand below the text."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from boussole.audits.workspace import Workspace
from boussole.charter.committee.papers.drafts import begin, draft, drafts, save
from boussole.charter.committee.people.directory import name_member
from boussole.charter.records.facts import Facts
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.server.access.permissions import Person, Role
from boussole.dashboard.server.forms import form_html, problem_of
from boussole.dashboard.views.chamber import Chamber
from boussole.dashboard.views.parts.drafts import complete, draft_page, draft_routes, missing, writing
from tests.charter.committee.desk import DAY, m
from tests.charter.committee.hall import Hall
from tests.dashboard.posting import Forms

EN, FR = speaker("en"), speaker("fr")
DRAFT = Template("pages/draft/draft.html", EN)
BODY = {"title": "MatchFT", "sense": "reserved", "words": "One.\n\nTwo.", "reservations": ["Until spring."]}


@pytest.fixture(scope="module")
def seated(tmp_path_factory):
    hall = Hall.seat(tmp_path_factory.mktemp("seated") / "home")
    name_member(hall.workspace, m(1), name="Awa Diop")
    begin(hall.workspace, "external", body=BODY, author=m(1))
    return hall


@pytest.fixture
def workspace(seated, tmp_path):
    return Workspace(shutil.copytree(seated.workspace.home, tmp_path / "copy"))


@pytest.fixture
def client(workspace):
    return Forms(workspace, draft_routes, role=f"member.{m(2)}", base="/drafts/")


def chamber(hall):
    return Chamber(house=hall.house, names={m(1): "Awa Diop"}, facts=Facts(as_of=DAY))


WRITTEN = {"title": "MatchFT", "sense": "reserved", "words": "One.\r\n\r\nThree.", "reservations": "Until spring."}


def shown_to(workspace, seated, who, say=EN):
    me = Person(role=Role.MEMBER, member=who)
    return draft_page(workspace, chamber(seated), draft(workspace, 1), me, say, query={})


def test_a_draft_is_begun_and_saved_by_whoever_writes_in_it(client, workspace):
    assert client.place("new/external", title="ChatFT") == "/draft?number=2&saved=1"
    assert client.place("save/2", **WRITTEN) == "/draft?number=2&saved=2#done"
    assert client.place("save/2", **WRITTEN) == "/draft?number=2&saved=2#done"
    now = draft(workspace, 2)
    assert (now.version, now.author, now.body["words"]) == (2, m(2), "One.\n\nThree.")
    assert complete(now.body)


def test_who_wants_to_write_while_another_does_is_told_and_keeps_what_they_typed(client, workspace, seated):
    place = client.place("save/1", lang="fr", **WRITTEN)
    page, _, anchor = place.partition("#")
    problem = problem_of(page.partition("sent=")[2])
    assert anchor == "draft-1"
    assert problem.text.startswith("Awa Diop est en train d’écrire dans ce projet.")
    assert "Three.</textarea>" in form_html(writing(draft(workspace, 1), EN), EN, query={}, problem=problem)
    theirs, mine = shown_to(workspace, seated, m(1)), shown_to(workspace, seated, m(2))
    assert (theirs["writes"], theirs["writer"], mine["writes"]) == (True, "", False)
    assert mine["writer"].startswith("Awa Diop has been writing in it since")
    save(workspace, 1, body={**BODY, "words": "One.\n\nTheirs."}, author=m(1))
    assert shown_to(workspace, seated, m(2))["writer"] == ""
    assert client.place("write/1") == "/draft?number=1#to-write"
    assert shown_to(workspace, seated, m(2))["writes"]
    assert client.place("save/1", **WRITTEN).endswith("saved=3#done")
    history = DRAFT("history", shown_to(workspace, seated, m(2)))
    for words in ("Two.", "Theirs.", "Three.", "Three versions", "Version 2, saved by Awa Diop"):
        assert words.lower() in history.lower()


def test_a_hundred_thousand_characters_and_script_are_text(client, workspace, seated):
    words = "<script>alert(1)</script>" + "é" * 99_900
    client.be(f"member.{m(1)}")
    client.place("save/1", **{**WRITTEN, "words": words})
    assert draft(workspace, 1).body["words"] == words
    shown = shown_to(workspace, seated, m(1))
    page = DRAFT("text", shown) + DRAFT("history", shown) + DRAFT("head", shown, "/", True)
    page += form_html(writing(draft(workspace, 1), EN), EN, query={})
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    client.place("write/1")
    assert client.wrong("save/1", **{**WRITTEN, "words": words + "x" * 100}).typed["words"] == [words + "x" * 100]


def test_who_does_not_sit_in_a_committee_neither_writes_nor_erases_its_drafts(client, workspace):
    asked = ("save/1", WRITTEN), ("discard/1", {"sure": "yes"}), ("new/external", {"title": "X"})
    for who, told in ((f"member.{m(9)}", "has no mandate"), ("follow_up", "Say first which member you are")):
        client.be(who)
        for path, fields in asked:
            assert told in client.wrong(path, **fields).text
    assert [(each.version, each.body) for each in drafts(workspace, "external")] == [(1, BODY)]
    save(workspace, 1, body={**BODY, "words": "Two."}, author=m(1))
    client.be("secretary")
    assert client.place("write/1") == "/draft?number=1#to-write"
    assert client.place("save/1", **WRITTEN).endswith("saved=3#done")


def test_a_draft_says_what_it_lacks_before_a_vote():
    for changed, told in [
        ({"title": " "}, "no title"),
        ({"sense": None}, "what it comes to"),
        ({"words": "\n"}, "no words"),
        ({"reservations": []}, "names none"),
        ({"sense": "favourable"}, "It has reservations"),
    ]:
        assert told in missing({**BODY, **changed}, EN)
        assert not complete({**BODY, **changed})
    assert (missing(BODY, EN), complete(BODY)) == ("", True)


def test_a_sealed_draft_is_read_and_no_longer_written(client, workspace, seated):
    now, me = replace(draft(workspace, 1), sealed_as=7), Person(role=Role.MEMBER, member=m(1))
    shown = draft_page(workspace, chamber(seated), now, me, EN, query={})
    assert shown["sealed"] == ("entry 7", "/evidence?entry=7")
    assert "This draft was sealed:" in DRAFT("sealed", shown)


def test_a_draft_is_thrown_away_only_by_who_says_so(client, workspace):
    assert "Nothing is filled in" in client.wrong("discard/1").text
    assert client.place("discard/1", sure="yes") == "/drafts?committee=external"
    assert drafts(workspace, "external") == []
    for path in ("save/1", "save/x", "discard/9", "new/nobody"):
        assert client.send(path, title="x").status_code == 404
    assert "“&lt;b&gt;”" in DRAFT("no_draft", "<b>", "/drafts")
