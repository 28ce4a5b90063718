"""The adoption of a charter is recorded on its page: the text that is shown there, once, by who may adopt rules."""

from __future__ import annotations

import datetime as dt

import pytest

from boussole.audits.workspace import Workspace
from boussole.charter.record_types.kinds import Adoption
from boussole.charter.records import statements
from boussole.charter.records.in_force import adopt, in_force
from boussole.charter.text.loading import PACKAGED, load_charter
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.charter.forms import adopting, adoption_routes
from boussole.dashboard.server.access.permissions import SIGNED_IN, TABLE, Action, Person
from tests.dashboard.posting import Forms

EN, FR = speaker("en"), speaker("fr")
VOTE = ("vote.txt", b"Adopted by all.", "text/plain")


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    made = Workspace.create(tmp_path / "home")
    (made.home / "charter").mkdir()
    for path in PACKAGED.glob("*.yaml"):
        (made.home / "charter" / path.name).write_bytes(path.read_bytes())
    monkeypatch.setenv("BOUSSOLE_HOME", str(made.home))
    return made


@pytest.fixture
def client(workspace):
    return Forms(workspace, adoption_routes, role="chair", base="/charter/")


def raised(workspace, version="9.0"):
    """Another text of the workspace, with a number of its own."""
    path = workspace.home / "charter" / "charter.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    changed = [f'version: "{version}"' if line.startswith("version:") else line for line in lines]
    path.write_text("\n".join(changed) + "\n", encoding="utf-8")


def fields(workspace, **changed):
    said = {"charter": load_charter(workspace).sha256, "role": "External ethics committee", "on": "2026-03-01"}
    return {**said, "document": VOTE, **changed}


def test_it_is_the_adoption_that_the_command_makes(workspace, client, tmp_path):
    given = fields(workspace)
    told = client.done("adopt", **given)
    assert client.done("adopt", **given) == told
    (each,) = statements(workspace, kinds=[Adoption.kind])
    (tmp_path / "vote.txt").write_bytes(VOTE[1])
    other = Workspace.create(tmp_path / "other")
    role = "External ethics committee · chair"
    done = adopt(other, load_charter(workspace), role=role, on=dt.date(2026, 3, 1), document=tmp_path / "vote.txt")
    assert each.statement == done.statement
    judging = in_force(workspace)
    assert judging.act is not None
    assert judging.charter.sha256 == load_charter(workspace).sha256
    assert (workspace.documents / each.statement.document.sha256).read_bytes() == VOTE[1]


@pytest.mark.parametrize("role", SIGNED_IN)
def test_it_is_offered_to_those_who_adopt_rules_while_there_is_a_text_to_adopt(workspace, client, role):
    may, me = role in TABLE[Action.SET_RULES], Person(role=role)
    offered = [title for title, _ in adopting(workspace, me, FR)]
    assert offered == (["Enregistrer que le comité a adopté ce texte"] if may else [])
    if may:
        client.done("adopt", **fields(workspace))
        assert adopting(workspace, me, EN) == []
        raised(workspace)
        assert len(adopting(workspace, me, EN)) == 1
        (workspace.home / "charter" / "charter.yaml").write_text("nothing: [", encoding="utf-8")
        assert adopting(workspace, me, EN) == []
    else:
        client.be(role.value)
        assert client.send("adopt", **fields(workspace)).status_code == 403


def test_a_text_that_changed_since_it_was_shown_is_not_adopted(workspace, client):
    given = fields(workspace)
    raised(workspace)
    found = client.wrong("adopt", lang="fr", **given)
    assert "a changé depuis l’affichage" in found.text
    assert statements(workspace) == []


@pytest.mark.parametrize(
    ("changed", "at", "told"),
    [
        ({"on": "2026-02-01"}, "on", "La version en vigueur a été adoptée le 1er"),
        ({"on": "2199-01-01"}, "on", "n’est pas encore"),
        ({"document": ("", b"", "")}, "document", "Rien n’est rempli"),
        ({"role": ""}, "role", "Rien n’est rempli"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(workspace, client, changed, at, told):
    client.done("adopt", **fields(workspace))
    raised(workspace)
    found = client.wrong("adopt", lang="fr", **fields(workspace, **changed))
    assert (found.at, told in found.text) == (at, True), found.text
    assert len(statements(workspace)) == 1
