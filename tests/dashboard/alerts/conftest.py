"""A house whose audits are made by hand, a real mail server and a real webhook, all on this machine alone."""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from benchmarks.serving import free_port
from boussole.audits.workspace import SETTINGS_FILE, Workspace
from boussole.charter.document.base import given
from boussole.charter.records import save_audit
from boussole.charter.text.loading import load_charter
from boussole.dashboard.alerts.changes import check
from boussole.dashboard.alerts.channels import plugin_of
from tests.dashboard.conftest import FIXTURE, document_of

ORDER = ("broken", "watch", "unknown", "kept", "not_examined")
HIDDEN = "hunter2secret"


def plugin(house: House, name: str) -> Any:
    """What Apprise makes of the address of a channel."""
    settings = house.workspace.settings.alerts.channels[name]
    return plugin_of(settings, home=house.home, where=f"[alerts.channels.{name}]")


class House:
    """A workspace with one system, and audits that say what they are told to."""

    def __init__(self, home: Path) -> None:
        self.home = Workspace.create(home, organisation="Maison\nBcc: x@y.org").home
        for name in ("matchft", "compas"):
            shutil.copy(FIXTURE / "systems" / f"{name}.yaml", self.home / "systems")
        self.charter = load_charter(self.workspace)

    @property
    def workspace(self) -> Workspace:
        """Read anew, as each command does."""
        return Workspace(self.home)

    def settings(self, *channels: str, more: str = "") -> None:
        text = 'organisation = "Maison"\nlanguage = "en"\n[alerts]\n' + more + "\n"
        (self.home / SETTINGS_FILE).write_text(text + "\n".join(channels), encoding="utf-8")

    def audit(self, month: int, *, without: str = "", **verdicts: str) -> int:
        """Seals an audit of a month of 2026 whose questions have these verdicts, all others being not examined."""
        document = document_of("matchft-2")
        document["window"] |= {"start": f"2026-{month:02}-01", "end": f"2026-{month:02}-28"}
        document["as_of"] = f"2026-{month:02}-28"
        document["charter"] |= {"sha256": self.charter.sha256, "version": self.charter.version}
        document["evidence"]["cubes"] = f"sha256:{month:064x}"
        document["verdicts"] = [each for each in document["verdicts"] if each["indicator"] != without]
        for each in document["verdicts"]:
            each["verdict"] = verdicts.get(each["indicator"], "not_examined")
        for each in document["articles"]:
            found = [v["verdict"] for v in document["verdicts"] if v["article"] == each["article"]]
            looked = [verdict for verdict in found if verdict != "not_examined"]
            each |= {"verdict": min(looked, key=ORDER.index) if looked else "not_examined", "capped_by": []}
        return given(save_audit(self.workspace, document, charter=self.charter).entry)

    def moved(self, *channels: str, more: str = "") -> None:
        """One question, and its article, got worse since somebody last checked."""
        if channels:
            self.settings(*channels, more=more)
        self.audit(1, impact_ratio_gender="kept")
        check(self.workspace)
        self.audit(2, impact_ratio_gender="watch")

    def changed(self, *channels: str, more: str = "") -> None:
        """Both changes wait to be sent on each channel."""
        self.moved(*channels, more=more)
        check(self.workspace)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path / "house")


@dataclass
class Post:
    """A mail server: what it was given, whom it refuses."""

    port: int
    mails: list[EmailMessage] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    answer: str = "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address in self.refused:
            return f"550 no mailbox {address}"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.answer.startswith("250"):
            found = message_from_bytes(envelope.content, policy=default)
            assert isinstance(found, EmailMessage)
            self.mails.append(found)
        return self.answer

    def url(self, to: str = "comite@example.org") -> str:
        return f"mailto://127.0.0.1:{self.port}/?from=boussole@example.org&to={to}"

    def channel(self, name: str = "comite", more: str = "", **given: str) -> str:
        return f'[alerts.channels.{name}]\nurl = "{self.url(**given)}"\n{more}\n'

    @contextlib.contextmanager
    def serve(self, **options: Any) -> Iterator[Post]:
        controller = Controller(self, hostname="127.0.0.1", port=self.port, ready_timeout=30, **options)
        controller.start()
        try:
            yield self
        finally:
            controller.stop()


@pytest.fixture
def dead_post() -> Post:
    """A mail server that is off: nobody listens there."""
    return Post(port=free_port())


@pytest.fixture
def post() -> Iterator[Post]:
    with Post(port=free_port()).serve() as found:
        yield found


@contextlib.contextmanager
def hostile(answer: Callable[[socket.socket], None], *, listens: bool = True) -> Iterator[tuple[int, list[bytes]]]:
    """A server that reads a request, where it listens, and answers as it likes; its port, and what it was sent."""
    got: list[bytes] = []

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            if listens:
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


def dripping(connection: socket.socket, head: bytes = b"") -> None:
    """Says what never ends."""
    connection.sendall(head)
    for _ in range(1000):
        connection.sendall(b"2")
        time.sleep(0.05)


@dataclass
class Hook:
    """A webhook: what it was given, and what it answers."""

    port: int = 0
    bodies: list[Any] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    status: int = 200
    before_answer: Callable[[], None] = lambda: None

    def channel(self, name: str = "hook", more: str = "") -> str:
        return f'[alerts.channels.{name}]\nurl = "json://127.0.0.1:{self.port}/in/{HIDDEN}?+X-Token={HIDDEN}"\n{more}\n'


@pytest.fixture
def hook() -> Iterator[Hook]:
    found = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.paths.append(self.path)
            if found.status == 200:
                found.bodies.append(json.loads(body))
                found.headers.append(dict(self.headers))
            found.before_answer()
            self.send_response(found.status)
            if found.status == 302:
                self.send_header("Location", "/elsewhere")
            self.end_headers()

        def do_GET(self) -> None:
            found.paths.append(f"GET {self.path}")
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
