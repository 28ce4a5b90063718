"""What routes take of whoever may ask: content of the kinds that they read, and not too many forms a minute."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from boussole.dashboard.api.routing import is_api
from boussole.dashboard.app import server
from boussole.dashboard.server.access import sessions
from boussole.dashboard.server.access.permissions import STRANGERS
from boussole.dashboard.server.access.sessions import PATH
from boussole.dashboard.server.routes import ROUTES

HERE = {"origin": "http://localhost:8501"}
SENT = {"f-session": "none"}
ALIEN = ("", "application/json", "application/xml", "text/html", "application/x-java-serialized-object", "image/png")


@pytest.fixture
def ada(client, sign_in, oidc) -> TestClient:
    oidc.knows("ada", "stewards")
    sign_in("ada")
    return client


@pytest.mark.attack("routes", "content of another kind than an address reads, or of none")
@pytest.mark.parametrize("kind", ALIEN)
def test_content_of_another_kind_is_not_read(ada, workspace, kind, tries):
    sent = {**HERE, "content-type": kind} if kind else HERE
    for path in (PATH, "/evidence/check", "/incidents/open", "/access/sign-out", "/access/back-channel-logout"):
        tries.add()
        done = ada.post(path, content=b"{}", headers=sent)
        assert (done.status_code, done.headers["accept-post"]) == (415, ", ".join(server.FORMS)), path
    token = sessions.new_token(workspace, role="witness", label="agents", days=1)
    told = {**sent, "authorization": f"Bearer {token}"}
    done = ada.post("/api/ledger/cosignatures", content=b"{}", headers=told)
    assert (done.status_code, done.json()["next_step"]) == (415, "Send text/plain.")


def test_each_address_reads_what_it_takes():
    takes = {path: server.kinds(action) for path, action in ROUTES.items() if action not in STRANGERS}
    assert {path for path, read in takes.items() if read == server.TEXTS} == {
        "/api/ledger/cosignatures",
        "/api/texts/check",
    }
    assert all(read == server.FORMS for path, read in takes.items() if not is_api(path))


@pytest.mark.costly
@pytest.mark.usefixtures("no_time_passes")
@pytest.mark.attack("routes", "forms by the thousand")
def test_who_sends_too_many_forms_waits(ada, sign_in, oidc, tries):
    answers = [ada.post(PATH, data=SENT, headers=HERE) for _ in range(server.FORMS_EACH_MINUTE + 5)]
    tries.add(len(answers))
    done = [each.status_code for each in answers]
    assert set(done[: server.FORMS_EACH_MINUTE]) == {303}
    assert set(done[server.FORMS_EACH_MINUTE :]) == {429}
    assert answers[-1].headers["retry-after"] == "1"
    assert ada.get("/evidence/checkpoint").status_code == 409, "who only looks does not wait"
    oidc.knows("bob", "stewards")
    sign_in("bob")
    assert ada.post(PATH, data=SENT, headers=HERE).status_code == 303, "others do not wait"
