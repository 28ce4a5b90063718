"""Webhooks and mail servers as adversaries, and addresses written by somebody who may only edit settings."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable

import pytest

from boussole.audits.errors import BoussoleError
from boussole.dashboard.alerts import channels as sending_channels
from boussole.dashboard.alerts.changes import check
from boussole.dashboard.alerts.channels import channels, deliver, is_clear
from boussole.dashboard.alerts.outbox import alerts
from boussole.dashboard.alerts.sending import send
from boussole.dashboard.cli.doctor import examine
from tests.attacks import Tries
from tests.dashboard.alerts.conftest import HIDDEN, Hook, House, Post, dripping, hostile, plugin

OK = b"HTTP/1.1 200 OK\r\n"


def channel(url: str) -> str:
    return f'[alerts.channels.hook]\nurl = "{url}"\n'


def refused(house: House, url: str) -> str:
    """Why an address is refused, which is told without it."""
    house.settings(channel(url))
    with pytest.raises(BoussoleError) as caught:
        plugin(house, "hook")
    assert HIDDEN not in str(caught.value)
    assert "[alerts.channels.hook]" in str(caught.value)
    return str(caught.value)


NO_ADDRESS = ["file:///etc/passwd", f"file:///{HIDDEN}", "gopher://127.0.0.1/x", "ftp://127.0.0.1/x", "unix:///run/x"]


@pytest.mark.attack("webhooks", "addresses that are none: file:, gopher:, ftp:, a socket")
def test_what_is_no_service_is_refused(house: House, tries: Tries) -> None:
    for url in NO_ADDRESS:
        assert "does not understand" in refused(house, url)
        tries.add()


@pytest.mark.attack(
    "webhooks", "an address whose template or key is a file of the server, such as a key of the workspace"
)
def test_no_address_reads_a_file(house: House, tries: Tries) -> None:
    secret = house.home / "keys" / "pseudonym.key"
    secret.parent.mkdir(exist_ok=True)
    secret.write_text(f'{{"text": "{HIDDEN}"}}', encoding="utf-8")
    token = "0123456789abcdefghijklmn"  # noqa: S105 (made up)
    places = [
        f"workflows://127.0.0.1:9/{'a' * 32}/{'b' * 43}/?template={{}}",
        f"slack://T1JJ3T3L2/A1BRTD4JD/{token}/?template={{}}",
        f"discord://123456789012345678/{'a' * 68}/?template={{}}",
        f"tgram://123456789:{'a' * 35}/12315544/?template={{}}",
        "fcm://project@apikey/123456789?keyfile={}",
    ]
    for place in places:
        for file in (secret, f"file://{secret}", "http://127.0.0.1:9/x.json"):
            said = refused(house, place.format(file))
            assert "names a file" in said or "does not understand" in said
            tries.add()


@pytest.mark.parametrize("method", ["GET", "DELETE", "HEAD"])
@pytest.mark.attack("webhooks", "an address that asks for another method, to erase or fetch something inside")
def test_no_address_erases_anything(house: House, method: str) -> None:
    assert f"asks for {method}" in refused(house, f"json://127.0.0.1:9/{HIDDEN}?method={method.lower()}")


@pytest.mark.parametrize("host", ["169.254.169.254", "[fe80::1]"])
@pytest.mark.attack("webhooks", "an address that is link-local, where clouds tell a machine its secrets")
def test_nothing_is_sent_to_where_clouds_keep_secrets(house: House, host: str) -> None:
    for scheme in ("json", "jsons", "form", "xml"):
        assert "link-local" in refused(house, f"{scheme}://{host}/{HIDDEN}")


def try_out(house: House) -> str:
    """Sends a message on the channel; the code of the problem, or nothing."""
    return deliver(house.workspace, channels(house.workspace)["hook"], title="Title", text="Text")


@pytest.mark.attack(
    "webhooks", "a server that answers with a redirect to a place inside, though the address asks for it"
)
def test_no_redirect_is_followed(house: House, hook: Hook, tries: Tries) -> None:
    hook.status = 302
    for asked in ("yes", "no", "true", "1"):
        url = f"json://127.0.0.1:{hook.port}/in/{HIDDEN}?redirect={asked}"
        house.settings(channel(url))
        assert try_out(house) == "http 302"
        tries.add()
    assert set(hook.paths) == {f"/in/{HIDDEN}"}


ANSWERS: dict[str, tuple[Callable[[socket.socket], None], str]] = {
    "that drips": (lambda connection: dripping(connection, OK + b"Content-Length: 1000\r\n\r\n"), "timeout"),
    "that is no HTTP": (lambda connection: connection.sendall(b"\0" * 100), "broken"),
    "that says nothing": (lambda connection: connection.close(), "broken"),
    "that says what was sent": (
        lambda connection: connection.sendall(b"HTTP/1.1 400 " + HIDDEN.encode() + b"\r\n\r\n"),
        "http 400",
    ),
}


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.attack("webhooks", "a server whose answer drips, or is none")
def test_an_answer_costs_little(house: House, name: str, monkeypatch: pytest.MonkeyPatch, tries: Tries) -> None:
    monkeypatch.setattr(sending_channels, "MESSAGE_SECONDS", 1.5)
    answer, expected = ANSWERS[name]
    with hostile(answer) as (port, got):
        house.changed(channel(f"json://127.0.0.1:{port}/{HIDDEN}"))
        began = time.monotonic()
        found = send(house.workspace)
        assert time.monotonic() - began < 15
        assert len(got) == 1
    assert found.failed == {"hook": expected}
    assert HIDDEN not in repr([each.problem for each in alerts(house.workspace)])
    tries.add()


@pytest.mark.attack("webhooks", "headers of an address that begin another header or another request")
def test_no_header_of_an_address_begins_another(house: House, hook: Hook, tries: Tries) -> None:
    for header in ("X-A=1%0d%0aEvil:%201", "X-A=1%0aEvil:%201", "X-A%0d%0aEvil=1", "X-A=1%00", "Host=evil.example"):
        house.settings(channel(f"json://127.0.0.1:{hook.port}/in?+{header}"))
        try_out(house)
        tries.add()
    assert not any("Evil" in name for each in hook.headers for name in each)
    assert len(hook.paths) <= 2


@pytest.mark.costly
@pytest.mark.attack("webhooks", "a channel without encryption, of which whoever reads the settings is not warned")
def test_what_is_not_safe_is_told_by_doctor(house: House, tries: Tries) -> None:
    told = {
        "json://hooks.example.org/x": True,
        "jsons://hooks.example.org/x": False,
        "json://localhost:8080/x": False,
        "mmost://chat.example.org/" + "a" * 26: True,
        "mailto://mail.example.org/?from=a@example.org&to=b@example.org": True,
        "mailtos://mail.example.org/?from=a@example.org&to=b@example.org": False,
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/": False,
    }
    for url, clear in told.items():
        house.settings(channel(url))
        assert is_clear(plugin(house, "hook")) is clear, url
        row = [each.what for each in examine(house.workspace) if "[alerts.channels.hook]" in each.what]
        assert bool(row) is clear
        assert url.partition("://")[2] not in repr(row)
        tries.add()


@pytest.mark.attack("webhooks", "mail of which the address asks that it be encrypted, and that would not be")
def test_mail_that_should_be_encrypted_is_not_sent_as_it_is(house: House) -> None:
    said = refused(house, "mailtos://mail.example.org/?from=a@example.org&to=b@example.org&pgp=encrypt")
    assert "asks for PGP" in said or "does not understand" in said


@pytest.mark.attack("webhooks", "the secret of an address, looked for in payloads, the outbox and what is printed")
def test_no_payload_holds_the_secret_of_an_address(house: House, hook: Hook, post: Post, tries: Tries) -> None:
    house.changed(hook.channel(), post.channel())
    send(house.workspace)
    for body in hook.bodies:
        assert HIDDEN not in json.dumps(body)
        tries.add()
    for mail in post.mails:
        assert HIDDEN not in mail.as_string()
        tries.add()
    assert HIDDEN not in repr(check(house.workspace, dry_run=True)) + repr(alerts(house.workspace))
