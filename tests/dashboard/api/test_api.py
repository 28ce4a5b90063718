"""The API over HTTP: what it answers is what its own OpenAPI document says, and what pages show."""

from __future__ import annotations

import json
import shutil

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from boussole.audits.ledger.checkpoint import parse_checkpoint
from boussole.audits.ledger.log import parse_proof
from boussole.audits.workspace import Workspace
from boussole.charter.record_types.kinds import KINDS
from boussole.dashboard.api.routing import OPENAPI, TOLD
from boussole.dashboard.api.serving import ADDRESSES, METHODS, NOWHERE
from boussole.dashboard.app.server import KnownHosts, routes
from boussole.dashboard.server.access import log, sessions
from boussole.dashboard.server.access.permissions import STRANGERS, Action
from boussole.dashboard.server.routes import ROUTES
from tests.dashboard.api.described import bearer, document, held_to
from tests.dashboard.conftest import seal_audits, with_systems

READ = [each.path for each in ADDRESSES if "GET" in each.methods]
TAKING = [each.path for each in ADDRESSES if "POST" in each.methods and ROUTES[each.path] is Action.COSIGN]


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A workspace with three audits of two systems; one of the systems has groups too small to show."""
    workspace = with_systems(tmp_path_factory.mktemp("api") / "w")
    seal_audits(workspace)
    return workspace


@pytest.fixture(scope="module", autouse=True)
def _many_requests():
    """All addresses are asked by one client here; that there is a limit is seen elsewhere."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BOUSSOLE_ACCESS", json.dumps({"api_per_minute": 5000}))
        yield


@pytest.fixture(scope="module")
def client(kept):
    return TestClient(Starlette(routes=routes(kept.home)))


@pytest.fixture(scope="module")
def real(audited_offers, tmp_path_factory):
    """A workspace whose audits were really made: the others are made by hand, and shorter."""
    return TestClient(Starlette(routes=routes(audited_offers(tmp_path_factory.mktemp("real") / "w").home)))


def last(client, kind="audit"):
    return client.get("/api/ledger", params={"kind": kind, "take": 1}).json()["items"][0]["entry"]


@pytest.mark.costly
def test_the_document_is_valid_and_open_to_all(client):
    OpenAPIV31SpecValidator(document()).validate()
    assert client.get(OPENAPI).json() == document()


def test_every_address_of_the_api_is_described():
    described = {*document()["paths"], OPENAPI, *NOWHERE}
    assert described == {path for path in ROUTES if path.startswith("/api") or path == "/healthz"}
    names = [each["operationId"] for described in document()["paths"].values() for each in described.values()]
    assert len(set(names)) == len(names) == len(ADDRESSES)


@pytest.mark.parametrize("path", READ)
def test_answers_are_of_the_shape_that_is_described(real, path):
    done = real.get(path.format(system="offers", entry=last(real)))
    assert done.status_code == 200
    described = document()
    content = described["paths"][path]["get"]["responses"]["200"]["content"]
    (kind,) = content
    assert done.headers["content-type"].startswith(kind)
    named = "boussole.json" if kind == "application/json" else "boussole.txt"
    assert done.headers["content-disposition"] == f'attachment; filename="{named}"', "no browser shows it as a page"
    if kind == "application/json":
        held_to(content[kind]["schema"], done.json())


def test_what_is_suppressed_stays_suppressed(client):
    hidden = client.get("/api/systems/matchft/measures", params={"status": "suppressed"}).json()
    assert hidden["total"] > 0
    for each in hidden["items"]:
        assert (each["value"], each["n"], each["clusters"], each["interval"]) == (None, None, None, None)


def test_no_single_row_is_in_any_answer(client):
    said = document()
    assert "/api/decisions" not in said["paths"]
    records = {
        name for model in KINDS.values() for name in (f"{model.__name__}Record", f"Page_{model.__name__}Record_")
    }
    others = {name.lower() for name in said["components"]["schemas"]} - {name.lower() for name in records}
    assert not [name for name in others if "decision" in name or "row" in name]


def test_lists_are_read_page_by_page(client):
    whole = [each["verdict"]["indicator"] for each in client.get("/api/verdicts").json()["items"]]
    address, pieces = "/api/verdicts?take=7&system=matchft", []
    while address:
        page = client.get(address).json()
        pieces += [each["verdict"]["indicator"] for each in page["items"]]
        address = page["next"]
    assert len(pieces) == page["total"] > 7
    assert set(pieces) <= set(whole)


def test_proofs_can_be_checked(client):
    entry = last(client)
    assert parse_proof(client.get(f"/api/ledger/{entry}/proof").text).holds
    _, checkpoint = parse_checkpoint(client.get("/api/ledger/checkpoint").text)
    assert checkpoint.size == client.get("/api/ledger").json()["total"]


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/api/systems/matchfd", 404, "matchft"),
        ("/api/audits/0", 404, "seals no audit"),
        ("/api/audits/99", 404, "seals no audit"),
        ("/api/ledger/99", 404, "the ledger has"),
        ("/api/ledger/99/proof", 404, "the ledger has"),
        ("/api/systems/matchfd/audits", 404, "matchft"),
        ("/api/systems/matchfd/measures", 404, "matchft"),
        ("/api/verdicts?system=matchfd", 404, "matchft"),
        ("/api/ledger?system=matchfd", 404, "matchft"),
        ("/api/systems/matchft/measures?metric=impact_ration", 400, "impact_ratio"),
        ("/api/verdicts?article=equit", 400, "equite"),
        ("/api/ledger?kind=audits", 400, "audit"),
        ("/api/ledger/x", 400, "entry is a whole number"),
        ("/api/ledger/-1", 400, "entry is a whole number"),
        ("/api/ledger/1%30000000000000000000", 400, "entry is a whole number"),
        ("/api/verdicts?verdicts=kept", 400, "Did you mean 'verdict'"),
        ("/api/verdicts?verdict=fine", 400, "verdict is one of broken, watch, unknown, not_examined or kept."),
        ("/api/verdicts?{verdict}=fine", 400, "'{verdict}' cannot be asked"),
        ("/api/ledger/1_0", 400, "entry is a whole number"),
        ("/api/ledger/%201", 400, "entry is a whole number"),
        ("/api/ledger/%D9%A3", 400, "entry is a whole number"),
        ("/api/verdicts?take=0", 400, "take is at least 1"),
        ("/api/verdicts?take=501", 400, "at most 500"),
        ("/api/charter?x=1", 400, "Nothing can be asked here"),
        ("/api/verdicts?system=matchft&system=compas", 400, "asked twice"),
        ("/api/verdicts?take=5&take=5", 400, "asked twice"),
        (f"/api/ledger?kind={'x' * 201}", 400, "at most 200"),
    ],
)
def test_bad_questions_are_told(client, address, status, said):
    done = client.get(address)
    assert (done.status_code, said in done.json()["error"]) == (status, True), done.text


@pytest.mark.attack("the API", "pages that would load scripts from elsewhere")
def test_no_page_stands_beside_the_document(client, tries):
    for path in ("/docs", "/redoc", "/openapi.json", "/docs/oauth2-redirect", "/api/docs", "/api/redoc"):
        tries.add()
        assert client.get(path).status_code == 404, path


@pytest.mark.costly
@pytest.mark.attack("the API", "another spelling of an address, so that the guard reads one and the API another")
def test_what_is_guarded_is_what_answers(kept, tries):
    client = TestClient(Starlette(routes=routes(kept.home)))
    client.headers.update(bearer(sessions.new_token(kept, role="witness", label="outside", days=1)))
    for path in (each.format(system="matchft", entry=1) for each in READ if ROUTES[each] not in STRANGERS):
        spellings = (path, f"{path}?x=/healthz", path.replace("api", "%61pi"), f"{path}%3Fx=1")
        alike = path.startswith("/api/records/") and path != "/api/records/recommendation"
        for spelt in spellings[: 1 if alike else None]:
            for method in METHODS:
                tries.add()
                done = client.request(method, spelt)
                may = ROUTES.get(path) is Action.TAKE_CHECKPOINTS
                assert done.status_code in ((200, 400, 403, 404, 405) if may else (403, 404)), (method, spelt)
    for path in ("/api//systems", "/api/systems/", "/api/./systems", "/healthz/../api/systems", "//api/systems"):
        tries.add()
        assert client.get(path).status_code in (403, 404), path


def refused(done, status):
    """A refusal as the document describes it, and nothing of the program in it."""
    assert (done.status_code, done.headers["content-type"]) == (status, "application/json"), done.text
    held_to({"$ref": "#/components/schemas/Problem"}, done.json())
    assert str(status) in TOLD
    assert done.headers["content-disposition"] == 'attachment; filename="boussole.json"'
    assert done.json()["error"]
    assert "Traceback" not in done.text
    return done.json()["error"]


def test_every_refusal_of_an_address_that_takes_is_json(client):
    for path in TAKING:
        for method in METHODS:
            if method != "HEAD":
                assert "may not send the cosignature of a witness" in refused(client.request(method, path), 403)


@pytest.mark.parametrize("path", [*READ, OPENAPI, *NOWHERE])
def test_every_refusal_of_every_address_is_json(client, path):
    address = path.format(system="matchft", entry=1, rest="no/such") if path != NOWHERE[1] else "/api/no/such"
    for method in METHODS:
        if method not in ("GET", "HEAD"):
            told = refused(client.request(method, address), 404 if path in NOWHERE else 405)
            assert method in told or path in NOWHERE
    if path in NOWHERE:
        assert f"there is no '{address}'" in refused(client.get(address), 404)
    if "{entry}" in path:
        refused(client.get(path.format(entry="none")), 400)
    if "{system}" in path:
        refused(client.get(path.format(system="none")), 404)
    if path in READ:
        known = path.format(system="matchft", entry=1)
        refused(client.get(known, params={"no_such": "1"}), 400)
        for each in document()["paths"][path]["get"].get("parameters", []):
            if each["in"] == "query":
                status = 404 if each["name"] == "system" else 400
                refused(client.get(known, params={each["name"]: "no such"}), status)


@pytest.mark.parametrize("where", ["boussole.dashboard.views.store.scene", "boussole.dashboard.app.server.of_request"])
def test_what_nobody_foresaw_is_json_with_a_number_and_no_trace(kept, monkeypatch, caplog, where):
    def failing(*_):
        raise ZeroDivisionError("of person p1")

    client = TestClient(Starlette(routes=routes(kept.home)))
    monkeypatch.setattr(where, failing)
    done = client.get("/api/systems")
    assert "nobody foresaw" in refused(done, 500)
    assert "p1" not in done.text
    number = done.json()["next_step"].rstrip(".").rpartition(" ")[2]
    assert f"trouble {number} on the address /api/systems" in caplog.text


def test_the_door_refuses_in_json(kept):
    door = Middleware(KnownHosts, access=kept.settings.access)
    client = TestClient(Starlette(routes=routes(kept.home), middleware=[door]), base_url="http://elsewhere.example")
    assert "local mode" in refused(client.get("/api/systems"), 403)
    assert client.get("/drift-report/matchft").headers["content-type"].startswith("text/plain")


def test_an_answer_that_has_not_changed_is_not_sent_again(client, kept):
    first = client.get("/api/systems")
    again = client.get("/api/systems", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/api/systems?take=1", headers={"if-none-match": first.headers["etag"]}).status_code == 200
    path = kept.home / "systems" / "compas.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    changed = client.get("/api/systems", headers={"if-none-match": first.headers["etag"]})
    assert changed.status_code == 200


def test_a_token_sees_what_its_role_may(client, kept):
    token = sessions.new_token(kept, role="reader", label="a dashboard", days=1)
    assert client.get("/api/systems", headers=bearer(token)).status_code == 200
    refused = client.get("/drift-report/matchft", headers=bearer(token))
    assert refused.status_code == 403
    assert ("refused", "/drift-report/{system}") in [(row.event, row.place) for row in log.entries(kept)]


@pytest.mark.parametrize(
    "spoilt", [lambda t: t[:-1], lambda t: t + "x", lambda t: "", lambda t: t.upper(), lambda t: "x"]
)
def test_a_token_that_is_not_known_is_nobody_not_even_in_local_mode(client, kept, spoilt):
    token = sessions.new_token(kept, role="reader", label="a dashboard", days=1)
    done = client.get("/api/systems", headers=bearer(spoilt(token)))
    assert done.headers["www-authenticate"] == "Bearer"
    refused(done, 401)
    assert client.get("/api/systems", headers={"authorization": f"Basic {token}"}).status_code == 401


def test_a_token_reads_and_changes_nothing(client, kept):
    token = sessions.new_token(kept, role="steward", label="a leaked one", days=1, reason="a test")
    before = client.get("/api/ledger").json()["total"]
    said = {"body": "CNIL", "text": "More.", "addressee": "Direction", "due_on": "2099-01-01"}
    for path in ("/recommendations/outside", "/incidents/open", "/evidence/check"):
        done = client.post(path, files={key: (None, value) for key, value in said.items()}, headers=bearer(token))
        assert (done.status_code, "a token only reads" in done.text) == (403, True), path
    assert client.get("/api/ledger").json()["total"] == before


def test_a_token_ends(client, kept, monkeypatch):
    token = sessions.new_token(kept, role="auditor", label="auditors", days=2, reason="a test")
    number = token.split("_")[1]
    later = sessions.now() + (sessions.moment("2026-01-03T00:00:00Z") - sessions.moment("2026-01-01T00:00:00Z"))
    with monkeypatch.context() as patch:
        patch.setattr(sessions, "now", lambda: later)
        assert client.get("/api/systems", headers=bearer(token)).status_code == 401
    assert client.get("/api/systems", headers=bearer(token)).status_code == 200
    sessions.revoke_token(kept, number)
    assert client.get("/api/systems", headers=bearer(token)).status_code == 401


def test_tokens_at_the_command_line(command, kept):
    asked = ("--workspace", kept.home, "access", "token")
    made = command(*asked, "new", "the house's portal", "--role", "member", "--days", "30")
    token = made.stdout.strip()
    number = token.split("_")[1]
    listed = command(*asked, "list").stdout
    assert f"{number}\tmember\tthe house's portal\t" in listed
    assert token not in listed
    assert token.encode() not in b"".join(path.read_bytes() for path in kept.home.glob("access.sqlite*"))
    assert command(*asked, "revoke", number).returncode == 0
    assert command(*asked, "revoke", number).returncode == 2
    for wrong in (("--role", "operator"), ("--days", "0"), ("--days", "400")):
        assert command(*asked, "new", "x", *wrong).returncode == 2
    assert command(*asked, "new", " ").returncode == 2


@pytest.mark.attack(
    "tokens", "a token of a role that sees single people, hidden figures or who looked, without a reason"
)
def test_a_token_that_sees_what_is_sensitive_has_a_reason_that_is_noted(command, kept, tries):
    asked, before = ("--workspace", kept.home, "access", "token", "new", "x", "--role"), len(sessions.tokens(kept))
    for role in ("steward", "data_scientist", "agent", "administrator", "auditor"):
        for unsaid in ((), ("--restricted", ""), ("--restricted", "\n")):
            tries.add()
            done = command(*asked, role, *unsaid)
            assert (done.returncode, done.stdout) == (2, ""), (role, unsaid)
    assert len(sessions.tokens(kept)) == before
    for role in ("reader", "member", "chair", "secretary", "follow_up", "witness"):
        assert command(*asked, role).returncode == 0
    made = command(*asked, "auditor", "--restricted", "drift reports for the court").stdout.split("_")[1]
    noted = [(row.event, row.subject, row.role, row.place) for row in log.entries(kept)][-1]
    assert noted == ("token", f"token/{made}", "auditor", "new: drift reports for the court")


@pytest.mark.usefixtures("no_time_passes")
def test_who_asks_too_often_waits(kept, monkeypatch):
    monkeypatch.setenv("BOUSSOLE_ACCESS", json.dumps({"api_per_minute": 3}))
    hurried = TestClient(Starlette(routes=routes(kept.home)))
    token = sessions.new_token(kept, role="reader", label="in a hurry", days=1)
    answers = [hurried.get("/api/charter", headers=bearer(token)) for _ in range(4)]
    assert [each.status_code for each in answers] == [200, 200, 200, 429]
    refused(answers[-1], 429)
    assert 0 < int(answers[-1].headers["retry-after"]) <= 20
    assert hurried.get("/api/charter").status_code == 200, "others are not kept waiting"


def test_health(client, kept):
    done = client.get("/healthz")
    assert (done.status_code, done.json()["status"]) == (200, "ok")
    governance, aside = kept.governance, kept.home / "aside"
    governance.rename(aside)
    governance.write_bytes(b"no database, and long enough to be looked at as one" * 40)
    try:
        assert client.get("/healthz").status_code == 409
    finally:
        aside.replace(governance)


@pytest.mark.attack("ledger", "its file is removed while the server answers")
def test_a_lost_ledger_is_answered_as_an_error(kept, tmp_path, tries):
    shutil.copytree(kept.home, tmp_path / "w")
    workspace = Workspace(tmp_path / "w")
    (workspace.reports / "boussole-2026-Q1-fr.pdf").write_bytes(b"%PDF")
    here = TestClient(Starlette(routes=routes(workspace.home)))
    paths = ("/api/systems", "/api/verdicts", "/api/charter", "/api/ledger", "/api/ledger/checkpoint", "/api/audits/0")
    before = {path: here.get(path).headers.get("etag", "") for path in (*paths, "/healthz")}
    assert before["/api/ledger"]
    for path in workspace.home.glob("governance.sqlite*"):
        path.unlink()
    for path, tag in before.items():
        tries.add()
        done = here.get(path, headers={"if-none-match": tag})
        assert done.status_code == 409, path
        assert done.json()["error"].startswith("the ledger is lost: governance.sqlite is missing"), path
        assert "--start-new-ledger" in done.json()["next_step"]
    assert not workspace.governance.exists()
