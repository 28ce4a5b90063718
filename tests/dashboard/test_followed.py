"""What people state in the browser: answers, cases, samples, recommendations, findings, and what became of each."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from boussole.audits.workspace import Workspace
from boussole.charter.committee.state import CommitteeState
from boussole.charter.judging.families import takes_cases
from boussole.charter.record_types.acts import Dissent, OpinionText
from boussole.charter.record_types.kinds import FollowUp, Recommendation, Reply, Withdrawal
from boussole.charter.records import SealedStatement, statements, withdrawal_of
from boussole.charter.records.facts import Facts, facts_of
from boussole.dashboard.cli.main import app
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.answer.view import recording, stating_routes
from boussole.dashboard.pages.evidence.withdrawing import withdrawing, withdrawing_routes
from boussole.dashboard.pages.recommendations.view import (
    FollowedForms,
    RecommendationsQuery,
    followed_routes,
    open_findings,
    recommendations_page,
)
from boussole.dashboard.server.access.permissions import SIGNED_IN, TABLE, Action, Person, Role
from boussole.dashboard.server.forms import PageForms, form_html
from boussole.dashboard.views import store
from boussole.dashboard.views.chamber import Chamber
from boussole.dashboard.views.committee_words import opinions_about
from tests.charter.committee.desk import DAY, RULES, m
from tests.charter.committee.hall import NAME, Hall, who
from tests.dashboard.app_at import bodies
from tests.dashboard.posting import Forms, entry_of, workspace_of

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


LETTER = ("letter.txt", b"Signed.", "text/plain")
FINDING = {
    "authority": "CNIL",
    "title": "SAN-2026-003",
    "on": "2026-03-01",
    "articles": "securite",
    "cap": "broken",
    "system": "",
    "text": "Its access is too wide.",
}
CLOSED = {"on": "2026-04-01", "text": "Mended."}


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    found = workspace_of(tmp_path / "home", chat="generation")
    monkeypatch.setenv("BOUSSOLE_HOME", str(found.home))
    return found


@pytest.fixture
def desk(workspace):
    return Forms(workspace, followed_routes, withdrawing_routes, role="steward", base="", lang="fr")


def forms(workspace, role, say=EN):
    return FollowedForms(scene=store.scene(workspace), chambers={}, me=Person(role=role), say=say)


def run(workspace, *words):
    done = CliRunner().invoke(app, ["--workspace", str(workspace.home), *words])
    assert done.exit_code == 0, done.output


def test_a_finding_and_its_end_are_those_that_the_commands_make(workspace, desk, tmp_path):
    place = desk.done("/recommendations/finding", **FINDING, document=LETTER)
    assert desk.done("/recommendations/finding", **FINDING, document=LETTER) == place
    of = entry_of(place)
    done = desk.done(f"/recommendations/close/{of}", **CLOSED, document=LETTER)
    assert desk.done(f"/recommendations/close/{of}", **CLOSED, document=LETTER) == done
    (tmp_path / "letter.txt").write_bytes(LETTER[1])
    other = workspace_of(tmp_path / "other", chat="generation")
    letter = ["--document", str(tmp_path / "letter.txt"), "--role", "steward"]
    given = ["--authority", "CNIL", "--title", "SAN-2026-003", "--article", "securite", "--cap", "broken"]
    run(other, "record", "finding", *given, "--on", "2026-03-01", "--text", FINDING["text"], *letter)
    run(other, "record", "close", str(of), "--on", "2026-04-01", "--text", "Mended.", *letter)
    ours, theirs = ([each.statement for each in statements(each)] for each in (workspace, other))
    assert ours == theirs
    assert [each.kind for each in ours] == ["finding", "closure"]


@pytest.mark.parametrize("role", SIGNED_IN)
def test_a_finding_is_entered_and_closed_by_those_who_may(workspace, desk, role):
    of = desk.entry("/recommendations/finding", **FINDING, document=LETTER)
    may = role in TABLE[Action.FOLLOW]
    asked = forms(workspace, role)
    assert [title for title, _ in asked.finding] == (["Record a finding of an outside authority"] if may else [])
    assert [title for title, _ in asked.of_entry(of)] == (["Record that it is closed"] if may else [])
    desk.be(role.value)
    if not may:
        assert desk.send(f"/recommendations/close/{of}", **CLOSED, document=LETTER).status_code == 403


def test_an_open_finding_stands_on_the_page_with_what_closes_it(workspace, desk):
    of = desk.entry("/recommendations/finding", **FINDING, document=LETTER)
    scene = store.scene(workspace)
    (row,) = open_findings(scene, EN, query={})
    assert "CNIL, 1 March 2026: “SAN-2026-003”." in row["told"]
    page = Template("pages/recommendations/recommendations.html", EN)
    acting = PageForms(query={}, problem=None, forms=forms(workspace, Role.CHAIR).of_entry)
    told = page("findings", [row], acting, [])
    assert f'action="/recommendations/close/{of}?' in told
    assert page("findings", [], acting, []) == ""
    desk.done(f"/recommendations/close/{of}", **CLOSED, document=LETTER)
    assert open_findings(store.scene(workspace), EN, query={}) == []
    assert forms(workspace, Role.CHAIR).of_entry(of) == []


@pytest.mark.parametrize(
    ("changed", "at", "told"),
    [
        ({"on": "2026-02-01"}, "on", "Le constat est du 1er"),
        ({"on": "2199-01-01"}, "on", "n’est pas encore"),
        ({"document": ("", b"", "")}, "document", "Rien n’est rempli"),
    ],
)
def test_an_end_that_does_not_fit_says_why_at_its_field(workspace, desk, changed, at, told):
    of = desk.entry("/recommendations/finding", **FINDING, document=LETTER)
    found = desk.wrong(f"/recommendations/close/{of}", **{**CLOSED, "document": LETTER, **changed})
    assert (found.at, told in found.text) == (at, True), found.text
    assert len(statements(workspace)) == 1


def test_a_finding_is_closed_once(workspace, desk):
    of = desk.entry("/recommendations/finding", **FINDING, document=LETTER)
    desk.done(f"/recommendations/close/{of}", **CLOSED, document=LETTER)
    other = {**CLOSED, "text": "Another."}
    assert "en a déjà décidé" in desk.wrong(f"/recommendations/close/{of}", **other, document=LETTER).text
    assert desk.send("/recommendations/close/77", **CLOSED, document=LETTER).status_code == 404
    assert desk.send(f"/recommendations/reply/{of}", role="x", accepted="yes", text="x").status_code == 404


def test_a_record_is_withdrawn_at_its_entry_once(workspace, desk, tmp_path):
    of = desk.entry("/recommendations/finding", **FINDING, document=LETTER)
    (title,) = [title for title, _ in withdrawing(workspace, of, Person(role=Role.STEWARD), FR)]
    assert title == "Retirer cette déclaration"
    assert withdrawal_of(workspace, of) is None
    assert desk.wrong(f"/evidence/withdraw/{of}", text="").at == "text"
    named = desk.wrong(f"/evidence/withdraw/{of}", text="Mme Durand said so.")
    assert (named.at, "semble nommer" in named.text) == ("text", True)
    place = desk.done(f"/evidence/withdraw/{of}", text="Entered twice.")
    assert place.startswith(f"/evidence?entry={of}&done=")
    assert desk.done(f"/evidence/withdraw/{of}", text="Entered twice.") == place
    assert "déjà été retirée" in desk.wrong(f"/evidence/withdraw/{of}", text="For another reason.").text
    assert withdrawing(workspace, of, Person(role=Role.STEWARD), EN) == []
    known = withdrawal_of(workspace, of)
    assert known is not None
    assert known.entry == entry_of(place)
    assert withdrawing(workspace, entry_of(place), Person(role=Role.STEWARD), EN) == []
    said = statements(workspace)[-1].statement
    assert isinstance(said, Withdrawal)
    assert (said.of, said.text, said.role, said.system) == (of, "Entered twice.", "steward", None)
    assert desk.send(f"/evidence/withdraw/{entry_of(place)}", text="x").status_code == 404
    assert desk.send("/evidence/withdraw/x", text="x").status_code == 404


@pytest.mark.parametrize("role", SIGNED_IN)
def test_a_record_is_withdrawn_by_those_who_may_and_may_read_it(workspace, desk, role):
    of = desk.entry("/recommendations/finding", **FINDING, document=LETTER)
    run(workspace, "appeal", "enter", "--system", "chat", "--asks", "explanation", "--received-on", "2026-03-01",
        "--decided-on", "2026-02-20", "--ground", "other", "--role", "Agency", "--on", "2026-03-01")  # fmt: skip
    appeal = statements(workspace)[-1].entry
    me = Person(role=role)
    assert bool(withdrawing(workspace, of, me, EN)) is (role in TABLE[Action.STATE])
    assert bool(withdrawing(workspace, appeal, me, EN)) is (role is Role.STEWARD)
    desk.be(role.value)
    if role is Role.FOLLOW_UP:
        assert desk.send(f"/evidence/withdraw/{appeal}", text="x").status_code == 404
    if role not in TABLE[Action.STATE]:
        assert desk.send(f"/evidence/withdraw/{of}", text="x").status_code == 403
    assert len(statements(workspace)) == 2


@pytest.mark.costly
def test_the_page_of_an_entry_says_that_it_was_withdrawn(workspace, desk, be):
    of = desk.entry("/recommendations/finding", **FINDING, document=LETTER)

    def body(role):
        be(role)
        return "".join(bodies("evidence", entry=str(of), lang="en"))

    assert "<summary>Withdraw this record</summary>" in body("steward")
    assert "Withdraw this record" not in body("reader")
    desk.done(f"/evidence/withdraw/{of}", text="Entered twice.")
    assert "This record was withdrawn in entry" in body("reader")
    assert "<summary>Withdraw this record</summary>" not in body("steward")


ATTESTED, TOLERATES_NONE = "work_got_better", "undeclared_use"
MINUTES = ("letter.txt", b"Signed by all.", "text/plain")


@pytest.fixture
def house(tmp_path, monkeypatch):
    made = workspace_of(tmp_path / "home", chat="generation", form="declared")
    monkeypatch.setenv("BOUSSOLE_HOME", str(made.home))
    return made


@pytest.fixture
def stater(house):
    return Forms(house, stating_routes, role="steward", base="/answer/")


def titles(house, key, role=Role.STEWARD, system="chat", say=EN):
    return [title for title, _ in recording(store.scene(house), system, key, Person(role=role), say)]


def stated(house):
    return [each.statement for each in statements(house)]


STATEMENT = {
    "answer": "kept",
    "role": "Works council",
    "on": "2026-03-01",
    "valid_until": "2199-01-01",
    "system": "chat",
    "text": "Minutes of March.",
}
CASE = {"happened_on": "2026-02-01", "text": "An adviser used a tool that nobody declared."}
SAMPLE = {
    "start": "2026-02-01",
    "end": "2026-02-28",
    "examined": "500",
    "found": "2",
    "recall": "0,9",
    "text": "Drawn by lot.",
}


@pytest.mark.parametrize("role", [each for each in Role if each not in (Role.WITNESS, Role.OPERATOR)])
def test_each_question_is_answered_by_those_who_may_and_by_nobody_else(house, role):
    may = role in TABLE[Action.STATE]
    assert titles(house, ATTESTED, role) == (["Answer this question by a statement"] if may else [])
    cases = ["Report a case", "State that a sample was examined"]
    assert titles(house, TOLERATES_NONE, role) == (cases if may else [])
    assert titles(house, TOLERATES_NONE, role, say=FR) == (
        ["Signaler un cas", "Déclarer qu’un échantillon a été examiné"] if may else []
    )
    assert titles(house, TOLERATES_NONE, role, system="nothing") == []
    assert titles(house, "nothing", role) == []


def test_a_measured_question_takes_no_statement(house, stater):
    scene = store.scene(house)
    measured = {way.id for way in scene.charter.ways if way.evidence == "measured" and not takes_cases(way)}
    others = [each.indicator for each in scene.standing["chat"].verdicts if each.indicator in measured]
    assert others
    assert stater.send(f"attest/chat.{others[0]}", **STATEMENT, document=MINUTES).status_code == 404
    assert stater.send(f"case/chat.{others[0]}", **CASE).status_code == 404
    assert stater.send(f"case/chat.{ATTESTED}", **CASE).status_code == 404
    assert stater.send(f"attest/chat.{TOLERATES_NONE}", **STATEMENT, document=MINUTES).status_code == 404
    assert stated(house) == []


@pytest.mark.costly
def test_a_statement_is_the_one_that_the_command_makes(house, stater, tmp_path):
    place = stater.done(f"attest/chat.{ATTESTED}", **STATEMENT, document=MINUTES)
    assert place.startswith("/answer?system=chat&question=work_got_better&")
    assert stater.done(f"attest/chat.{ATTESTED}", **STATEMENT, document=MINUTES) == place
    (tmp_path / "letter.txt").write_bytes(MINUTES[1])
    other = workspace_of(tmp_path / "other", chat="generation")
    arguments = ["--question", ATTESTED, "--answer", "kept", "--role", "Works council · steward", "--on", "2026-03-01"]
    arguments += ["--valid-until", "2199-01-01", "--system", "chat", "--text", "Minutes of March."]
    letter = ["--document", str(tmp_path / "letter.txt")]
    done = CliRunner().invoke(app, ["--workspace", str(other.home), "record", "attestation", *arguments, *letter])
    assert done.exit_code == 0, done.output
    assert stated(house) == stated(Workspace(other.home))
    (said,) = stated(house)
    assert (house.documents / said.document.sha256).read_bytes() == MINUTES[1]


def test_a_statement_about_no_system_holds_for_all(house, stater):
    ((_, form),) = recording(store.scene(house), "chat", ATTESTED, Person(role=Role.STEWARD), EN)
    starts = {each.name: each.value for each in form.fields}
    assert (starts["system"], starts["role"]) == ("chat", "Data steward")
    until = dt.date.fromisoformat(starts["valid_until"])
    assert dt.timedelta(days=150) < until - store.day_in(house) < dt.timedelta(days=800)
    stater.done(f"attest/chat.{ATTESTED}", **{**STATEMENT, "system": "", "role": "Data steward"}, document=MINUTES)
    (said,) = stated(house)
    assert (said.system, said.role) == (None, "steward")


@pytest.mark.parametrize(
    ("changed", "at", "told"),
    [
        ({"valid_until": "2026-01-01"}, "valid_until", ("has passed", "jour est passé")),
        ({"on": "2199-01-01"}, "on", ("has not come yet", "n’est pas encore")),
        ({"on": ""}, "on", ("Nothing is filled in", "Rien n’est rempli")),
        ({"answer": "unknown"}, "answer", ("does not fit", "ne convient pas")),
        (
            {"document": ("x.exe", b"MZ\x90\x00", "")},
            "document",
            ("of no kind that is taken", "d’aucune sorte acceptée"),
        ),
        ({"document": ("", b"", "")}, "document", ("Nothing is filled in", "Rien n’est rempli")),
    ],
)
def test_a_statement_that_does_not_fit_says_why_at_its_field(house, stater, changed, at, told):
    fields = {**STATEMENT, "document": MINUTES, **changed}
    for lang, words in zip(("en", "fr"), told, strict=True):
        found = stater.wrong(f"attest/chat.{ATTESTED}", lang=lang, **fields)
        assert (found.at, words in found.text) == (at, True), found.text
    assert stated(house) == []
    assert not house.documents.exists()


def test_a_case_waits_for_its_review_and_is_reviewed_once(house, stater):
    place = stater.done(f"case/chat.{TOLERATES_NONE}", **CASE)
    assert stater.done(f"case/chat.{TOLERATES_NONE}", **CASE) == place
    entry = place.partition("done=")[2].partition("&")[0].partition("#")[0]
    first, *others = titles(house, TOLERATES_NONE)
    assert first == "Confirm or refute the case of 1 February 2026"
    assert len(others) == 2
    assert titles(house, TOLERATES_NONE, Role.CHAIR) == []
    (_, form), *_ = recording(store.scene(house), "chat", TOLERATES_NONE, Person(role=Role.FOLLOW_UP), EN)
    assert CASE["text"] in str(form_html(form, EN, query={}))
    found = {"outcome": "confirmed", "text": "Two people saw it."}
    done = stater.done(f"review/{entry}", **found)
    assert done.startswith(f"/answer?system=chat&question={TOLERATES_NONE}&")
    assert stater.done(f"review/{entry}", **found) == done
    assert len(titles(house, TOLERATES_NONE)) == 2
    other = stater.wrong(f"review/{entry}", lang="fr", **{**found, "outcome": "refuted"})
    assert "en a déjà décidé" in other.text
    assert [each.kind for each in stated(house)] == ["case", "review"]
    assert stated(house)[1].of == int(entry)
    assert stater.send("review/99999", **found).status_code == 404
    assert stater.send("review/x", **found).status_code == 404


def test_a_sample_is_stated_and_what_it_found_is_reviewed(house, stater):
    stater.done(f"inspection/chat.{TOLERATES_NONE}", **SAMPLE)
    (said,) = stated(house)
    assert (said.recall, said.found, said.system, said.indicator) == (0.9, 2, "chat", TOLERATES_NONE)
    assert said.asked
    assert titles(house, TOLERATES_NONE)[0] == "Confirm or refute the two cases found since 1 February 2026"


@pytest.mark.parametrize(
    ("changed", "at", "told"),
    [
        ({"found": "501"}, "found", "plus de cas trouvés"),
        ({"end": "2026-01-01"}, "end", "ne précède pas le premier"),
        ({"end": "2199-01-01"}, "end", "n’est pas encore"),
        ({"recall": "most"}, "recall", "ne convient pas"),
        ({"recall": "1.5"}, "recall", "au plus"),
        ({"recall": "0"}, "recall", "ne convient pas"),
        ({"examined": "0"}, "examined", "au moins"),
    ],
)
def test_a_sample_that_does_not_fit_says_why_at_its_field(house, stater, changed, at, told):
    found = stater.wrong(f"inspection/chat.{TOLERATES_NONE}", lang="fr", **{**SAMPLE, **changed})
    assert (found.at, told in found.text) == (at, True), found.text
    assert stated(house) == []
