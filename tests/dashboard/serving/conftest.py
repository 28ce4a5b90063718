"""A real server in a thread, with limits as a test wants them, and clients that speak as they like."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from boussole.dashboard.server.protocol import Limits, server_of

Serve = Callable[[Limits], "Client"]
LARGE = b"x" * 30_000_000


class Client:
    """Whoever speaks to the server at a port, byte by byte."""

    def __init__(self, port: int) -> None:
        self.port = port

    def open(self, said: bytes = b"", *, wait: float = 10) -> socket.socket:
        """A connection on which something was said."""
        made = socket.create_connection(("127.0.0.1", self.port), timeout=wait)
        made.sendall(said)
        return made

    def ask(self, said: bytes) -> bytes:
        """All that comes back until the server ends the connection."""
        with self.open(said) as made:
            return rest(made)

    def status(self, said: bytes) -> int:
        """The status of the first answer; 0 where there is none."""
        answer = self.ask(said)
        return int(answer.split(b" ")[1]) if answer.startswith(b"HTTP/1.1 ") else 0

    def quick(self) -> float:
        """Seconds until somebody else is answered."""
        started = time.perf_counter()
        assert self.status(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n") == 200
        return time.perf_counter() - started


def rest(made: socket.socket) -> bytes:
    """What comes until the other side ends."""
    parts = []
    try:
        while part := made.recv(65536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


async def _said(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


def _large(_: Request) -> Response:
    return Response(LARGE)


async def _echo(socket: WebSocket) -> None:
    await socket.accept()
    async for text in socket.iter_text():
        await socket.send_text(text)


@pytest.fixture
def serve() -> Iterator[Serve]:
    ended: list[Callable[[], None]] = []

    def started(limits: Limits) -> Client:
        routes = [Route("/", _said, methods=["GET", "POST"]), Route("/large", _large), WebSocketRoute("/socket", _echo)]
        server = server_of(Starlette(routes=routes), limits)
        place = socket.create_server(("127.0.0.1", 0), backlog=2048)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [place]})
        thread.start()

        def end() -> None:
            server.should_exit = True
            thread.join(20)
            place.close()

        ended.append(end)
        return Client(place.getsockname()[1])

    yield started
    for end in ended:
        end()
