"""What fails is noted without its secret and slowed down, and locks nobody out; what routes take of whoever may ask."""

from __future__ import annotations

import logging
import secrets
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from boussole.audits.workspace import Workspace
from boussole.dashboard.api.routing import is_api
from boussole.dashboard.app import server
from boussole.dashboard.app.server import routes
from boussole.dashboard.server.access import log, sessions
from boussole.dashboard.server.access.back_channel import EACH_MINUTE, NOTED_EACH_MINUTE, Failures
from boussole.dashboard.server.access.permissions import STRANGERS
from boussole.dashboard.server.access.sessions import PATH
from boussole.dashboard.server.process import MOST_KNOWN, Limiter
from boussole.dashboard.server.routes import ROUTES
from tests.dashboard.access.conftest import HERE, browser, is_in
from tests.dashboard.api.described import bearer

SYSTEMS = "/api/systems"


@pytest.fixture
def served(tmp_path) -> Workspace:
    return Workspace.create(tmp_path / "w")


def at(workspace: Workspace, address: str = "192.0.2.1") -> TestClient:
    """Programs on one machine or another, all asking the same server."""
    return TestClient(app_of(workspace.home), client=(address, 50000))


@cache
def app_of(home: Path) -> Starlette:
    return Starlette(routes=routes(home))


def guessed(number: str) -> str:
    return f"boussole_{number}_{secrets.token_urlsafe(32)}"


def noted(workspace: Workspace, event: str) -> list[tuple[str, str]]:
    return [(row.subject, row.place) for row in log.entries(workspace) if row.event == event]


@pytest.mark.costly
@pytest.mark.usefixtures("no_time_passes")
@pytest.mark.attack("tokens", "tokens are guessed by the thousand, and the log and memory filled with them")
def test_guesses_are_slowed_down_and_noted_without_their_secret(served, tries):
    client, sent = at(served), [guessed(secrets.token_hex(4)) for _ in range(300)]
    answers = [client.get(SYSTEMS, headers=bearer(each)) for each in sent]
    tries.add(len(sent))
    assert [each.status_code for each in answers[:EACH_MINUTE]] == [401] * EACH_MINUTE
    assert {each.status_code for each in answers[EACH_MINUTE + 1 :]} == {429}
    assert all(int(each.headers["retry-after"]) > 0 for each in answers if each.status_code == 429)
    lines = noted(served, "token_refused")
    assert len(lines) <= EACH_MINUTE + 1
    assert lines[0] == (f"token/{sent[0].split('_')[1]}", f"nobody {SYSTEMS} 192.0.2.1")
    kept = b"".join(path.read_bytes() for path in served.home.glob("access.sqlite*"))
    assert not [each for each in sent if each.split("_", 2)[2].encode() in kept]


@pytest.mark.costly
@pytest.mark.usefixtures("no_time_passes")
@pytest.mark.attack("tokens", "somebody locks others out, by failing from their address or under their token's number")
def test_nobody_is_locked_out_by_others(served, tries):
    token = sessions.new_token(served, role="auditor", label="portal", days=2, reason="a test")
    number = token.split("_")[1]
    for address in ("192.0.2.1", "198.51.100.7"):  # the first is the portal's own, or that of the server before us
        somebody = at(served, address)
        for _ in range(60):
            tries.add()
            somebody.get(SYSTEMS, headers=bearer(guessed(number)))
    for address in ("192.0.2.1", "198.51.100.7", "203.0.113.9"):
        assert at(served, address).get(SYSTEMS, headers=bearer(token)).status_code == 200
    assert at(served, "203.0.113.9").get(SYSTEMS, headers=bearer(guessed(number))).status_code == 429, "under a number"
    assert at(served, "203.0.113.9").get(SYSTEMS, headers=bearer(guessed("00000000"))).status_code == 401


@pytest.mark.parametrize(
    "shown", ["Bearer hunter2", "Basic YWRhOmh1bnRlcjI=", "hunter2", "Bearer boussole_1_hunter2\x00"]
)
def test_what_is_no_token_is_not_noted_whatever_it_is(served, shown):
    assert at(served).get(SYSTEMS, headers={"authorization": shown}).status_code == 401
    assert noted(served, "token_refused") == [("address/192.0.2.1", f"nobody {SYSTEMS} 192.0.2.1")]


@pytest.mark.usefixtures("no_time_passes")
def test_a_token_that_has_ended_is_told_so_and_noted(served):
    token = sessions.new_token(served, role="auditor", label="portal", days=2, reason="a test")
    number = token.split("_")[1]
    sessions.revoke_token(served, number)
    answers = [at(served).get(SYSTEMS, headers=bearer(token)).status_code for _ in range(12)]
    assert answers == [401] * 10 + [429] * 2
    assert noted(served, "token_refused")[0] == (f"token/{number}", f"ended {SYSTEMS} 192.0.2.1")
    assert at(served).get(SYSTEMS, headers=bearer(guessed("00000000"))).status_code == 401, "it was no guess"


def test_who_is_not_signed_in_has_not_failed(client, workspace):
    for _ in range(30):
        assert client.get(SYSTEMS).status_code == 401
    assert log.entries(workspace) == []


@pytest.mark.costly
@pytest.mark.usefixtures("no_time_passes")
@pytest.mark.attack("sign-ins", "answers of the provider are made up, with line breaks and secrets in them")
def test_failed_sign_ins_are_noted_slowed_down_and_lock_nobody_out(  # noqa: PLR0917
    client, sign_in, oidc, workspace, caplog, tries
):
    oidc.knows("ada", "stewards")
    made_up = ["?code=hunter2&state=made-up", "?error=x&error_description=hunter2%0Aboussole%3A%20ada%20signed%20in"]
    made_up += ["", *(f"?code={number}&state=x" for number in range(20))]
    with caplog.at_level(logging.WARNING):
        answers = [client.get(f"/access/callback{each}") for each in made_up]
    tries.add(len(made_up))
    assert [each.status_code for each in answers[:EACH_MINUTE]] == [303] * EACH_MINUTE
    assert {each.status_code for each in answers[EACH_MINUTE + 1 :]} == {429}
    assert int(answers[-1].headers["retry-after"]) > 0
    lines = noted(workspace, "sign_in_refused")
    assert len(lines) <= EACH_MINUTE + 1
    assert lines[0] == ("address/testclient", "MismatchingStateError testclient")
    assert "hunter2" not in f"{lines} {caplog.text}"
    assert sign_in("ada").headers["location"] == "/"
    assert sign_in("ada", by=browser(workspace)).headers["location"] == "/"


def test_what_the_log_left_out_is_counted_and_told(served):
    clock = [0.0]
    failures = Failures(clock=lambda: clock[0])
    for number in range(NOTED_EACH_MINUTE + 40):
        failures.failed(served, "token_refused", address=f"10.0.{number}.1", place="x")
    assert len(noted(served, "token_refused")) == NOTED_EACH_MINUTE
    clock[0] = 61
    failures.failed(served, "token_refused", address="10.1.0.1", place="x")
    assert noted(served, "token_refused")[-1] == ("address/10.1.0.1", "x 10.1.0.1 (+40)")


def test_one_network_of_six_is_one_asker(served):
    failures = Failures(clock=lambda: 0.0)
    waits = [
        failures.failed(served, "token_refused", address=f"2001:db8::{number:x}", place="x") for number in range(20)
    ]
    assert waits[:EACH_MINUTE] == [0] * EACH_MINUTE
    assert all(waits[EACH_MINUTE:])


@pytest.mark.attack("memory of the server", "failures under ever new names and addresses fill it")
def test_what_is_remembered_of_who_fails_is_bounded(tries):
    limiter = Limiter(EACH_MINUTE, clock=lambda: 0.0)
    for number in range(3 * MOST_KNOWN):
        tries.add()
        limiter.wait(f"token/{number:08x}")
    assert len(limiter._buckets) == MOST_KNOWN


@pytest.mark.attack("tokens", "many requests at the same moment each find the limit untouched")
def test_many_at_once_are_counted_one_by_one(tries):
    limiter = Limiter(EACH_MINUTE, clock=lambda: 0.0)
    with ThreadPoolExecutor(16) as pool:
        waits = list(pool.map(lambda _: limiter.wait("one"), range(2000)))
    tries.add(len(waits))
    assert waits.count(0) == EACH_MINUTE


SENT = {"f-session": "none"}
ALIEN = ("", "application/json", "application/xml", "text/html", "application/x-java-serialized-object", "image/png")


@pytest.mark.attack("routes", "content of another kind than an address reads, or of none")
@pytest.mark.parametrize("kind", ALIEN)
def test_content_of_another_kind_is_not_read(ada, workspace, kind, tries):
    sent = {**HERE, "content-type": kind} if kind else HERE
    for path in (PATH, "/evidence/check", "/incidents/open", "/access/sign-out", "/access/back-channel-logout"):
        tries.add()
        done = ada.post(path, content=b"{}", headers=sent)
        assert (done.status_code, done.headers["accept-post"]) == (415, ", ".join(server.FORMS)), path
    token = sessions.new_token(workspace, role="witness", label="agents", days=1)
    done = ada.post("/api/ledger/cosignatures", content=b"{}", headers={**sent, **bearer(token)})
    assert (done.status_code, done.json()["next_step"]) == (415, "Send text/plain.")


def test_each_address_reads_what_it_takes():
    takes = {path: server.kinds(action) for path, action in ROUTES.items() if action not in STRANGERS}
    texts = {path for path, read in takes.items() if read == server.TEXTS}
    assert texts == {"/api/ledger/cosignatures", "/api/texts/check"}
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
    assert is_in(ada), "who only looks does not wait"
    oidc.knows("bob", "stewards")
    sign_in("bob")
    assert ada.post(PATH, data=SENT, headers=HERE).status_code == 303, "others do not wait"
