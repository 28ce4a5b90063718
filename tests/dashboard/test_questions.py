"""Written questions: asked in one tap from a figure that the server looks up, late ones first, answered there."""

from __future__ import annotations

import datetime as dt
import shutil

import pytest

from boussole.audits.workspace import Workspace
from boussole.charter.committee.acting import committee_state
from boussole.charter.record_types.acts import CommitteeQuestion
from boussole.charter.records.facts import Facts
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.markup.words.addresses import ask_href
from boussole.dashboard.pages.ask.forms import ask_routes, asking, place_of
from boussole.dashboard.pages.questions.view import question_routes
from boussole.dashboard.server.access.permissions import Person, Role
from boussole.dashboard.server.forms import form_html
from boussole.dashboard.views import store
from boussole.dashboard.views.chamber import Chamber
from boussole.dashboard.views.records.setting import figure_at, reference
from tests.charter.committee.desk import DAY, SAID, Desk, m
from tests.charter.committee.hall import Hall
from tests.dashboard.conftest import FIXTURE
from tests.dashboard.posting import Forms, entry_of

EN, FR = speaker("en"), speaker("fr")
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
    chamber = {"external": Chamber(house=Desk().house, names={}, facts=Facts(as_of=DAY))}
    form = asking(figure, chamber, Person(role=Role.MEMBER), EN)
    values = {field.name: field.value for field in form.fields}
    assert (values["committee"], values["due_on"], values["addressee"]) == ("external", "2026-12-27", figure.owner)
    assert form.path == f"/ask/matchft.{KEY}" == f"/ask/{place_of(figure)}"
    shown = head(figure) + form_html(form, EN, query={})
    assert figure.sentence.replace("'", "&#x27;") in shown or figure.sentence in shown
    assert "There is no such figure here" in head(None, lost=True)


def chamber(*acts, today=dt.date(2026, 10, 20)):
    desk = Desk()
    desk.seat(1)
    for act in acts:
        desk.seal(act)
    return {"external": Chamber(house=desk.house, names={m(1): "Awa Diop"}, facts=Facts(as_of=today))}


def asked(due, text="Why?", **more):
    return CommitteeQuestion(**SAID, on=DAY, addressee="Data", due_on=due, text=text, **more)


@pytest.fixture(scope="module")
def seated(tmp_path_factory):
    hall = Hall.seat(tmp_path_factory.mktemp("seated") / "home")
    shutil.copytree(FIXTURE / "systems", hall.workspace.home / "systems", dirs_exist_ok=True)
    return hall


@pytest.fixture
def client(seated, scene, tmp_path, monkeypatch):
    """A server on a workspace with a committee; its figures are those of the scene."""
    workspace = Workspace(shutil.copytree(seated.workspace.home, tmp_path / "copy"))
    monkeypatch.setattr(store, "scene", lambda _: scene)
    return Forms(workspace, ask_routes, question_routes, role=f"member.{m(2)}", base="")


ASK = {"committee": "external", "text": "Why do women wait?", "addressee": "Data", "due_on": "2199-01-01"}


def test_a_question_is_asked_with_its_figure_and_answered(client, figure):
    given = {**ASK, "audit": str(figure.audit), "measure": figure.groups[0].measure}
    place = client.place(f"/ask/matchft.{KEY}", **given)
    assert client.place(f"/ask/matchft.{KEY}", **given) == place.replace("#done", "&twice=1#done")  # it is told
    entry = entry_of(place)
    said = committee_state(client.workspace, "external").get(CommitteeQuestion, entry)
    assert (said.by, said.role, said.figure.group, said.figure.audit) == (m(2), "member", {"gender": "F"}, figure.audit)
    client.be("steward")
    assert "done=" in client.place(f"/questions/answer/{entry}", role="Data", text="A filter.")
    client.be(f"member.{m(2)}")
    client.place("/ask/-", **ASK)
    client.place("/ask/matchft.", **{**ASK, "text": "And women?", "audit": str(figure.audit)})
    every = committee_state(client.workspace, "external").standing(CommitteeQuestion)
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
def test_what_an_address_claims_is_looked_up(client, figure, path, changed, told):
    assert told in client.wrong(f"/ask/{path}", **{**ASK, "audit": str(figure.audit), **changed}).text
    assert committee_state(client.workspace, "external").standing(CommitteeQuestion) == []


def test_whoever_has_no_mandate_is_refused_in_plain_words(client):
    client.be(f"member.{m(9)}")
    assert "has no mandate" in client.wrong("/ask/-", **ASK).text
    client.be("follow_up")
    assert "which member you are" in client.wrong("/ask/-", **ASK).text
    assert committee_state(client.workspace, "external").standing(CommitteeQuestion) == []
    assert client.send("/ask/matchft.nothing", text="x").status_code == 404
    client.be("steward")
    assert client.send("/questions/answer/999", text="x").status_code == 404
