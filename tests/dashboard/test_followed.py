"""Recommendations and opinions: overdue first, filters by address, what became of each, and answers in the browser."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import replace

import pytest

from boussole.audits.workspace import Workspace
from boussole.charter.committee.state import CommitteeState
from boussole.charter.record_types.acts import Dissent, OpinionText
from boussole.charter.record_types.kinds import FollowUp, Recommendation, Reply
from boussole.charter.records import SealedStatement, statements
from boussole.charter.records.facts import Facts, facts_of
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.recommendations.view import (
    FollowedForms,
    RecommendationsQuery,
    followed_routes,
    recommendations_page,
)
from boussole.dashboard.server.access.permissions import Person, Role
from boussole.dashboard.server.forms import PageForms
from boussole.dashboard.views.chamber import Chamber
from boussole.dashboard.views.committee_words import opinions_about
from tests.charter.committee.desk import DAY, RULES, m
from tests.charter.committee.hall import NAME, Hall, who
from tests.dashboard.posting import Forms, entry_of

EN, FR = speaker("en"), speaker("fr")
TODAY = dt.date(2026, 11, 27)
ACTING = PageForms(query={}, problem=None)
PAGE = Template("pages/recommendations/recommendations.html", EN)


def advice(to="Data", due=dt.date(2026, 11, 1), **changes):
    values = {"role": "Secretariat", "on": DAY, "body": "Committee", "outside": False, "addressee": to, "due_on": due}
    return Recommendation(**({**values, "text": "Publish."} | changes))


def seen(scene, *said):
    sealed = [SealedStatement(entry=entry, sealed_on=each.on, statement=each) for entry, each in enumerate(said)]
    return replace(scene, facts=Facts(as_of=TODAY, sealed=sealed))


def page(scene, *said, say=EN, **query):
    committees, chosen = {"external": "External ethics committee"}, RecommendationsQuery.of(query)
    return recommendations_page(seen(scene, *said), chosen, say, query={"lang": "en"}, committees=committees)


SAID_ALL = [
    advice(),
    advice("People", dt.date(2026, 12, 15), system="matchft", articles=["equite"]),
    advice("Head", outside=True, body="Cour des comptes", text="<script>alert(1)</script>"),
    Reply(role="Head · steward", on=DAY, of=2, accepted="partly", text="Soon."),
    FollowUp(role="steward", on=dt.date(2026, 10, 1), of=2, state="in_progress", text="Half."),
]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"state": "overdue"}, [0]),
        ({"addressee": "People"}, [1]),
        ({"system": "matchft"}, [1]),
        ({"addressee": "Head", "state": "overdue"}, []),
        ({"state": "nonsense"}, [0, 1, 2]),
        ({"addressee": "<b>"}, []),
        ({"page": "999"}, [0, 1, 2]),
    ],
)
def test_the_address_says_which_are_shown(scene, asked, found):
    shown = page(scene, *SAID_ALL, **asked)
    assert [row["entry"] for row in shown["rows"]] == found
    assert bool(shown["everything"]) == bool(
        set(asked) & {"addressee", "system", "state"} and asked != {"state": "nonsense"}
    )
    assert "<b>" not in PAGE("recommendations", shown, ACTING, [])


def test_a_long_list_has_pages(scene):
    shown = page(scene, *[advice(text=str(n)) for n in range(120)], page="2")
    assert (len(shown["rows"]), shown["where"]) == (50, "Page 2 of 3")
    assert shown["older"] == "/recommendations?page=3&lang=en"


@pytest.mark.parametrize(
    ("role", "of_waiting", "of_answered", "new"),
    [
        (Role.FOLLOW_UP, ["Answer"], ["Answer anew", "Say what became of it"], 1),
        (Role.CHAIR, [], ["Say what became of it"], 2),
        (Role.MEMBER, [], [], 0),
    ],
)
def test_each_role_has_its_forms(scene, role, of_waiting, of_answered, new):
    committee = Chamber(house=CommitteeState(text=RULES), names={}, facts=Facts(as_of=DAY))
    asked = FollowedForms(scene=seen(scene, *SAID_ALL), chambers={NAME: committee}, me=Person(role=role), say=EN)
    assert [title for title, _ in asked.of_entry(0)] == of_waiting
    assert [title for title, _ in asked.of_entry(2)] == of_answered
    assert asked.of_entry(9) == []
    assert len(asked.recommending) == new


@pytest.fixture(scope="module")
def advised(tmp_path_factory):
    """A committee with an opinion on a system: reserved, with a dissent."""
    from boussole.charter.committee.acts.meeting import end_vote, issue, vote_openly

    hall = Hall.seat(tmp_path_factory.mktemp("advised") / "home")
    of = hall.session(1, 2, 3, 4, 5)
    words = "Long words. " * 200
    wording = OpinionText(title="MatchFT <b>", sense="reserved", words=words, reservations=["Until spring."])
    vote = hall.vote(of, subject=wording.sha256)
    for number, choice in enumerate(("for", "for", "against"), 1):
        vote_openly(hall.workspace, NAME, vote=vote, voter=m(number), choice=choice, who=who(by=number))
    decision = end_vote(hall.workspace, NAME, vote=vote, who=who()).entry
    hall.do(Dissent, of=decision, member=m(3), text="Too early.")
    opinion = issue(
        hall.workspace, NAME, decision=decision, who=who(), wording=wording, system="matchft", articles=["equite"]
    )
    return hall, opinion.entry


def chamber_of(hall):
    facts = facts_of(hall.workspace, as_of=dt.date(2026, 12, 30))
    return Chamber(house=hall.house, names={m(3): "Zoé Petit"}, facts=facts)


@pytest.mark.costly
def test_an_opinion_is_shown_with_its_dissent_and_what_became_of_it(advised):
    hall, entry = advised
    (shown,) = opinions_about([chamber_of(hall)], EN, query={}, inside=True, article="equite", system="matchft")
    assert (shown.entry, shown.sense, shown.grave) == (entry, "favourable with reservations", True)
    assert shown.dissents == [("Dissent of Zoé Petit", "Too early.")]
    assert dict(shown.became)["The answer"] == "late since 14 December 2026"
    written = Template("views/parts/opinions.html", EN)("beside", [shown]) + PAGE("opinions", [shown], ACTING)
    assert "<b>" not in written.replace("</b>", "")
    assert "Read all of it" in written
    assert "One reservation, one dissent" in written
    assert opinions_about([chamber_of(hall)], EN, query={}, inside=True, article="securite") == []
    assert "No opinion on this" in Template("views/parts/opinions.html", EN)("beside", [])


def test_who_does_not_see_the_committee_s_work_sees_what_was_published_and_no_name(advised, tmp_path):
    from boussole.charter.record_types.acts import Publication, PublicationDecision

    hall, entry = advised
    assert opinions_about([chamber_of(hall)], EN, query={}, inside=False) == []
    copy = Hall(Workspace(shutil.copytree(hall.workspace.home, tmp_path / "copy")))
    copy.do(PublicationDecision, of=entry, publish=True)
    copy.do(Publication, of=entry, where="Register")
    (shown,) = opinions_about([chamber_of(copy)], FR, query={}, inside=False)
    assert shown.dissents[0][0] == "Opinion divergente d’un membre"


@pytest.fixture
def client(advised, tmp_path):
    hall, _ = advised
    workspace = Workspace(shutil.copytree(hall.workspace.home, tmp_path / "copy"))
    return Forms(workspace, followed_routes, role="secretary", base="/recommendations/")


NEW = {"text": "Train them.", "addressee": "People", "due_on": "2199-01-01"}


def test_a_recommendation_is_entered_answered_and_followed_in_the_browser(client, advised):
    place = client.place("own", committee="external", **NEW)
    entry = entry_of(place)
    assert client.place("own", committee="external", **NEW) == place
    client.be("steward")  # of these, only stewards may answer the committee
    client.place(f"reply/{entry}", role="Direction", accepted="yes", text="Yes. " * 20_000)
    client.place(f"follow/{entry}", state="done", text="")
    client.place(f"reply/{advised[1]}", role="Direction", accepted="no", text="No.")
    client.place("outside", body="CNIL", **NEW)
    said = [each.statement for each in statements(client.workspace, kinds=["recommendation", "reply", "follow_up"])]
    assert [each.kind for each in said] == ["recommendation", "reply", "follow_up", "reply", "recommendation"]
    assert (said[0].committee, said[0].role, said[0].signed_in) == ("external", "secretary", False)
    assert said[1].role == "Direction · steward"
    assert len(said[1].text) == 99_999


def test_what_does_not_fit_leads_back(client):
    problem = client.wrong("outside", body="CNIL", **{**NEW, "due_on": "2020-01-01"})
    assert (problem.text, problem.at) == ("This day has passed: give one to come.", "due_on")
    client.be("steward")
    for path in ("reply/9999", "follow/x"):
        assert client.send(path, text="x").status_code == 404
    assert statements(client.workspace, kinds=["recommendation"]) == []


def test_past_midnight_for_a_committee_what_it_did_since_stands(advised, monkeypatch):
    """A machine whose clock is that of London, a committee that sits in Paris: for an hour they have different days."""
    from boussole.charter.committee import acting
    from boussole.dashboard.views import store

    hall, _ = advised
    tomorrow = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
    today = store.day_in(hall.workspace)
    assert abs(today - dt.datetime.now(dt.UTC).date()) <= dt.timedelta(days=1)
    assert {each.today for each in store.chambers(hall.workspace).values()} == {today}
    monkeypatch.setattr(acting, "here_and_now", lambda rules: tomorrow)
    assert store.day_in(hall.workspace) == tomorrow.date()
    assert {each.today for each in store.chambers(hall.workspace).values()} == {tomorrow.date()}, "kept from before"
    assert store.scene(hall.workspace).facts.as_of == tomorrow.date()
