"""uvicorn's two protocols, with an end to every wait: slow, silent and too many clients keep no place from others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from boussole.dashboard.server.serving.connections import Connections
from boussole.dashboard.server.serving.limits import Limits
from boussole.dashboard.server.serving.policy import BARE, FIXED

LINGER = 5
"""Seconds that an answer has to leave after its connection was closed."""


class RefusedError(Exception):
    """A request that is too large; the parser ends with it."""


class Deadline:
    """One wait that ends: setting it anew ends the one before."""

    def __init__(self, then: Callable[[], None]) -> None:
        self.then = then
        self.handle: asyncio.TimerHandle | None = None

    def set(self, seconds: float) -> None:
        """So many seconds from now."""
        self.clear()
        self.handle = asyncio.get_running_loop().call_later(seconds, self._over)

    def within(self, seconds: float) -> None:
        """So many seconds from now, where it is not set already."""
        if self.handle is None:
            self.set(seconds)

    def clear(self) -> None:
        """Never."""
        if self.handle is not None:
            self.handle.cancel()
            self.handle = None

    def _over(self) -> None:
        self.handle = None
        self.then()


def protocols(limits: Limits) -> tuple[type[asyncio.Protocol], type[asyncio.Protocol]]:
    """The protocols of one server, for HTTP and for web sockets; they share its connections."""
    connections = Connections(limits)
    http = type("Http", (LimitedHttp,), {"limits": limits, "open": connections})
    sockets = type("Sockets", (LimitedSockets,), {"limits": limits, "open": connections})
    return http, sockets


class LimitedHttp(HttpToolsProtocol):
    """Requests: head, body and the taking of answers have a time, head and body a size."""

    limits: Limits
    open: Connections

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.receiving = Deadline(self._too_slow)
        self.giving = Deadline(self._cut)
        self.in_head = True
        self.head = self.body = self.part = 0
        self.wrong = 400

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if not self.open.admits(transport):
            self._refuse(503)
            return
        self.receiving.set(self.limits.head_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        self.receiving.clear()
        self.giving.clear()
        self.open.gone(self.transport)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        if self.in_head:
            self.head += len(data)
            self.receiving.within(self.limits.head_seconds)
        super().data_received(data)
        if self.in_head and self.head > self.limits.head_bytes and not self.transport.is_closing():
            self._refuse(431)

    def on_headers_complete(self) -> None:
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > self.limits.head_bytes:
            self.wrong = 431
            raise RefusedError
        if len(self.pipeline) >= self.limits.waiting_requests:
            raise RefusedError
        self.in_head = False
        self.head = self.body = self.part = 0
        self.receiving.set(self.limits.body_seconds)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self.body += len(body)
        if self.body > self.limits.body_bytes:
            self.wrong = 413
            raise RefusedError
        self.part += len(body)
        if self.part >= self.limits.body_part:
            self.part = 0
            self.receiving.set(self.limits.body_seconds)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self.in_head = True
        self.receiving.clear()
        self.open.works(self.transport)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.transport.is_closing():
            self.giving.within(LINGER)
        elif not self.pipeline and self.in_head:
            self.open.waits(self.transport)

    def handle_websocket_upgrade(self) -> None:
        self.receiving.clear()
        self.giving.clear()
        if self.open.admits_socket(self.transport):
            super().handle_websocket_upgrade()
        else:
            self._refuse(503)

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self.giving.within(LINGER)

    def pause_writing(self) -> None:
        super().pause_writing()
        self.open.waits(self.transport)
        self.giving.set(self.limits.taken_seconds)

    def resume_writing(self) -> None:
        super().resume_writing()
        self.open.works(self.transport)
        self.giving.clear()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 (uvicorn's words tell of uvicorn)
        """Also for what is refused by size: `wrong` says why."""
        self._refuse(self.wrong)

    def _too_slow(self) -> None:
        self._refuse(408)

    def _refuse(self, status: int) -> None:
        """Says why, unless an answer is on its way, and ends the connection."""
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            self.transport.write(REFUSALS[status])
        self.receiving.clear()
        self.transport.close()
        self.giving.within(LINGER)

    def _cut(self) -> None:
        self.transport.abort()


class LimitedSockets(WebSocketsSansIOProtocol):
    """Web sockets: one on which nothing is asked is closed, and one that takes nothing too."""

    limits: Limits
    open: Connections

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asking = Deadline(self._end)
        self.giving = Deadline(self._cut)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.asking.set(self.limits.first_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        self.asking.clear()
        self.giving.clear()
        self.open.gone(self.transport)
        super().connection_lost(exc)

    def send_receive_event_to_app(self) -> None:
        super().send_receive_event_to_app()
        self.asking.set(self.limits.silent_seconds)

    def pause_writing(self) -> None:
        super().pause_writing()
        self.giving.set(self.limits.taken_seconds)

    def resume_writing(self) -> None:
        super().resume_writing()
        self.giving.clear()

    def _end(self) -> None:
        self.shutdown()
        self.giving.within(LINGER)

    def _cut(self) -> None:
        self.transport.abort()


def _refusal(status: int, text: str) -> bytes:
    lines = [
        f"HTTP/1.1 {status} {text}",
        "content-type: text/plain; charset=utf-8",
        f"content-length: {len(text) + 1}",
        "cache-control: no-store",
        f"content-security-policy: {BARE}",
        *(f"{name.lower()}: {value}" for name, value in FIXED.items()),
        "connection: close",
    ]
    return ("\r\n".join(lines) + f"\r\n\r\n{text}\n").encode("ascii")


REFUSALS = {
    status: _refusal(status, text)
    for status, text in {
        400: "Bad Request",
        408: "Request Timeout",
        413: "Content Too Large",
        431: "Request Header Fields Too Large",
        503: "Service Unavailable",
    }.items()
}
"""What is said to who is refused before anything is asked of the app."""
