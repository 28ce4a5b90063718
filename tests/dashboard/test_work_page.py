"""Effects on work, by command and in the browser: means and no rows, in the words of the page."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from boussole.charter.record_types.work import Answers, Consultation, Mean, Survey, TimeSaved, Training
from boussole.charter.records import SealedStatement, statements
from boussole.charter.records.facts import Facts
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.work.forms import work_routes
from boussole.dashboard.views.incidents_and_work import work_page
from tests.dashboard.app_at import bodies
from tests.dashboard.posting import Forms, workspace_of

EN, FR = speaker("en"), speaker("fr")
TODAY = dt.date(2026, 11, 27)
BY = {"role": "follow_up", "on": dt.date(2026, 10, 1)}


def survey(end, mean, **more):
    answers = Answers(themes={"autonomy": Mean(n=50, mean=mean), "load": Mean(n=50, mean=3.0)})
    values = {**BY, "on": end, "start": end, "end": end, "answered": 50, "invited": 80, "lowest": 1, "highest": 5}
    return Survey(**({**values, "everybody": answers} | more))


PERIOD = {"start": dt.date(2026, 4, 1), "end": dt.date(2026, 6, 30)}
SAID = [
    survey(dt.date(2025, 10, 1), 3.5),
    survey(dt.date(2026, 10, 1), 3.1, hidden=2, grouped_by="team",
           groups=[Answers(group="<b>", themes={"autonomy": Mean(n=20, mean=4)})]),
    Training(**BY, **PERIOD, system="matchft", course="AI calendar", users=100, trained=90, before=80),
    TimeSaved(**BY, **PERIOD, system="matchft", hours=1200, people=40, method="Timed",
              spent=[{"what": "Receiving people", "share": 60}], posts=2),
    Consultation(**BY, step="announced", body="CSE", planned_on=dt.date(2026, 12, 15), system="matchft"),
    Consultation(**BY, step="expert", body="CSE", text="<script>"),
]  # fmt: skip


def page(scene, *said, say=EN):
    sealed = [SealedStatement(entry=at, sealed_on=each.on, statement=each) for at, each in enumerate(said)]
    return work_page(replace(scene, facts=Facts(as_of=TODAY, sealed=sealed)), say, query={})


def test_what_is_not_known_is_said(scene):
    assert page(scene).headline.startswith("Nobody has asked the agents yet")
    assert page(scene, SAID[0]).headline.startswith("The last survey is older than twelve months")
    assert page(scene, SAID[1]).headline.startswith("There is one survey only")
    better = page(scene, SAID[0], survey(dt.date(2026, 10, 1), 3.9))
    assert (better.tone, better.headline) == ("kept", "Agents judge nothing worse than in the survey before.")


ANSWERS = "équipe;Q1;Q2\n" + "Nord;4;5\n" * 15 + "Sud;2;4\n" * 30 + "Est;1;1\n" * 3


@pytest.fixture
def workspace(tmp_path):
    return workspace_of(tmp_path / "w", chat="generation")


@pytest.fixture
def client(workspace):
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


def test_a_survey_is_brought_in_and_no_row_stays(client, workspace):
    assert client.place("survey", file=("a.csv", ANSWERS.encode()), **SURVEY) == "/work?done=0#done"
    said = statements(workspace)[0].statement
    assert isinstance(said, Survey)
    assert (said.answered, said.hidden, [each.group for each in said.groups]) == (48, 2, ["Sud"])
    assert said.everybody.themes["load"].mean == 1.88
    assert not (workspace.home / "documents").exists()
    assert all(b"Est;1" not in path.read_bytes() for path in workspace.home.rglob("*") if path.is_file())


@pytest.mark.parametrize("place", ["work 0", "incidents 0", "work 1", "questions 0", "work x"])
def test_only_what_is_there_is_said_to_be_recorded(client, workspace, monkeypatch, be, place):
    """A link that somebody made up, or that names an act of another kind, claims nothing."""
    client.place("survey", file=("a.csv", ANSWERS.encode()), **SURVEY)
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
def test_a_file_that_cannot_be_taken_is_told_in_french(client, workspace, file, changed, told):
    problem = client.wrong("survey", file=file, **{**SURVEY, **changed})
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
