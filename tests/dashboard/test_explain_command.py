"""`boussole explain`: the sheet of one decision, what it never shows, and the answer that it is."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib

import pytest
from pypdf import PdfReader
from typer.testing import CliRunner

from boussole.audits import ledger
from boussole.charter.deadlines.appeals import appeals
from boussole.charter.deadlines.items import Sources
from boussole.charter.judging.recorded import counted
from boussole.charter.records.database import reading
from boussole.charter.records.facts import facts_of
from boussole.charter.records.store.audits import How, places_of
from boussole.dashboard.cli.main import app
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.server.access.log import entries
from boussole.dashboard.views import explanation
from boussole.dashboard.views.explanation_sheet import part_blocks
from boussole.experiments.weights.version_models import VersionModel
from tests.dashboard.explained import DECIDED, asked, model, workspace_in

ALONE = ["explain", "D07", "--system", "jobs", "--reason", "request"]


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    return workspace_in(tmp_path_factory.mktemp("explain"))


@pytest.fixture
def known_model(monkeypatch):
    monkeypatch.setattr(explanation, "model_of", lambda *_: model())


def run(workspace, *words):
    return CliRunner().invoke(app, ["--workspace", str(workspace.home), *map(str, words)])


def refused(workspace, *words) -> str:
    result = run(workspace, *words)
    assert result.exit_code != 0
    return str(result.exception)


def printed(workspace, lang: str, decision: str = "D07") -> str:
    result = run(workspace, "explain", decision, "--system", "jobs", "--reason", "request", "--lang", lang)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


@pytest.mark.costly
def test_a_draft_has_the_four_parts_in_both_languages_and_seals_nothing(shared, known_model):
    english, french = (printed(shared, lang) for lang in ("en", "fr"))
    for n in "1234":
        assert f"\n{n}. " in english
        assert f"\n{n}. " in french
    assert "you are not among the people called" in english.replace("\n", " ")
    assert "vous n’êtes pas parmi les personnes appelées" in french.replace("\n", " ")
    assert 0 < english.index("This sheet is a draft") < english.index("A computer tool took part")
    assert "Checked: computed again from these data with version v9" in english
    assert "Where it comes from: Your file" in english
    assert "Where it comes from: Not told by the service" in english
    with reading(shared) as connection:
        assert connection is None or not [e for e in ledger.entries(connection) if e.kind == "appeal_decision"]
    looks = [each.place for each in entries(shared) if each.event == "look"]
    assert looks == ["boussole explain: request"]  # the same look within five minutes is one line


def test_it_shows_nobody_else_and_no_sensitive_value(shared, known_model):
    told = " ".join(printed(shared, "en").split())
    for other in (*(f"D{n:02d}" for n in range(40) if n != 7), "OFFER", "PERSON"):
        assert other not in told
    assert "Not used to compute the score: sex, age." in told
    assert " F " not in told
    assert "38" not in told  # the age: 31 + 7
    assert "you were at place 4" in told


def test_a_sensitive_input_of_the_model_is_said_to_be_one(shared, monkeypatch):
    monkeypatch.setattr(
        explanation, "model_of", lambda *_: VersionModel(inputs=("years", "km", "age"), lack="unreadable")
    )
    told = " ".join(printed(shared, "en").split())
    assert "The tool also read data about you that are sensitive: age." in told
    assert "Not used to compute the score: sex." in told


def test_without_a_model_no_weight_is_made_up(shared):
    told = " ".join(printed(shared, "en").split())
    assert "The weight of the criteria cannot be told." in told
    assert "No model, or more than one, is kept as version v9" in told
    assert "Weight (points)" not in told
    assert "This sheet is not complete" in told
    assert "that could not be checked here" in told  # whether groups were used


@pytest.mark.costly
@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("", "The log holds nothing of a person for this decision"),
        ("false", "this person kept what the tool proposed"),
        ("true", "this person decided otherwise than the tool proposed"),
    ],
)
def test_what_a_person_did_is_told_as_the_log_has_it(tmp_path, said, words):
    told = " ".join(printed(workspace_in(tmp_path, human=said), "en").split())
    assert words in told


@pytest.mark.costly
def test_an_answer_is_a_record_with_its_day_sealed_without_its_content(tmp_path, known_model):
    workspace = workspace_in(tmp_path)
    request, out = asked(workspace), tmp_path / "sheet.pdf"
    done = run(workspace, *ALONE, "--request", request.number, "--out", out, "--role", "Case handler", "--lang", "fr")
    assert done.exit_code == 0, (done.output, done.exception)
    pdf = out.read_bytes()
    text = " ".join(page.extract_text() for page in PdfReader(out).pages)
    (found,) = appeals(facts_of(workspace, as_of=workspace.today()))
    said = found.decision[1]
    assert (said.outcome, said.on, said.sheet) == ("upheld", workspace.today(), hashlib.sha256(pdf).hexdigest())
    assert [(each.entry, each.how) for each in places_of(workspace, [said.sheet])] == [
        (found.decision[0], How.attached)
    ]
    records = workspace.governance.read_bytes()
    assert not any(each in records for each in (b"D07", b"PERSON", b"OFFER"))
    assert request.number in text
    assert "brouillon" not in text
    read = PdfReader(out)
    assert read.root_object["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in read.root_object
    assert read.root_object["/Lang"].startswith("fr")
    assert out.stat().st_mode & 0o077 == 0
    counts = explanations(workspace)
    assert (counts.good, counts.refused) == (1, 0)
    again = [*ALONE, "--request", request.number, "--out", tmp_path / "again.pdf", "--role", "Case handler"]
    assert "was answered already" in refused(workspace, *again)
    assert not (tmp_path / "again.pdf").exists()


def explanations(workspace):
    facts = facts_of(workspace, as_of=workspace.today())
    return counted("explanations_in_time", Sources(facts=facts, system=workspace.system("jobs")))


@pytest.mark.costly
def test_an_answer_that_lacks_what_the_law_asks_is_not_counted_as_one(tmp_path):
    workspace = workspace_in(tmp_path)
    asked(workspace)
    out = tmp_path / "sheet.pdf"
    done = run(workspace, *ALONE, "--request", "r_00000001", "--out", out, "--role", "Case handler")
    assert "lacks something that the law asks" in done.stderr
    counts = explanations(workspace)
    assert (counts.good, counts.refused) == (0, 1)


@pytest.mark.costly
def test_no_answer_reaches_the_wrong_person_or_the_wrong_clock(tmp_path):
    workspace, out = workspace_in(tmp_path), tmp_path / "sheet.pdf"
    asked(workspace, 1, asks="contest")
    asked(workspace, 2, decided_on=DECIDED - dt.timedelta(days=1))
    asked(workspace, 3, system="others")
    told = {
        "r_00000001": "asks for no explanation",
        "r_00000002": "must not reach the wrong person",
        "r_00000003": "is about a decision of “others”",
        "r_0000000a": "There is no such request",
    }
    for number, words in told.items():
        assert words in refused(workspace, *ALONE, "--request", number, "--out", out, "--role", "Case handler")
    assert "--out FILE.pdf and --role" in refused(workspace, *ALONE, "--request", "r_00000001")
    answer = [*ALONE, "--request", "r_00000001", "--role", "Case handler"]
    assert "ends in .pdf" in refused(workspace, *answer, "--out", tmp_path / "sheet.txt")
    assert "1 to 150 characters" in refused(workspace, "explain", "D07", "--system", "jobs", "--reason", " ")
    assert list(tmp_path.glob("sheet.*")) == []


def test_whoever_is_no_operator_does_not_read_alone(shared):
    for role in ("steward", "agent", "data_scientist", "auditor"):
        result = run(shared, "--as", role, *ALONE)
        assert "may not explain one decision alone" in str(result.exception)


@pytest.mark.parametrize("reason", ["for Mme Durand", "demande 1234567X", "anna@exemple.fr", "call 06 12 34 56 78"])
def test_a_reason_that_leads_to_a_person_is_not_kept(shared, reason):
    noted = len(entries(shared))
    told = refused(shared, "explain", "D07", "--system", "jobs", "--reason", reason)
    assert "leads to a person" in told
    assert reason not in told
    assert len(entries(shared)) == noted


@pytest.mark.costly
def test_the_reason_of_a_withdrawal_is_held_to_what_may_be_sealed(tmp_path):
    workspace = workspace_in(tmp_path)
    asked(workspace)
    (found,) = appeals(facts_of(workspace, as_of=workspace.today()))
    withdraw = ["record", "withdraw", found.entry, "--role", "Agent", "--on", workspace.today(), "--text"]
    assert "name somebody" in refused(workspace, *withdraw, "Mme Durand took it back.")
    assert run(workspace, *withdraw, "The person took it back.").exit_code == 0
    assert not appeals(facts_of(workspace, as_of=workspace.today()))


def test_a_decision_of_which_the_log_tells_no_proposal_is_not_said_to_be_otherwise(shared, known_model):
    known = explanation.explanation(shared, shared.system("jobs"), ["D07"])
    for human in (True, False):
        told = dataclasses.replace(known, decision=dataclasses.replace(known.decision, selected=None, human=human))
        (_, part, *_) = part_blocks(told, speaker("en"))
        assert "does not say what the tool had proposed" in str(part)


@pytest.mark.costly
@pytest.mark.parametrize(
    ("reads", "complete", "words"),
    [
        (("years", "km"), True, "They were not computed again here."),
        (("years", "km", "age"), False, "They are not all of them: the tool reads other criteria"),
        (None, False, "nobody knows whether these are all of them"),
    ],
)
def test_logged_weights_are_complete_only_where_it_is_known_what_the_model_reads(
    tmp_path, monkeypatch, reads, complete, words
):
    monkeypatch.setattr(explanation, "model_of", lambda *_: VersionModel(inputs=reads, lack="not_additive"))
    workspace = workspace_in(tmp_path, weights=True)
    known = explanation.explanation(workspace, workspace.system("jobs"), ["D07"])
    assert (known.weights.logged, known.complete) == (True, complete)
    told = " ".join(printed(workspace, "en").split())
    assert words in told
    assert ("This sheet is not complete" in told) is not complete


@pytest.mark.costly
def test_weights_that_the_tool_logged_are_told_as_such(tmp_path, monkeypatch):
    """A tool that is no sum of criteria can log what each weighed: the log, not a guess, is what is told."""
    reads = VersionModel(inputs=("years", "km"), lack="not_additive")
    monkeypatch.setattr(explanation, "model_of", lambda *_: reads)
    told = " ".join(printed(workspace_in(tmp_path, weights=True), "en").split())
    assert "Years of experience: raised your score. " in told
    assert "Weight (points): +1.25" in told
    assert "Weight (points): −0.75" in told
    assert "wrote down when it decided. They were not computed again here." in told
    assert "This sheet is not complete" not in told
    assert "years_weight" not in told
