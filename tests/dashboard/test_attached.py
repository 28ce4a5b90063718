"""Attachments in the browser: sent with a form, handed out to those who may read the record, as files and as sealed."""

from __future__ import annotations

import re

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from typer.testing import CliRunner

from boussole.audits.workspace import Workspace
from boussole.charter.record_types.acts import CommitteeAnswer, CommitteeQuestion, Referral
from boussole.charter.records.documents.attachments import erase, path_of
from boussole.charter.records.statements import statements
from boussole.charter.records.store.lookup import How, fingerprints, places_of
from boussole.dashboard.app.server import guarded
from boussole.dashboard.cli.main import app
from boussole.dashboard.pages.questions.view import question_routes
from boussole.dashboard.pages.session.forms import act_routes
from boussole.dashboard.server.access.permissions import COOKIE, SIGNED_IN, TABLE, Action
from boussole.dashboard.server.forms import LARGEST, problem_of
from boussole.dashboard.views.records.files import attachment_routes
from tests.charter.committee.desk import DAY, m
from tests.charter.committee.hall import Hall
from tests.charter.test_attachments import PDF, docx

DOCX = docx()
NAME = "Réponse\u202e «1».pdf"


@pytest.fixture
def hall(tmp_path, monkeypatch):
    made = Hall.seat(tmp_path / "home")
    monkeypatch.setattr(Workspace, "today", lambda _: DAY)
    asked = {"text": "Why?", "addressee": "Data", "due_on": DAY, "by": m(2)}
    made.question = made.do(CommitteeQuestion, **asked)
    return made


@pytest.fixture
def client(hall):
    home = hall.workspace.home
    routes = [*question_routes(home), *act_routes(home), *attachment_routes(home)]
    made = TestClient(Starlette(routes=guarded(routes, home)), follow_redirects=False)
    made.cookies.set(COOKIE, "steward")
    return made


def send(client, path, *files, seen="99", **fields):
    sent = [("f-seen", (None, seen)), *((f"f-{name}", (None, value)) for name, value in fields.items())]
    sent += [("f-attachments", (name, content, "text/html")) for name, content in files]
    return client.post(f"{path}?spoken=en", files=sent)


def answer(client, hall, *files):
    return send(client, f"/questions/answer/{hall.question}", *files, role="Data", text="Because.")


def problem(done):
    assert done.status_code == 303, done.text
    return problem_of(re.search(r"sent=([\w-]+)", done.headers["location"])[1])


def answers(hall):
    return [(each.entry, each.statement) for each in statements(hall.workspace, kinds=["answer"])]


def test_files_are_sealed_by_their_hashes_and_handed_out_as_they_were(client, hall):
    done = answer(client, hall, (NAME, PDF), ("b.docx", DOCX), ("", b""))
    assert "done=" in done.headers["location"]
    ((entry, said),) = answers(hall)
    assert isinstance(said, CommitteeAnswer)
    assert [each.kind for each in said.attachments] == ["pdf", "docx"]
    given = client.get(f"/attachment/{entry}/1")
    assert given.content == PDF
    assert given.headers["content-type"] == "application/octet-stream"
    assert given.headers["x-content-type-options"] == "nosniff"
    assert given.headers["content-disposition"] == (
        "attachment; filename=\"R_ponse__1_.pdf\"; filename*=UTF-8''R%C3%A9ponse%20%C2%AB1%C2%BB.pdf"
    )
    assert "sandbox" in given.headers["content-security-policy"]
    assert client.get(f"/attachment/{entry}/2").content == DOCX
    (place,) = places_of(hall.workspace, fingerprints(PDF))
    assert (place.entry, place.how) == (entry, How.attached)
    assert answer(client, hall, (NAME, PDF), ("b.docx", DOCX)).status_code == 303
    assert len(answers(hall)) == 1


def test_a_referral_takes_files_too_and_one_without_is_sealed_as_before(client, hall):
    fields = {"origin": "organisation", "sender": "Direction", "subject": "Roll-out", "text": "May we?"}
    client.cookies.set(COOKIE, "secretary")
    assert "done=" in send(client, "/committee-act/refer/external", ("n.txt", b"a;b"), **fields).headers["location"]
    assert "done=" in send(client, "/committee-act/refer/external", **{**fields, "subject": "B"}).headers["location"]
    made = [each.statement for each in statements(hall.workspace, kinds=["referral"])][-2:]
    assert [len(each.attachments) for each in made if isinstance(each, Referral)] == [1, 0]


@pytest.mark.attack("attachments", "bad files are sent with a form: empty, huge, many, of a wrong kind, with macros")
def test_what_is_refused_is_told_at_its_field_and_nothing_is_sealed_or_kept(client, hall, tries):
    many = [(f"{n}.txt", str(n).encode()) for n in range(6)]
    for files, told in (
        ([("a.pdf", b"")], "“a.pdf” is empty"),
        ([("a.pdf", b"MZ\0\0")], "of no kind that is taken"),
        ([("a.pdf", b"a" * 10_000_001)], "larger than 10 MB"),
        ([("../<b>.docx", docx(**{"word/vbaProject.bin": b"x"}))], "“_b_.docx” holds macros"),
        (many, "more than 5 files"),
        ([(f"{n}", b"x") for n in range(200)], "more than 5 files"),
    ):
        tries.add()
        found = problem(answer(client, hall, *files))
        assert (found.at, told in found.text) == ("attachments", True), found.text
        assert found.typed["text"] == ["Because."]
    tries.add(2)
    large = answer(client, hall, ("a.pdf", b"a" * (50_000_001 + LARGEST)))
    assert (large.status_code, "a form takes 52 MB in all" in large.text) == (413, True)
    assert answer(client, hall, *[(f"{n}", b"x") for n in range(301)]).status_code == 400
    assert answers(hall) == []
    assert not hall.workspace.attachments.exists() or not list(hall.workspace.attachments.iterdir())


def test_what_settings_allow_is_never_more_than_the_server_takes(hall):
    (hall.workspace.home / "boussole.toml").write_text("[attachments]\nmost = 20\nlargest_mb = 50\n")
    routes = question_routes(hall.workspace.home)
    client = TestClient(Starlette(routes=guarded(routes, hall.workspace.home)), follow_redirects=False)
    client.cookies.set(COOKIE, "steward")
    head = {"content-type": "multipart/form-data; boundary=x", "content-length": "67108865"}
    taken = client.post(f"/questions/answer/{hall.question}?spoken=fr", headers=head)
    assert taken.status_code == 413
    assert "un formulaire prend 67\u202fMo en tout" in taken.text


def test_an_act_that_the_rules_refuse_leaves_no_file(client, hall):
    client.cookies.set(COOKIE, "secretary")
    refused = send(client, "/committee-act/refer-ourselves/external", ("n.txt", b"a;b"), subject="X", text="Y")
    assert refused.status_code in (303, 403)
    assert [each for each in statements(hall.workspace, kinds=["referral"]) if each.statement.text == "Y"] == []
    assert not hall.workspace.attachments.exists() or not list(hall.workspace.attachments.iterdir())


@pytest.mark.attack("attachments", "a file is asked for by who may not read its record, or by a guessed address")
@pytest.mark.parametrize("role", sorted(set(SIGNED_IN) - TABLE[Action.SEE_COMMITTEE]))
def test_who_may_not_read_the_record_gets_no_file(client, hall, role, tries):
    answer(client, hall, (NAME, PDF))
    ((entry, _),) = answers(hall)
    client.cookies.set(COOKIE, role)
    for place in (f"{entry}/1", f"{entry}/2", f"{entry}/0", "0/1", "99999/1", f"{'9' * 30}/1", f"{entry}/-1", "x/1"):
        tries.add()
        given = client.get(f"/attachment/{place}")
        assert given.status_code == 404, place
        assert PDF not in given.content


@pytest.mark.attack("attachments", "a file that was changed or erased is handed out all the same")
def test_a_changed_file_is_refused_and_an_erased_one_is_told(client, hall, tries):
    answer(client, hall, (NAME, PDF))
    ((entry, said),) = answers(hall)
    path = path_of(hall.workspace, said.attachments[0].sha256)
    whole = path.read_bytes()
    tries.add(2)
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    given = client.get(f"/attachment/{entry}/1?lang=fr")
    assert (given.status_code, "n’est pas celui qui a été scellé" in given.text) == (409, True)
    path.write_bytes(whole)
    assert erase(hall.workspace, said.attachments[0].sha256)
    given = client.get(f"/attachment/{entry}/1?lang=en")
    assert (given.status_code, "This file was erased" in given.text) == (410, True)


def test_files_are_attached_and_erased_at_the_command_line(hall, client, tmp_path):
    file = tmp_path / "letter.bin"
    file.write_bytes(PDF)
    home = ["--workspace", str(hall.workspace.home)]
    words = ["committee", "answer", str(hall.question), "--role", "Data", "--text", "See.", "--on", str(DAY)]
    done = CliRunner().invoke(app, [*home, *words, "--attach", str(file)])
    assert done.exit_code == 0, done.output
    ((entry, said),) = answers(hall)
    assert [each.kind for each in said.attachments] == ["pdf"]
    assert client.get(f"/attachment/{entry}/1").content == PDF
    assert CliRunner().invoke(app, [*home, "record", "erase-attachment", str(entry)]).exit_code == 0
    assert client.get(f"/attachment/{entry}/1").status_code == 410
    missing = CliRunner().invoke(app, [*home, *words, "--attach", str(tmp_path / "none.pdf")])
    assert "there is no such file" in str(missing.exception)
