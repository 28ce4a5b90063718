"""The server as it is run, alone and behind nginx with the file that ships, and a client that speaks as it likes."""

from __future__ import annotations

import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from benchmarks.serving import free_port
from boussole.audits.access_settings import AccessSettings
from boussole.dashboard.app.server import KnownHosts, web_server
from tests.dashboard.certificate import certificate

NGINX_FILE = Path(__file__).parents[3] / "deploy" / "nginx.conf"
HOST = "boussole.example.org"
ACCESS = AccessSettings(issuer="https://id.example", client_id="b", roles={"a": "reader"}, address=f"https://{HOST}")


class Client:
    """Whoever speaks to the server at a port, byte by byte, encrypted where the server asks for it."""

    def __init__(self, port: int, *, tls: bool = False) -> None:
        self.port, self.tls = port, tls

    def open(self, sent: bytes = b"", *, wait: float = 10) -> socket.socket:
        """A connection on which something was sent."""
        made = socket.create_connection(("127.0.0.1", self.port), timeout=wait)
        if self.tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            made = context.wrap_socket(made, server_hostname=HOST)
        made.sendall(sent)
        return made

    def ask(self, sent: bytes) -> bytes:
        """All that comes back until the server ends the connection."""
        with self.open(sent) as made:
            return rest(made)

    def status(self, sent: bytes) -> int:
        """The status of the first answer; 0 where there is none."""
        with self.open(sent) as made:
            line = made.recv(65536)
        return int(line.split(b" ")[1]) if line.startswith(b"HTTP/1.1 ") else 0


def rest(made: socket.socket) -> bytes:
    """What comes until the other side ends."""
    parts = []
    try:
        while part := made.recv(65536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


async def _length(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


async def _echo(socket: WebSocket) -> None:
    await socket.accept()
    async for text in socket.iter_text():
        await socket.send_text(text)


@pytest.fixture(scope="module")
def server() -> Iterator[Client]:
    """The server of a small app that knows its own name only."""
    routes = [Route("/", _length, methods=["GET", "POST"]), WebSocketRoute("/socket", _echo)]
    app = Starlette(routes=routes, middleware=[Middleware(KnownHosts, access=ACCESS)])
    running = web_server(app)
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as listening:
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
        thread.start()
        yield Client(listening.getsockname()[1])
        running.should_exit = True
        thread.join(20)


@contextmanager
def behind_nginx(server: Client, folder: Path, *, seconds: int | None = None) -> Iterator[Client]:
    """The same server behind nginx with deploy/nginx.conf; `seconds` in place of the times that a client has."""
    port, signed = free_port(), str(certificate(folder, HOST))
    text = re.sub(r"(?m)^.*listen \[::\].*\n", "", NGINX_FILE.read_text(encoding="utf-8"))
    changes = {
        "listen 80": f"listen 127.0.0.1:{free_port()}",
        "listen 443": f"listen 127.0.0.1:{port}",
        "127.0.0.1:8501": f"127.0.0.1:{server.port}",
        "/etc/ssl/boussole/fullchain.pem": signed,
        "/etc/ssl/boussole/privkey.pem": signed,
    }
    for before, after in changes.items():
        assert before in text, before
        text = text.replace(before, after)
    if seconds is not None:
        text = re.sub(r"(client_header_timeout|client_body_timeout|keepalive_timeout) +\d+s", rf"\1 {seconds}s", text)
    paths = [f"{name}_temp_path {folder};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")]
    (folder / "boussole.conf").write_text(text, encoding="utf-8")
    (folder / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/errors; events {{}}\n"
        f"http {{ access_log off; {' '.join(paths)} include {folder}/boussole.conf; }}\n",
        encoding="utf-8",
    )
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    assert nginx is not None, "These tests need nginx: `make proxy` installs it."
    command = [nginx, "-p", str(folder), "-e", f"{folder}/errors", "-c", f"{folder}/nginx.conf"]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "[warn]" not in checked.stderr, checked.stderr
    process = subprocess.Popen(command)
    try:
        until = time.monotonic() + 20
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except ConnectionRefusedError:
                assert process.poll() is None, (folder / "errors").read_text(encoding="utf-8")
        yield Client(port, tls=True)
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def proxy(server: Client, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """nginx as it ships."""
    with behind_nginx(server, tmp_path_factory.mktemp("nginx")) as client:
        yield client
