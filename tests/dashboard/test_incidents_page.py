"""Incidents, appeals and effects on work: what is late first, in words; what each role sees and sends; no rows."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from boussole.audits.hashing import canonical_json, sha256_hex
from boussole.audits.ledger import entry_at
from boussole.charter.record_types.incidents import Appeal, Incident
from boussole.charter.record_types.work import Answers, Mean, Survey
from boussole.charter.records import SealedStatement, statements
from boussole.charter.records.database import reading
from boussole.charter.records.facts import Facts
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.incidents.view import forms_for, incident_routes, incidents_page
from boussole.dashboard.pages.work.forms import work_routes
from boussole.dashboard.server.access.permissions import Role
from boussole.dashboard.server.forms import PageForms
from boussole.dashboard.views.incidents_and_work import owed, work_page
from tests.charter.incidents.made import appeal, decision, facts
from tests.dashboard.app_at import bodies
from tests.dashboard.posting import Forms, workspace_of

EN, FR = speaker("en"), speaker("fr")
MARCH = dt.date(2026, 3, 10)


def page(scene, *said, say=EN, today=MARCH, single=False):
    return incidents_page(replace(scene, facts=facts(*said, today=today)), say, query={"lang": "en"}, single=single)


def written(scene, *said, role=Role.STEWARD, say=EN, today=MARCH):
    seen = replace(scene, facts=facts(*said, today=today))
    forms = forms_for(seen, role, say)
    acting = PageForms(query={}, problem=None, forms=forms.of_incident)
    shown = incidents_page(seen, say, query={}, single=role in (Role.STEWARD, Role.AGENT))
    made = Template("pages/incidents/incidents.html", say)
    return (
        made("head", shown)
        + made("incidents", shown, acting, forms.opening)
        + made("appeals", shown, acting, [*forms.deciding, *forms.entering])
    )


def test_committees_see_counts_and_never_a_single_appeal(scene):
    said = [appeal(n) for n in range(1, 15)] + [decision(0)]
    seen = written(scene, *said, role=Role.MEMBER, today=dt.date(2026, 4, 2))
    assert "r_00000001" not in seen
    assert "13 appeals wait beyond their deadline." in seen
    assert "<form" not in seen
    handled = written(scene, *said, role=Role.AGENT, today=dt.date(2026, 4, 2))
    assert "r_00000001" in handled
    assert handled.count('<option value="') > 13
    assert ">r_00000002</option>" in handled
    assert ">r_00000001</option>" not in handled
    assert 'id="incident-close' not in handled


def test_small_counts_by_group_are_hidden(scene):
    said = [appeal(n) for n in range(1, 31)] + [appeal(90, ground="data"), appeal(91, ground="data")]
    shown = page(scene, *said)["appeals"]
    assert dict(shown["grounds"]).keys() == {"The result is wrong", "The data are wrong"}
    assert all(text.startswith("hidden") for _, text in shown["grounds"])
    assert "By ground and by outcome, counts below 11 are hidden" in shown["hidden"]
    assert shown["rows"] == []
    many = page(scene, *said[:30])["appeals"]
    assert (many["grounds"], many["hidden"]) == ([("The result is wrong", "30")], "")


def test_an_appeal_that_is_late_makes_no_other_late(scene):
    """Two appeals wait and one of them is late: two were said to be."""
    later = {"received_on": dt.date(2026, 3, 1)}

    def told(*said, today, say=EN):
        seen = replace(scene, facts=facts(*said, today=today))
        return [(each.line.overdue, each.line.when, each.line.what) for each in owed(seen, say, query={})]

    assert told(appeal(1), appeal(2, **later), today=dt.date(2026, 4, 2)) == [
        (True, "Two days late", "Decide on an appeal that is late"),
        (False, "In 29 days", "Decide on an appeal that waits"),
    ]
    assert told(appeal(1), appeal(2, **later), today=dt.date(2026, 3, 30)) == [
        (False, "Tomorrow", "Decide on two appeals that wait, the first by 31 March 2026")
    ]
    ((late, _, what),) = told(appeal(1), appeal(2, **later), today=dt.date(2026, 5, 11), say=FR)
    assert late
    assert what == "Trancher deux recours en retard, le plus ancien depuis le 31 mars 2026"


@pytest.fixture
def client(tmp_path):
    workspace = workspace_of(tmp_path / "w", chat="generation")
    return Forms(workspace, incident_routes, role="agent", base="/incidents/")


INCIDENT = {"system": "chat", "title": "A leak", "text": "Seen by others.", "severity": "serious",
            "happened_on": "2026-03-01", "known_at": "2026-03-02T09:30", "personal_data": "yes",
            "articles": ["securite", "equite"], "question": "undeclared_use"}  # fmt: skip
APPEAL = {"number": "r_0000000a", "system": "chat", "asks": "contest", "ground": "data", "decided_on": "2026-01-15",
          "received_on": "2026-01-31", "human_review": "yes"}  # fmt: skip


def test_an_incident_is_entered_followed_and_closed_in_the_browser(client):
    assert client.place("open", **INCIDENT) == "/incidents?done=0#done"
    assert client.place("open", **INCIDENT) == "/incidents?done=0#done"
    said = statements(client.workspace)[0].statement
    assert isinstance(said, Incident)
    assert (said.role, said.signed_in, said.articles) == ("agent", False, ["securite", "equite"])
    client.be("steward")  # an agent may not record what became of it
    assert client.wrong("close/0", cause="x", measures="y").text.startswith("It had to be reported")
    for duty in ("gdpr_33", "ai_act_73"):
        client.place("news/0", reported_to="CNIL", reported_at="2026-03-04T10:00", duty=duty)
    assert "done=3" in client.place("close/0", cause="x", measures="y")


def test_nobody_finds_an_outcome_from_the_ledger_by_trying_all(client):
    client.place("appeal", **APPEAL)
    for _ in range(2):
        client.place("decide", of="0", outcome="upheld", on="2026-02-10", reviewed="yes")
    appeal, decision = statements(client.workspace)
    with reading(client.workspace) as connection:
        held = [entry_at(connection, number).payload["record"] for number in (0, 1)]
    for each, hashed in zip((appeal, decision), held, strict=True):
        said = each.statement.model_dump(mode="json") | {"kind": each.statement.kind}
        assert sha256_hex(canonical_json(said)) == hashed
        for blind in ({}, {"blind": None}):
            rest = {key: value for key, value in said.items() if key != "blind"}
            assert sha256_hex(canonical_json(rest | blind)) != hashed


def test_an_appeal_sent_twice_is_entered_once(client):
    assert client.place("appeal", **APPEAL) == client.place("appeal", **APPEAL) == "/incidents?done=0#done"
    assert isinstance(statements(client.workspace)[0].statement, Appeal)
    assert "done=1" in client.place("decide", of="0", outcome="upheld", on="2026-02-10", reviewed="yes")


@pytest.mark.parametrize(
    ("path", "changed", "told"),
    [
        ("open", {"known_at": "2026-02-02T09:30"}, "known before it happened"),
        ("open", {"known_at": "2199-02-02T09:30"}, "has not come yet"),
        ("open", {"system": "other"}, "does not fit: System"),
        ("open", {"text": "Mme Durand"}, "seems to name somebody"),
        ("open", {"text": "Mme\u202fDurand"}, "seems to name somebody"),
        ("open", {"findings": "7"}, "Entry 7 is no finding"),
        ("appeal", {"decided_on": "2026-02-15"}, "before the decision"),
        ("appeal", {"text": "06 12 34 56 78"}, "telephone number"),
        ("decide", {"of": "4", "outcome": "upheld", "on": "2026-02-10"}, "does not fit: Which appeal?"),
        ("appeal", {"number": "DUPONT"}, "cannot be recorded as it stands"),
    ],
)
def test_what_does_not_fit_leads_back(client, path, changed, told):
    given = {"open": INCIDENT, "appeal": APPEAL, "decide": {}}[path]
    assert told in client.wrong(path, **{**given, **changed}).text
    assert statements(client.workspace) == []


def test_what_is_about_nothing_is_not_found(client):
    client.be("steward")
    for path in ("news/7", "close/x"):
        assert client.send(path, text="x").status_code == 404


TODAY = dt.date(2026, 11, 27)


def survey(end, mean):
    answers = Answers(themes={"autonomy": Mean(n=50, mean=mean), "load": Mean(n=50, mean=3.0)})
    days = dict.fromkeys(("on", "start", "end"), end)
    return Survey(role="follow_up", **days, answered=50, invited=80, lowest=1, highest=5, everybody=answers)


def work(scene, *said, say=EN):
    sealed = [SealedStatement(entry=at, sealed_on=each.on, statement=each) for at, each in enumerate(said)]
    return work_page(replace(scene, facts=Facts(as_of=TODAY, sealed=sealed)), say, query={})


def test_what_is_not_known_is_said(scene):
    before = survey(dt.date(2025, 10, 1), 3.5)
    assert work(scene).headline.startswith("Nobody has asked the agents yet")
    assert work(scene, before).headline.startswith("The last survey is older than twelve months")
    assert work(scene, survey(dt.date(2026, 10, 1), 3.1)).headline.startswith("There is one survey only")
    better = work(scene, before, survey(dt.date(2026, 10, 1), 3.9))
    assert (better.tone, better.headline) == ("kept", "Agents judge nothing worse than in the survey before.")


ANSWERS = "équipe;Q1;Q2\n" + "Nord;4;5\n" * 15 + "Sud;2;4\n" * 30 + "Est;1;1\n" * 3


@pytest.fixture
def workspace(tmp_path):
    return workspace_of(tmp_path / "w", chat="generation")


@pytest.fixture
def office(workspace):
    return Forms(workspace, work_routes, role="follow_up", base="/work/", lang="fr")


DAYS = {"start": "2026-04-01", "end": "2026-06-30"}
SURVEY = {
    **DAYS,
    "autonomy": "Q1",
    "load": "Q2",
    "reverse": "load",
    "grouped_by": "équipe",
    "lowest": "1",
    "highest": "5",
}


def test_a_survey_is_brought_in_and_no_row_stays(office, workspace):
    assert office.place("survey", file=("a.csv", ANSWERS.encode()), **SURVEY) == "/work?done=0#done"
    said = statements(workspace)[0].statement
    assert isinstance(said, Survey)
    assert (said.answered, said.hidden, [each.group for each in said.groups]) == (48, 2, ["Sud"])
    assert said.everybody.themes["load"].mean == 1.88
    assert not (workspace.home / "documents").exists()
    assert all(b"Est;1" not in path.read_bytes() for path in workspace.home.rglob("*") if path.is_file())


@pytest.mark.parametrize("place", ["work 0", "incidents 0", "work 1", "questions 0", "work x"])
def test_only_what_is_there_is_said_to_be_recorded(office, workspace, monkeypatch, be, place):
    """A link that somebody made up, or that names an act of another kind, claims nothing."""
    office.place("survey", file=("a.csv", ANSWERS.encode()), **SURVEY)
    monkeypatch.setenv("BOUSSOLE_HOME", str(workspace.home))
    be("follow_up")
    page, entry = place.split()
    assert ('id="done"' in "".join(bodies(page, done=entry))) == (place in {"work 0", "incidents 0"})


@pytest.mark.parametrize(
    ("file", "changed", "told"),
    [
        (("a.csv", ANSWERS.encode()), {"autonomy": "Q9"}, "pas de colonne « Q9 »"),
        (("a.xlsx", b"x"), {}, "Le fichier est illisible."),
        (None, {}, "Rien n’est rempli : Les réponses"),
        (("a.csv", ANSWERS.encode()), {"end": "2026-01-01"}, "La fin précède le début"),
        (("a.csv", b"Q1\n4\n"), {"grouped_by": "", "load": "", "reverse": ""}, "Moins de 11 personnes"),
    ],
)
def test_a_file_that_cannot_be_taken_is_told_in_french(office, workspace, file, changed, told):
    problem = office.wrong("survey", file=file, **{**SURVEY, **changed})
    assert told in problem.text.replace("\u202f", " ").replace("\u00a0", " ")
    assert statements(workspace) == []


def test_the_same_by_command(command, workspace, tmp_path):
    answers = tmp_path / "a.csv"
    answers.write_text(ANSWERS, encoding="utf-8")
    by = ["--role", "Follow-up", "--on", "2026-07-01", "--from", "2026-04-01", "--to", "2026-06-30"]

    def work(*arguments):
        return command("--workspace", workspace.home, "work", *arguments)

    done = work("survey", answers, "--column", "autonomy=Q1", "--column", "load=Q2", "--group", "équipe", *by)
    assert (done.returncode, "Groups shown: 1, hidden: 2. No row was kept." in done.stderr) == (0, True), done.stderr
    users = ["--users", "100", "--trained", "80", "--before", "60"]
    assert work("training", "--course", "AI", *users, *by).returncode == 0
    spent = ["--hours", "120", "--people", "40", "--method", "Timed", "--spent", "Reception=60%"]
    assert work("time", "--system", "chat", *spent, *by).returncode == 0
    assert work("consultation", "--step", "expert", "--body", "CSE", *by[:4]).returncode == 0
    listed = work("list", "--on", "2026-07-01").stdout.splitlines()
    assert listed[0] == "0\tsurvey\t2026-06-30\tall systems\tautonomy 2.56, load 4.12"
    assert listed[1:] == [
        "1\ttraining\t2026-06-30\tall systems\t60 of 100",
        "2\ttime_saved\t2026-06-30\tchat\t120 hours",
        "3\tconsultation\t2026-07-01\tall systems\texpert, CSE",
    ]
    for wrong, told in (
        (["--column", "pay=Q1"], "no theme 'pay'"),
        (["--column", "load"], "no THEME=COLUMN"),
        (["--column", "load=Q7"], "no column “Q7”"),
    ):
        assert told in work("survey", answers, *wrong, *by).stderr
    assert "WHAT=PERCENT" in work("time", "--system", "chat", *spent[:-1], "x", *by).stderr
    assert "no such file" in work("survey", tmp_path / "none.csv", *by).stderr
