"""Drafts and written questions in the browser: one writes at a time, figures are looked up, and nothing is lost."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import replace

import pytest

from boussole.audits.workspace import Workspace
from boussole.charter.committee.acting import committee_state
from boussole.charter.committee.papers.drafts import begin, draft, drafts, save
from boussole.charter.committee.people.directory import name_member
from boussole.charter.record_types.acts import CommitteeQuestion
from boussole.charter.records.facts import Facts
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.markup.words.addresses import ask_href
from boussole.dashboard.pages.ask.forms import ask_routes, asking, place_of
from boussole.dashboard.pages.questions.view import question_routes
from boussole.dashboard.server.access.permissions import Person, Role
from boussole.dashboard.server.forms import form_html, problem_of
from boussole.dashboard.views import store
from boussole.dashboard.views.chamber import Chamber
from boussole.dashboard.views.parts.drafts import complete, draft_page, draft_routes, missing, writing
from boussole.dashboard.views.records.setting import figure_at, reference
from tests.charter.committee.desk import DAY, SAID, Desk, m
from tests.charter.committee.hall import Hall
from tests.dashboard.conftest import FIXTURE
from tests.dashboard.posting import Forms, entry_of

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


KEY = "impact_ratio_gender"


@pytest.fixture
def figure(scene):
    return figure_at(scene, "matchft", KEY, EN)


def test_a_figure_is_what_the_server_sees_of_it(scene, figure):
    assert (figure.title, figure.audit, figure.period) == ("MatchFT", scene.latest["matchft"].entry,
                                                           "3rd quarter 2026")  # fmt: skip
    assert [each.group for each in figure.groups] == [{"gender": "F"}]
    assert figure.groups[0].text.startswith("Women: ")
    said = reference(figure, figure.groups[0].measure)
    assert (said.system, said.group, said.measure) == ("matchft", {"gender": "F"}, figure.groups[0].measure)
    assert reference(figure, None).group == {}
    for system, key in (("matchft", "nothing"), ("<b>", KEY), ("", "")):
        assert figure_at(scene, system, key, EN) is None


def head(figure, *, lost=False) -> str:
    return Template("pages/ask/ask.html", EN)("head", figure, "/questions", lost)


def test_a_question_can_be_about_a_system_as_a_whole(scene):
    whole = figure_at(scene, "matchft", "", EN)
    said = reference(whole, None)
    assert (said.system, said.indicator, said.audit) == ("matchft", None, scene.latest["matchft"].entry)
    assert "Your question is about this system." in head(whole)
    assert place_of(whole) == "matchft."
    assert ask_href("matchft", "", query={}) == "/ask?system=matchft"


def test_the_form_is_filled_in_from_the_figure(figure, monkeypatch, tmp_path):
    monkeypatch.setenv("BOUSSOLE_HOME", str(Workspace.create(tmp_path / "w").home))
    monkeypatch.setattr(store, "day_in", lambda workspace: dt.date(2026, 11, 27))
    chambers = {"external": Chamber(house=Desk().house, names={}, facts=Facts(as_of=DAY))}
    form = asking(figure, chambers, Person(role=Role.MEMBER), EN)
    values = {field.name: field.value for field in form.fields}
    assert (values["committee"], values["due_on"], values["addressee"]) == ("external", "2026-12-27", figure.owner)
    assert form.path == f"/ask/matchft.{KEY}" == f"/ask/{place_of(figure)}"
    shown = head(figure) + form_html(form, EN, query={})
    assert figure.sentence.replace("'", "&#x27;") in shown or figure.sentence in shown
    assert "There is no such figure here" in head(None, lost=True)


def chambers(*acts, today=dt.date(2026, 10, 20)):
    desk = Desk()
    desk.seat(1)
    for act in acts:
        desk.seal(act)
    return {"external": Chamber(house=desk.house, names={m(1): "Awa Diop"}, facts=Facts(as_of=today))}


def asked(due, text="Why?", **more):
    return CommitteeQuestion(**SAID, on=DAY, addressee="Data", due_on=due, text=text, **more)


@pytest.fixture(scope="module")
def with_systems(tmp_path_factory):
    hall = Hall.seat(tmp_path_factory.mktemp("seated") / "home")
    shutil.copytree(FIXTURE / "systems", hall.workspace.home / "systems", dirs_exist_ok=True)
    return hall


@pytest.fixture
def asker(with_systems, scene, tmp_path, monkeypatch):
    """A server on a workspace with a committee; its figures are those of the scene."""
    workspace = Workspace(shutil.copytree(with_systems.workspace.home, tmp_path / "copy"))
    monkeypatch.setattr(store, "scene", lambda _: scene)
    return Forms(workspace, ask_routes, question_routes, role=f"member.{m(2)}", base="")


ASK = {"committee": "external", "text": "Why do women wait?", "addressee": "Data", "due_on": "2199-01-01"}


def test_a_question_is_asked_with_its_figure_and_answered(asker, figure):
    given = {**ASK, "audit": str(figure.audit), "measure": figure.groups[0].measure}
    place = asker.place(f"/ask/matchft.{KEY}", **given)
    assert asker.place(f"/ask/matchft.{KEY}", **given) == place.replace("#done", "&twice=1#done")  # it is told
    entry = entry_of(place)
    said = committee_state(asker.workspace, "external").get(CommitteeQuestion, entry)
    assert (said.by, said.role, said.figure.group, said.figure.audit) == (m(2), "member", {"gender": "F"}, figure.audit)
    asker.be("steward")
    assert "done=" in asker.place(f"/questions/answer/{entry}", role="Data", text="A filter.")
    asker.be(f"member.{m(2)}")
    asker.place("/ask/-", **ASK)
    asker.place("/ask/matchft.", **{**ASK, "text": "And women?", "audit": str(figure.audit)})
    every = committee_state(asker.workspace, "external").standing(CommitteeQuestion)
    assert [act.figure is None for _, act in every] == [False, True, False]


@pytest.mark.parametrize(
    ("path", "changed", "told"),
    [
        (f"matchft.{KEY}", {"audit": "999"}, "has changed since you looked"),
        (f"matchft.{KEY}", {"measure": "impact_ratio/gender=X"}, "does not fit: About which group?"),
        ("-", {"due_on": "2020-01-01"}, "has passed"),
        ("-", {"committee": "other"}, "no committee 'other'"),
        ("-", {"text": ""}, "Nothing is filled in: Your question."),
    ],
)
def test_what_an_address_claims_is_looked_up(asker, figure, path, changed, told):
    assert told in asker.wrong(f"/ask/{path}", **{**ASK, "audit": str(figure.audit), **changed}).text
    assert committee_state(asker.workspace, "external").standing(CommitteeQuestion) == []


def test_whoever_has_no_mandate_is_refused_in_plain_words(asker):
    asker.be(f"member.{m(9)}")
    assert "has no mandate" in asker.wrong("/ask/-", **ASK).text
    asker.be("follow_up")
    assert "which member you are" in asker.wrong("/ask/-", **ASK).text
    assert committee_state(asker.workspace, "external").standing(CommitteeQuestion) == []
    assert asker.send("/ask/matchft.nothing", text="x").status_code == 404
    asker.be("steward")
    assert asker.send("/questions/answer/999", text="x").status_code == 404
