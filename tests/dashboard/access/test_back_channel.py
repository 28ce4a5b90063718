"""The provider ends sign-ins from its side, and nobody else does: forged, stale, replayed and misdirected tokens."""

from __future__ import annotations

import base64
import datetime as dt
import hmac
import json
import time
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from sqlalchemy import func, select

from boussole.dashboard.server.access import back_channel, identity, log
from boussole.dashboard.server.access.back_channel import EVENT, PATH
from boussole.dashboard.server.access.database import logout_table, now, reading
from tests.dashboard.access.conftest import browser, is_in

OURS = RSAKey.generate_key(2048, {"kid": "ours", "use": "sig"})
THEIRS = RSAKey.generate_key(2048, {"kid": "ours", "use": "sig"})


@pytest.fixture(autouse=True)
def keys(oidc, monkeypatch):
    """The provider signs with a key that the test holds; all else of it is real."""
    found = KeySet([OURS]).as_dict(private=False)
    told = {**httpx.get(f"{oidc.address}/.well-known/openid-configuration").json(), "jwks_uri": "https://id.example/k"}
    monkeypatch.setattr(identity, "_keys", {"https://id.example/k": (time.monotonic(), found)})
    monkeypatch.setattr(back_channel, "metadata", lambda _: told)
    monkeypatch.setattr(back_channel, "signing_keys", lambda _issuer, **_: found)


@pytest.fixture
def claims(oidc) -> dict[str, Any]:
    """What a logout token says, as the specification has it (2.4)."""
    at = int(time.time())
    who = {"iss": oidc.address, "sub": "ada", "aud": "boussole", "sid": "08a5019c"}
    return {**who, "iat": at, "exp": at + 120, "jti": "bWJq", "events": {EVENT: {}}}


def signed(claims: dict[str, Any], *, key: Any = OURS, **header: Any) -> str:
    head = {"alg": "RS256", "kid": "ours", "typ": "logout+jwt", **header}
    return jwt.encode(head, claims, key, algorithms=[head["alg"]])


def send(client, token: str, **headers: str) -> httpx.Response:
    """As a provider does: server to server, without cookie, origin or browser."""
    return client.post(PATH, data={"logout_token": token}, headers=headers)


@pytest.mark.parametrize("left_out", [pytest.param("", marks=pytest.mark.costly), "sub", "sid"])
def test_the_provider_ends_a_session(ada, workspace, claims, left_out):
    claims.pop(left_out, None)
    done = send(browser(workspace), signed(claims))
    assert (done.status_code, done.headers["cache-control"]) == (200, "no-store")
    assert not is_in(ada)
    last = log.entries(workspace)[-1]
    assert (last.event, last.subject, last.role, last.place) == ("sign_out", "ada", "steward", "provider")


@pytest.mark.costly
def test_a_session_of_the_provider_ends_and_another_of_the_same_person_goes_on(ada, sign_in, oidc, workspace, claims):
    other = browser(workspace)
    oidc.knows("ada", "stewards", sid="another")
    sign_in("ada", by=other)
    assert send(browser(workspace), signed(claims)).status_code == 200
    assert (is_in(ada), is_in(other)) == (False, True)
    del claims["sid"]
    assert send(browser(workspace), signed({**claims, "jti": "2"})).status_code == 200
    assert not is_in(other), "without a session of its own, all of somebody's"


def without(*names: str) -> dict[str, None]:
    return dict.fromkeys(names)


OTHER_EVENT = "http://schemas.openid.net/event/other"
WRONG: dict[str, list[dict[str, Any]]] = {
    "iss": [{"iss": "https://evil.example"}, without("iss")],
    "aud": [{"aud": "another-client"}, {"aud": ["boussole", "another-client"]}, {"aud": []}, without("aud")],
    "iat": [{"iat": 1_500_000_000}, {"iat": 4_000_000_000}, {"iat": "now"}, {"iat": True}, without("iat")],
    "exp": [{"exp": 1_500_000_000}, without("exp")],
    "events": [{"events": each} for each in ({OTHER_EVENT: {}}, [EVENT], {EVENT: "yes"}, None)],
    "nonce": [{"nonce": "n-0S6_WzA2Mj"}, {"nonce": ""}],
    "sub nor sid": [without("sub", "sid"), {"sub": "", "sid": ""}, {"sub": ["ada"], "sid": None, "x": 1}],
    "jti": [{"jti": ""}, without("jti")],
}


@pytest.mark.attack("sessions", "a token of the provider's that is stale, misdirected, or no logout, ends a session")
@pytest.mark.parametrize("said", WRONG)
def test_a_token_that_is_none_for_us_ends_nothing(ada, workspace, claims, said, tries):
    for change in WRONG[said]:
        tries.add()
        sent = {name: value for name, value in {**claims, **change}.items() if value is not None}
        done = send(browser(workspace), signed(sent))
        found = (done.status_code, done.json()["error"], done.headers["cache-control"])
        assert found == (400, "invalid_request", "no-store"), change
        assert said in done.json()["error_description"]
        assert is_in(ada), change


def part(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def unsigned(claims: dict[str, Any], header: dict[str, Any]) -> str:
    return ".".join((*(part(json.dumps(each).encode()) for each in (header, claims)), ""))


def with_public_key_as_secret(claims: dict[str, Any]) -> str:
    """What a verifier takes that lets the token choose how it is verified; no library signs it any more."""
    text = unsigned(claims, {"alg": "HS256", "kid": "ours"})[:-1]
    return f"{text}.{part(hmac.digest(OURS.as_pem(private=False), text.encode(), 'sha256'))}"


@pytest.mark.costly
@pytest.mark.attack(
    "sessions", "a forged logout token ends a session: no signature, another's, the public key as secret"
)
def test_nobody_else_ends_a_session(ada, workspace, claims, tries):
    good = signed(claims)
    head, body, signature = good.split(".")
    other = part(json.dumps({**claims, "sub": "bob"}).encode())
    forged = [
        signed(claims, key=THEIRS),
        signed(claims, key=THEIRS, jwk=THEIRS.as_dict(private=False)),
        with_public_key_as_secret(claims),
        signed(claims, key=OctKey.import_key("of the client " * 3, {"kid": "ours"}), alg="HS256"),
        unsigned(claims, {"alg": "none", "kid": "ours"}),
        unsigned(claims, {"alg": "RS256", "kid": "ours"}),
        f"{head}.{other}.{signature}",
        f"{head}.{body}.",
        f"{head}.{body}.{signature[::-1]}",
        signed(claims, kid="../../keys/access.key"),
        signed(claims, typ="at+jwt"),
        signed(claims, crit=["kid"]),
        "",
        "a.b.c",
        "x" * 30_000,
    ]
    for each in forged:
        tries.add()
        assert send(browser(workspace), each).status_code == 400, each[:80]
        assert is_in(ada)
    twice, other_name = {"data": {"logout_token": [good, good]}}, {"data": {"token": good}}
    for sent, status in ((twice, 400), (other_name, 400), ({"json": {"logout_token": good}}, 415)):
        tries.add()
        assert browser(workspace).post(PATH, **sent).status_code == status
    assert browser(workspace).get(PATH, params={"logout_token": good}).status_code == 405
    assert is_in(ada)
    assert send(browser(workspace), good).status_code == 200


@pytest.mark.costly
@pytest.mark.attack("sessions", "a logout token is sent again, to end the next session too")
def test_a_token_counts_once(ada, sign_in, workspace, claims):
    token = signed(claims)
    assert send(browser(workspace), token).status_code == 200
    sign_in("ada")
    again = send(browser(workspace), token)
    assert (again.status_code, again.json()["error_description"]) == (400, "jti was used before.")
    assert is_in(ada)


def test_what_is_remembered_of_tokens_does_not_grow(ada, workspace, claims, monkeypatch):
    for day in range(3):
        at = now() + dt.timedelta(days=day)
        monkeypatch.setattr(back_channel, "now", lambda at=at: at)
        sent = {**claims, "iat": at.timestamp(), "exp": at.timestamp() + 60}
        assert send(browser(workspace), signed(sent)).status_code == 200
    with reading(workspace) as connection:
        assert connection.execute(select(func.count()).select_from(logout_table)).scalar_one() == 1


def test_a_browser_of_another_site_is_refused_as_everywhere(ada, workspace, claims):
    done = send(browser(workspace), signed(claims), origin="https://elsewhere.example")
    assert done.status_code == 403
    assert is_in(ada)


@pytest.mark.usefixtures("no_time_passes")
def test_failures_are_noted_without_the_token_and_slowed_down(ada, workspace, claims):
    other = browser(workspace)
    codes = [send(other, signed(claims, key=THEIRS)).status_code for _ in range(12)]
    assert codes == [400] * 10 + [429] * 2
    noted = [row for row in log.entries(workspace) if row.event == "logout_refused"]
    assert len(noted) == 10
    assert not any("ada" in f"{row.subject} {row.place}" or "ey" in row.place for row in noted)
    assert send(other, signed(claims)).status_code == 200, "the provider is never locked out"
    assert not is_in(ada)


def test_made_up_keys_do_not_have_the_provider_asked_without_end(oidc, monkeypatch):
    asked: list[str] = []
    monkeypatch.setattr(identity, "_keys", {})
    monkeypatch.setattr(identity, "metadata", lambda _: {"jwks_uri": "https://id.example/k"})
    monkeypatch.setattr(identity, "_asked", lambda address: asked.append(address) or {"keys": []})
    for _ in range(20):
        identity.signing_keys(oidc.address, anew=True)
    assert asked == ["https://id.example/k"]


def test_a_provider_that_is_down_is_told_to_come_back(ada, workspace, claims, monkeypatch):
    def down(_issuer: str, **_: object) -> dict[str, Any]:
        raise identity.ProviderError("the provider of sign-ins does not answer.")

    monkeypatch.setattr(back_channel, "signing_keys", down)
    assert send(browser(workspace), signed(claims)).status_code == 503
    assert is_in(ada)


def test_the_real_keys_of_the_provider_are_taken(oidc, monkeypatch):
    monkeypatch.setattr(identity, "_keys", {})
    monkeypatch.setattr(identity, "_known", {})
    found = identity.signing_keys(oidc.address)
    assert found == httpx.get(f"{oidc.address}/jwks").json()
