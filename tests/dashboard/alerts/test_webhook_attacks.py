"""Webhooks and mail servers as adversaries, and addresses written by somebody who may only edit settings."""

from __future__ import annotations

import contextlib
import json
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from boussole.audits.errors import BoussoleError
from boussole.dashboard.alerts import sending
from boussole.dashboard.alerts.channels import MOST_BYTES, cautions, channels, guarded, place_of, plugin_of
from boussole.dashboard.alerts.detect import check
from boussole.dashboard.alerts.outbox import messages
from boussole.dashboard.alerts.page import alert_facts, section
from boussole.dashboard.alerts.sending import send, try_out
from boussole.dashboard.cli.doctor import examine
from boussole.dashboard.markup.words import speaker
from tests.attacks import Tries
from tests.dashboard.alerts.conftest import HIDDEN, Hook, House, Post
from tests.dashboard.alerts.test_sending import changed

Answer = Callable[[socket.socket], None]
OK = b"HTTP/1.1 200 OK\r\n"


@contextlib.contextmanager
def hostile(answer: Answer) -> Iterator[tuple[int, list[bytes]]]:
    """A server that reads a request and answers as it likes; its port, and what it was sent."""
    got: list[bytes] = []

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            got.append(self.request.recv(1 << 20))
            with contextlib.suppress(OSError):
                answer(self.request)

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield server.server_address[1], got
    server.shutdown()
    server.server_close()


def channel(url: str) -> str:
    return f'[alerts.channels.hook]\nurl = "{url}"\n'


def refused(house: House, url: str) -> str:
    """Why an address is refused, which is told without it."""
    house.settings(channel(url))
    with pytest.raises(BoussoleError) as caught:
        plugin_of(house.workspace, channels(house.workspace)["hook"])
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


LINK_LOCAL = [
    "169.254.169.254",
    "[fe80::1]",
    "0.0.0.0",  # noqa: S104
    "[::]",
    "224.0.0.1",
    "[::ffff:169.254.169.254]",
    "100.100.100.200",
]


@pytest.mark.costly
@pytest.mark.attack("webhooks", "a name that leads to a link-local address, where clouds tell a machine its secrets")
def test_nothing_is_sent_to_where_clouds_keep_secrets(
    house: House, monkeypatch: pytest.MonkeyPatch, tries: Tries
) -> None:
    """The other end of the connection is looked at, not its name: a name can lead elsewhere each time it is asked."""
    sent: list[bytes] = []

    class Connected(socket.socket):
        peer = "127.0.0.1"

        def getpeername(self) -> Any:
            return (self.peer, 80)

        def sendall(self, data: Any, *_: Any) -> None:
            sent.append(bytes(data))

    def connect(*_: Any, **__: Any) -> socket.socket:
        return Connected()

    monkeypatch.setattr("urllib3.util.connection.create_connection", connect)
    monkeypatch.setattr("socket.create_connection", connect)
    changed(house, channel(f"json://hooks.example.org/{HIDDEN}"))
    for secure in ("json", "jsons", "form", "xml", "mmost", "mailto"):
        where = (
            "hooks.example.org/?from=a@example.org&to=b@example.org"
            if secure == "mailto"
            else f"hooks.example.org/{'a' * 26}"
        )
        house.settings(channel(f"{secure}://{where}"))
        for peer in LINK_LOCAL:
            Connected.peer = peer.strip("[]")
            problem = try_out(house.workspace, channels(house.workspace)["hook"])
            assert problem == "place", (secure, peer, problem)
            tries.add()
    assert sent == []


@pytest.mark.attack(
    "webhooks", "a server that answers with a redirect to a place inside, though the address asks for it"
)
def test_no_redirect_is_followed(house: House, hook: Hook, tries: Tries) -> None:
    hook.status = 302
    for asked in ("yes", "no", "true", "1"):
        url = f"json://127.0.0.1:{hook.port}/in/{HIDDEN}?redirect={asked}"
        house.settings(channel(url))
        assert try_out(house.workspace, channels(house.workspace)["hook"]) == "http 302"
        tries.add()
    assert set(hook.paths) == {f"/in/{HIDDEN}"}


def endless(said: bytes) -> Answer:
    def answer(connection: socket.socket) -> None:
        connection.sendall(said)
        while True:
            connection.sendall(b"x" * 65536)

    return answer


CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


def endless_chunks(connection: socket.socket) -> None:
    connection.sendall(CHUNKED)
    while True:
        connection.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")


def dripping(connection: socket.socket) -> None:
    connection.sendall(OK + b"Content-Length: 1000\r\n\r\n")
    for _ in range(1000):
        connection.sendall(b"x")
        threading.Event().wait(0.05)


ANSWERS: dict[str, tuple[Answer, str]] = {
    "without an end": (endless(OK + b"\r\n"), ""),
    "of 10 terabytes": (endless(OK + b"Content-Length: 10000000000000\r\n\r\n"), ""),
    "of endless chunks": (endless_chunks, ""),
    "that drips": (dripping, ""),
    "that is a refusal without an end": (endless(b"HTTP/1.1 500 No\r\n\r\n"), "http 500"),
    "with endless headers": (endless(OK + b"X: "), "broken"),
    "that is no HTTP": (endless(b"\0" * 100), "broken"),
    "that says nothing": (lambda connection: connection.close(), "broken"),
    "that says what was sent": (
        lambda connection: connection.sendall(b"HTTP/1.1 400 " + HIDDEN.encode() + b"\r\n\r\n"),
        "http 400",
    ),
}


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.attack("webhooks", "a server whose answer has no end, drips, or is none")
def test_an_answer_costs_little(house: House, name: str, monkeypatch: pytest.MonkeyPatch, tries: Tries) -> None:
    monkeypatch.setattr("boussole.dashboard.alerts.channels.MOST_SECONDS", 0.3)
    monkeypatch.setattr(sending, "MESSAGE_SECONDS", 20.0)
    answer, expected = ANSWERS[name]
    read: list[int] = []
    with hostile(answer) as (port, got):
        changed(house, channel(f"json://127.0.0.1:{port}/{HIDDEN}"))
        kept = requests.Response.close
        monkeypatch.setattr(
            requests.Response, "close", lambda response: (read.append(len(response.content)), kept(response))[1]
        )
        began = time.monotonic()
        found = send(house.workspace)
        assert time.monotonic() - began < 15
        assert len(got) == 1
    problems = [problem for _, problem in found.failed]
    assert problems == ([expected] if expected else []), problems
    assert all(n <= MOST_BYTES + 8192 for n in read)
    assert HIDDEN not in repr(problems) + repr([each.problem for each in messages(house.workspace)])
    tries.add()


def test_other_threads_are_left_alone() -> None:
    """A client of MLflow reads long answers as before, also while a message is sent."""
    found: list[int] = []
    with hostile(lambda connection: connection.sendall(OK + b"Content-Length: 200000\r\n\r\n" + b"x" * 200000)) as (
        port,
        _,
    ):

        def fetch() -> None:
            found.append(len(requests.get(f"http://127.0.0.1:{port}/", timeout=5).content))

        with guarded():
            other = threading.Thread(target=fetch)
            other.start()
            other.join()
            assert len(requests.get(f"http://127.0.0.1:{port}/", timeout=5).content) < 200000
        fetch()
    assert found == [200000, 200000]


@pytest.mark.attack("webhooks", "headers of an address that begin another header or another request")
def test_no_header_of_an_address_begins_another(house: House, hook: Hook, tries: Tries) -> None:
    for header in ("X-A=1%0d%0aEvil:%201", "X-A=1%0aEvil:%201", "X-A%0d%0aEvil=1", "X-A=1%00", "Host=evil.example"):
        house.settings(channel(f"json://127.0.0.1:{hook.port}/in?+{header}"))
        try_out(house.workspace, channels(house.workspace)["hook"])
        tries.add()
    assert not any("Evil" in name for each in hook.headers for name in each)
    assert len(hook.paths) <= 2


@pytest.mark.costly
@pytest.mark.attack(
    "webhooks", "what somebody should be warned of who only writes settings: no TLS, no certificate, this machine"
)
def test_what_is_not_safe_is_told_on_the_page_and_by_doctor(house: House, tries: Tries) -> None:
    told = {
        "json://hooks.example.org/x": ["clear"],
        "jsons://hooks.example.org/x": [],
        "jsons://127.0.0.1/x?verify=no": ["unverified", "itself"],
        "json://localhost:8080/x": ["itself"],
        "mmost://chat.example.org/" + "a" * 26: ["clear"],
        "mailto://mail.example.org/?from=a@example.org&to=b@example.org": ["clear"],
        "mailtos://mail.example.org/?from=a@example.org&to=b@example.org": [],
        "mailtos://127.0.0.1/?from=a@example.org&to=b@example.org&verify=no": ["unverified"],
        "mailto://127.0.0.1/?from=a@example.org&to=b@example.org": [],
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/": [],
    }
    words = {"clear": "n’est pas chiffrée", "unverified": "n’est pas vérifié", "itself": "cette machine elle-même"}
    for url, expected in told.items():
        house.settings(channel(url))
        plugin = plugin_of(house.workspace, channels(house.workspace)["hook"])
        assert cautions(plugin) == expected, url
        shown = section(alert_facts(house.workspace), speaker("fr"))
        assert [name for name, text in words.items() if text in shown] == expected
        row = [each.what for each in examine(house.workspace) if "[alerts.channels.hook]" in each.what]
        assert len(row) == len(expected)
        assert url.partition("://")[2] not in shown + repr(row)
        tries.add()


@pytest.mark.attack("webhooks", "mail of which the address asks that it be encrypted, and that would not be")
def test_mail_that_should_be_encrypted_is_not_sent_as_it_is(house: House) -> None:
    said = refused(house, "mailtos://mail.example.org/?from=a@example.org&to=b@example.org&pgp=encrypt")
    assert "asks for PGP" in said or "does not understand" in said


@pytest.mark.attack("webhooks", "the secret of an address, looked for in payloads, the outbox and what is printed")
def test_no_payload_holds_the_secret_of_an_address(
    house: House, hook: Hook, post: Post, tries: Tries, tmp_path: Path
) -> None:
    changed(house, hook.channel(), post.channel())
    send(house.workspace)
    for body in hook.bodies:
        assert HIDDEN not in json.dumps(body)
        tries.add()
    for mail in post.mails:
        assert HIDDEN not in mail.as_string()
        tries.add()
    assert HIDDEN not in repr(check(house.workspace, dry_run=True)) + repr(messages(house.workspace))
    assert HIDDEN not in place_of(plugin_of(house.workspace, channels(house.workspace)["hook"]))
