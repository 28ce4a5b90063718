"""Files that the evidence page hands out and takes in, over HTTP."""

from __future__ import annotations

import json

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from boussole.audits.access_settings import AccessSettings
from boussole.audits.ledger.checkpoint import parse_checkpoint
from boussole.audits.ledger.keys import check
from boussole.audits.ledger.log import parse_proof
from boussole.audits.signing.key import workspace_key
from boussole.audits.workspace import Workspace
from boussole.charter.records import save_audit
from boussole.dashboard.app.server import KnownHosts, routes
from boussole.dashboard.pages.evidence import forms as evidence_routes
from boussole.dashboard.pages.evidence.forms import MOST_ANSWERS, answer_of
from boussole.dashboard.pages.evidence.view import LARGEST
from tests.dashboard.test_evidence import document, tamper


@pytest.fixture
def workspace(tmp_path):
    workspace = Workspace.create(tmp_path / "workspace")
    for day in (1, 2, 3):
        save_audit(workspace, document(day))
    return workspace


@pytest.fixture
def client(workspace):
    app = Starlette(routes=routes(workspace.home), middleware=[Middleware(KnownHosts, access=AccessSettings())])
    return TestClient(app, base_url="http://localhost", follow_redirects=False)


def brought(client, content, *, name="file.json", query="?lang=en&spoken=en"):
    """The answer to a file, as the page finds it by the address it is sent to."""
    done = client.post(f"/evidence/check{query}", files={"file": (name, content)})
    assert done.status_code == 303
    place, _, anchor = done.headers["location"].partition("#")
    assert anchor == "answer"
    return place, answer_of(place.rpartition("checked=")[2])


def test_a_checkpoint_is_signed_and_handed_out(client, workspace):
    done = client.get("/evidence/checkpoint")
    assert done.headers["content-disposition"] == 'attachment; filename="ledger-4.checkpoint"'
    note, checkpoint = parse_checkpoint(done.text)
    assert checkpoint.size == 4
    assert len(check(note, [workspace_key(workspace.keys).verifier]).signers) == 1


def test_a_proof_is_handed_out(client):
    done = client.get("/evidence/proof/2")
    assert done.headers["content-disposition"] == 'attachment; filename="entry-2.tlog-proof"'
    assert parse_proof(done.text).holds
    assert client.get("/evidence/proof/x").status_code == 404
    assert client.get("/evidence/proof/4").status_code == 409
    assert "the ledger has 4 entries" in client.get("/evidence/proof/4").text


def test_a_damaged_ledger_hands_out_nothing(client, workspace):
    tamper(workspace, "UPDATE entries SET time = '2020-01-01T00:00:00Z' WHERE position = 1")
    for path in ("/evidence/checkpoint", "/evidence/proof/2"):
        done = client.get(path)
        assert (done.status_code, "so it is not signed" in done.text) == (409, True)


def test_a_file_is_answered_in_the_language_of_the_page(client):
    place, (name, answer) = brought(client, json.dumps(document(2)), name="<b>.json")
    assert place.startswith("/evidence?lang=en&checked=")
    assert (name, answer.tone) == ("<b>.json", "kept")
    assert answer.headline.startswith("This is sealed at entry 2")
    place, (_, answer) = brought(client, b"words", query="?spoken=fr")
    assert place.startswith("/evidence?checked=")
    assert answer.headline.startswith("Ce fichier n’est pas connu ici")


@pytest.mark.attack("machine", "the name of a file that is sent leads out of the workspace, to a host or a command")
@pytest.mark.parametrize(
    "name",
    [
        "../../boussole.toml",
        "/etc/passwd",
        "..\\\\x.json",
        "http://evil.example/x",
        "x.json;touch y",
        "CON",
        "a%00.json",
    ],
)
def test_the_name_of_a_file_that_is_sent_names_nothing(client, workspace, name):
    def files():
        found = (path for path in workspace.home.parent.rglob("*") if path.is_file())
        return {path: path.read_bytes() for path in found if not path.name.endswith(("-wal", "-shm"))}

    before = files()
    place, (told, answer) = brought(client, b"root:x:0", name=name)
    assert answer.tone == "unknown", "what counts is what it holds"
    assert files() == before
    assert told not in place


def test_a_large_file_is_not_read(client):
    _, (_, answer) = brought(client, bytes(LARGEST + 20_000))
    assert answer.headline == "This file is larger than 50 MB: it was not read."


def test_a_workspace_that_cannot_be_read_is_told(client, workspace):
    workspace.governance.write_bytes(b"no database, and long enough to be looked at as one" * 40)
    _, (_, answer) = brought(client, b"words")
    assert (answer.tone, "a database is damaged" in answer.headline) == ("broken", True)
    assert client.get("/evidence/checkpoint").status_code == 409


def test_only_the_last_answers_are_remembered(client, monkeypatch):
    assert MOST_ANSWERS == 200
    monkeypatch.setattr(evidence_routes, "MOST_ANSWERS", few := 5)
    first, _ = brought(client, b"first")
    for number in range(few):
        brought(client, b"%d" % number)
    assert answer_of(first.rpartition("checked=")[2]) is None
    assert len(evidence_routes._answers) == few
    assert answer_of("nonsense") is None
