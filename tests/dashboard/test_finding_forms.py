"""What an authority found is recorded and closed where it is read; a record is withdrawn at its entry."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from boussole.charter.record_types.kinds import Withdrawal
from boussole.charter.records import statements, withdrawal_of
from boussole.dashboard.cli.main import app
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.evidence.withdrawing import withdrawing, withdrawing_routes
from boussole.dashboard.pages.recommendations.view import FollowedForms, followed_routes, open_findings
from boussole.dashboard.server.access.permissions import SIGNED_IN, TABLE, Action, Person, Role
from boussole.dashboard.server.forms import PageForms
from boussole.dashboard.views import store
from tests.dashboard.app_at import bodies
from tests.dashboard.posting import Forms, entry_of, workspace_of

EN, FR = speaker("en"), speaker("fr")
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
def client(workspace):
    return Forms(workspace, followed_routes, withdrawing_routes, role="steward", base="", lang="fr")


def forms(workspace, role, say=EN):
    return FollowedForms(scene=store.scene(workspace), chambers={}, me=Person(role=role), say=say)


def run(workspace, *words):
    done = CliRunner().invoke(app, ["--workspace", str(workspace.home), *words])
    assert done.exit_code == 0, done.output


def test_a_finding_and_its_end_are_those_that_the_commands_make(workspace, client, tmp_path):
    place = client.done("/recommendations/finding", **FINDING, document=LETTER)
    assert client.done("/recommendations/finding", **FINDING, document=LETTER) == place
    of = entry_of(place)
    done = client.done(f"/recommendations/close/{of}", **CLOSED, document=LETTER)
    assert client.done(f"/recommendations/close/{of}", **CLOSED, document=LETTER) == done
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
def test_a_finding_is_entered_and_closed_by_those_who_may(workspace, client, role):
    of = client.entry("/recommendations/finding", **FINDING, document=LETTER)
    may = role in TABLE[Action.FOLLOW]
    asked = forms(workspace, role)
    assert [title for title, _ in asked.finding] == (["Record a finding of an outside authority"] if may else [])
    assert [title for title, _ in asked.of_entry(of)] == (["Record that it is closed"] if may else [])
    client.be(role.value)
    if not may:
        assert client.send(f"/recommendations/close/{of}", **CLOSED, document=LETTER).status_code == 403


def test_an_open_finding_stands_on_the_page_with_what_closes_it(workspace, client):
    of = client.entry("/recommendations/finding", **FINDING, document=LETTER)
    scene = store.scene(workspace)
    (row,) = open_findings(scene, EN, query={})
    assert "CNIL, 1 March 2026: “SAN-2026-003”." in row["told"]
    page = Template("pages/recommendations/recommendations.html", EN)
    acting = PageForms(query={}, problem=None, forms=forms(workspace, Role.CHAIR).of_entry)
    told = page("findings", [row], acting, [])
    assert f'action="/recommendations/close/{of}?' in told
    assert page("findings", [], acting, []) == ""
    client.done(f"/recommendations/close/{of}", **CLOSED, document=LETTER)
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
def test_an_end_that_does_not_fit_says_why_at_its_field(workspace, client, changed, at, told):
    of = client.entry("/recommendations/finding", **FINDING, document=LETTER)
    found = client.wrong(f"/recommendations/close/{of}", **{**CLOSED, "document": LETTER, **changed})
    assert (found.at, told in found.text) == (at, True), found.text
    assert len(statements(workspace)) == 1


def test_a_finding_is_closed_once(workspace, client):
    of = client.entry("/recommendations/finding", **FINDING, document=LETTER)
    client.done(f"/recommendations/close/{of}", **CLOSED, document=LETTER)
    other = {**CLOSED, "text": "Another."}
    assert "en a déjà décidé" in client.wrong(f"/recommendations/close/{of}", **other, document=LETTER).text
    assert client.send("/recommendations/close/77", **CLOSED, document=LETTER).status_code == 404
    assert client.send(f"/recommendations/reply/{of}", role="x", accepted="yes", text="x").status_code == 404


def test_a_record_is_withdrawn_at_its_entry_once(workspace, client, tmp_path):
    of = client.entry("/recommendations/finding", **FINDING, document=LETTER)
    (title,) = [title for title, _ in withdrawing(workspace, of, Person(role=Role.STEWARD), FR)]
    assert title == "Retirer cette déclaration"
    assert withdrawal_of(workspace, of) is None
    assert client.wrong(f"/evidence/withdraw/{of}", text="").at == "text"
    named = client.wrong(f"/evidence/withdraw/{of}", text="Mme Durand said so.")
    assert (named.at, "semble nommer" in named.text) == ("text", True)
    place = client.done(f"/evidence/withdraw/{of}", text="Entered twice.")
    assert place.startswith(f"/evidence?entry={of}&done=")
    assert client.done(f"/evidence/withdraw/{of}", text="Entered twice.") == place
    assert "déjà été retirée" in client.wrong(f"/evidence/withdraw/{of}", text="For another reason.").text
    assert withdrawing(workspace, of, Person(role=Role.STEWARD), EN) == []
    known = withdrawal_of(workspace, of)
    assert known is not None
    assert known.entry == entry_of(place)
    assert withdrawing(workspace, entry_of(place), Person(role=Role.STEWARD), EN) == []
    said = statements(workspace)[-1].statement
    assert isinstance(said, Withdrawal)
    assert (said.of, said.text, said.role, said.system) == (of, "Entered twice.", "steward", None)
    assert client.send(f"/evidence/withdraw/{entry_of(place)}", text="x").status_code == 404
    assert client.send("/evidence/withdraw/x", text="x").status_code == 404


@pytest.mark.parametrize("role", SIGNED_IN)
def test_a_record_is_withdrawn_by_those_who_may_and_may_read_it(workspace, client, role):
    of = client.entry("/recommendations/finding", **FINDING, document=LETTER)
    run(workspace, "appeal", "enter", "--system", "chat", "--asks", "explanation", "--received-on", "2026-03-01",
        "--decided-on", "2026-02-20", "--ground", "other", "--role", "Agency", "--on", "2026-03-01")  # fmt: skip
    appeal = statements(workspace)[-1].entry
    me = Person(role=role)
    assert bool(withdrawing(workspace, of, me, EN)) is (role in TABLE[Action.STATE])
    assert bool(withdrawing(workspace, appeal, me, EN)) is (role is Role.STEWARD)
    client.be(role.value)
    if role is Role.FOLLOW_UP:
        assert client.send(f"/evidence/withdraw/{appeal}", text="x").status_code == 404
    if role not in TABLE[Action.STATE]:
        assert client.send(f"/evidence/withdraw/{of}", text="x").status_code == 403
    assert len(statements(workspace)) == 2


@pytest.mark.costly
def test_the_page_of_an_entry_says_that_it_was_withdrawn(workspace, client, be):
    of = client.entry("/recommendations/finding", **FINDING, document=LETTER)

    def body(role):
        be(role)
        return "".join(bodies("evidence", entry=str(of), lang="en"))

    assert "<summary>Withdraw this record</summary>" in body("steward")
    assert "Withdraw this record" not in body("reader")
    client.done(f"/evidence/withdraw/{of}", text="Entered twice.")
    assert "This record was withdrawn in entry" in body("reader")
    assert "<summary>Withdraw this record</summary>" not in body("steward")
