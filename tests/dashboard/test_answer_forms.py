"""An answer is stated in the browser where it is read: a statement, a case, a sample, and what was found of it."""

from __future__ import annotations

import datetime as dt

import pytest
from typer.testing import CliRunner

from boussole.audits.workspace import Workspace
from boussole.charter.judging.families import takes_cases
from boussole.charter.records import statements
from boussole.dashboard.cli.main import app
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.answer.view import recording, stating_routes
from boussole.dashboard.server.access.permissions import TABLE, Action, Person, Role
from boussole.dashboard.server.forms import form_html
from boussole.dashboard.views import store
from tests.dashboard.posting import Forms, workspace_of

EN, FR = speaker("en"), speaker("fr")
ATTESTED, TOLERATES_NONE = "work_got_better", "undeclared_use"
LETTER = ("letter.txt", b"Signed by all.", "text/plain")


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    made = workspace_of(tmp_path / "home", chat="generation", form="declared")
    monkeypatch.setenv("BOUSSOLE_HOME", str(made.home))
    return made


@pytest.fixture
def client(workspace):
    return Forms(workspace, stating_routes, role="steward", base="/answer/")


def titles(workspace, key, role=Role.STEWARD, system="chat", say=EN):
    return [title for title, _ in recording(store.scene(workspace), system, key, Person(role=role), say)]


def stated(workspace):
    return [each.statement for each in statements(workspace)]


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
def test_each_question_is_answered_by_those_who_may_and_by_nobody_else(workspace, role):
    may = role in TABLE[Action.STATE]
    assert titles(workspace, ATTESTED, role) == (["Answer this question by a statement"] if may else [])
    cases = ["Report a case", "State that a sample was examined"]
    assert titles(workspace, TOLERATES_NONE, role) == (cases if may else [])
    assert titles(workspace, TOLERATES_NONE, role, say=FR) == (
        ["Signaler un cas", "Déclarer qu’un échantillon a été examiné"] if may else []
    )
    assert titles(workspace, TOLERATES_NONE, role, system="nothing") == []
    assert titles(workspace, "nothing", role) == []


def test_a_measured_question_takes_no_statement(workspace, client):
    scene = store.scene(workspace)
    measured = {way.id for way in scene.charter.ways if way.evidence == "measured" and not takes_cases(way)}
    others = [each.indicator for each in scene.standing["chat"].verdicts if each.indicator in measured]
    assert others
    assert client.send(f"attest/chat.{others[0]}", **STATEMENT, document=LETTER).status_code == 404
    assert client.send(f"case/chat.{others[0]}", **CASE).status_code == 404
    assert client.send(f"case/chat.{ATTESTED}", **CASE).status_code == 404
    assert client.send(f"attest/chat.{TOLERATES_NONE}", **STATEMENT, document=LETTER).status_code == 404
    assert stated(workspace) == []


@pytest.mark.costly
def test_a_statement_is_the_one_that_the_command_makes(workspace, client, tmp_path):
    place = client.done(f"attest/chat.{ATTESTED}", **STATEMENT, document=LETTER)
    assert place.startswith("/answer?system=chat&question=work_got_better&")
    assert client.done(f"attest/chat.{ATTESTED}", **STATEMENT, document=LETTER) == place
    (tmp_path / "letter.txt").write_bytes(LETTER[1])
    other = workspace_of(tmp_path / "other", chat="generation")
    arguments = ["--question", ATTESTED, "--answer", "kept", "--role", "Works council · steward", "--on", "2026-03-01"]
    arguments += ["--valid-until", "2199-01-01", "--system", "chat", "--text", "Minutes of March."]
    letter = ["--document", str(tmp_path / "letter.txt")]
    done = CliRunner().invoke(app, ["--workspace", str(other.home), "record", "attestation", *arguments, *letter])
    assert done.exit_code == 0, done.output
    assert stated(workspace) == stated(Workspace(other.home))
    (said,) = stated(workspace)
    assert (workspace.documents / said.document.sha256).read_bytes() == LETTER[1]


def test_a_statement_about_no_system_holds_for_all(workspace, client):
    ((_, form),) = recording(store.scene(workspace), "chat", ATTESTED, Person(role=Role.STEWARD), EN)
    starts = {each.name: each.value for each in form.fields}
    assert (starts["system"], starts["role"]) == ("chat", "Data steward")
    until = dt.date.fromisoformat(starts["valid_until"])
    assert dt.timedelta(days=150) < until - store.day_in(workspace) < dt.timedelta(days=800)
    client.done(f"attest/chat.{ATTESTED}", **{**STATEMENT, "system": "", "role": "Data steward"}, document=LETTER)
    (said,) = stated(workspace)
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
def test_a_statement_that_does_not_fit_says_why_at_its_field(workspace, client, changed, at, told):
    fields = {**STATEMENT, "document": LETTER, **changed}
    for lang, words in zip(("en", "fr"), told, strict=True):
        found = client.wrong(f"attest/chat.{ATTESTED}", lang=lang, **fields)
        assert (found.at, words in found.text) == (at, True), found.text
    assert stated(workspace) == []
    assert not workspace.documents.exists()


def test_a_case_waits_for_its_review_and_is_reviewed_once(workspace, client):
    place = client.done(f"case/chat.{TOLERATES_NONE}", **CASE)
    assert client.done(f"case/chat.{TOLERATES_NONE}", **CASE) == place
    entry = place.partition("done=")[2].partition("&")[0].partition("#")[0]
    first, *others = titles(workspace, TOLERATES_NONE)
    assert first == "Confirm or refute the case of 1 February 2026"
    assert len(others) == 2
    assert titles(workspace, TOLERATES_NONE, Role.CHAIR) == []
    (_, form), *_ = recording(store.scene(workspace), "chat", TOLERATES_NONE, Person(role=Role.FOLLOW_UP), EN)
    assert CASE["text"] in str(form_html(form, EN, query={}))
    found = {"outcome": "confirmed", "text": "Two people saw it."}
    done = client.done(f"review/{entry}", **found)
    assert done.startswith(f"/answer?system=chat&question={TOLERATES_NONE}&")
    assert client.done(f"review/{entry}", **found) == done
    assert len(titles(workspace, TOLERATES_NONE)) == 2
    other = client.wrong(f"review/{entry}", lang="fr", **{**found, "outcome": "refuted"})
    assert "en a déjà décidé" in other.text
    assert [each.kind for each in stated(workspace)] == ["case", "review"]
    assert stated(workspace)[1].of == int(entry)
    assert client.send("review/99999", **found).status_code == 404
    assert client.send("review/x", **found).status_code == 404


def test_a_sample_is_stated_and_what_it_found_is_reviewed(workspace, client):
    client.done(f"inspection/chat.{TOLERATES_NONE}", **SAMPLE)
    (said,) = stated(workspace)
    assert (said.recall, said.found, said.system, said.indicator) == (0.9, 2, "chat", TOLERATES_NONE)
    assert said.asked
    assert titles(workspace, TOLERATES_NONE)[0] == "Confirm or refute the two cases found since 1 February 2026"


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
def test_a_sample_that_does_not_fit_says_why_at_its_field(workspace, client, changed, at, told):
    found = client.wrong(f"inspection/chat.{TOLERATES_NONE}", lang="fr", **{**SAMPLE, **changed})
    assert (found.at, told in found.text) == (at, True), found.text
    assert stated(workspace) == []
