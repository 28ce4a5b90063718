"""Listening, by the two protocols of uvicorn with an end to every wait: slow, silent and too many take no place."""

from __future__ import annotations

import asyncio
import resource
import socket
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from boussole.audits.access_settings import LARGEST_BODY, LOOPBACK, AccessSettings
from boussole.audits.errors import BoussoleError
from boussole.dashboard.server.routes import BARE, FIXED

# How long the server waits for a client, how much it takes from one, and how many it serves at once.


OTHER_FILES = 256
"""Files that the server opens beside its connections."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Seconds, bytes and numbers; docs/access.md says them to people."""

    head_seconds: float = 10
    """Until the head of a request is whole."""
    body_seconds: float = 20
    """Until its body is whole, or `body_part` bytes more of it are there."""
    body_part: int = 80 * 1024
    idle_seconds: int = 15
    """Until the next request of a connection begins."""
    taken_seconds: float = 60
    """Until a client has taken what waits for it."""
    silent_seconds: float = 1800
    """Until a web socket on which nothing was asked is closed; its page opens another when it needs one."""
    first_seconds: float = 15
    """Until something is asked on a new web socket."""
    head_bytes: int = 32 * 1024
    body_bytes: int = LARGEST_BODY
    waiting_requests: int = 16
    """Requests that one connection sends before the first is answered."""
    socket_bytes: int = 1024 * 1024
    """Of what is asked on a web socket."""
    connections: int = 500
    """In all."""
    sockets: int = 400
    """Of them web sockets: each page that is open has one."""
    of_one_address: int | None = None
    """Of one address; none where all come from one, as they do through a proxy on this machine."""


def limits_of(access: AccessSettings) -> Limits:
    """Those of a workspace; never more connections than the files that a process may open leave room for."""
    most = max(16, min(access.connections, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - OTHER_FILES))
    return Limits(
        silent_seconds=60 * access.idle_minutes,
        connections=most,
        sockets=most * 4 // 5,
        of_one_address=None if access.listen in LOOPBACK else access.connections_per_address,
    )


# The connections that are open: how many in all and of each address, and which has to go when there are too many.


class Connections:
    """Those of one server. One whose client keeps the server waiting makes room for another; one at work never."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._address: dict[asyncio.Transport, str] = {}
        self._of: Counter[str] = Counter()
        self._waiting: dict[asyncio.Transport, None] = {}
        self._sockets: set[asyncio.Transport] = set()

    def admits(self, transport: asyncio.Transport) -> bool:
        """Whether there is room for a new one; the one that has waited longest without a request makes it."""
        address = str((transport.get_extra_info("peername") or ("",))[0])
        most = self.limits.of_one_address
        if most is not None and self._of[address] >= most and not self._makes_room(address):
            return False
        if len(self._address) >= self.limits.connections and not self._makes_room():
            return False
        self._address[transport] = address
        self._of[address] += 1
        self._waiting[transport] = None
        return True

    def waits(self, transport: asyncio.Transport) -> None:
        """It has no request under way."""
        if transport in self._address:
            self._waiting[transport] = None

    def works(self, transport: asyncio.Transport) -> None:
        """It has one."""
        self._waiting.pop(transport, None)

    def admits_socket(self, transport: asyncio.Transport) -> bool:
        """Whether it may become a web socket, which keeps its place."""
        if len(self._sockets) >= self.limits.sockets:
            return False
        self.works(transport)
        self._sockets.add(transport)
        return True

    def gone(self, transport: asyncio.Transport) -> None:
        """It was closed."""
        self._waiting.pop(transport, None)
        self._sockets.discard(transport)
        address = self._address.pop(transport, None)
        if address is not None:
            self._of[address] -= 1
            if not self._of[address]:
                del self._of[address]

    def _makes_room(self, address: str | None = None) -> bool:
        """Ends the one that has waited longest, of an address where one is given."""
        found = next((each for each in self._waiting if address in (None, self._address[each])), None)
        if found is None:
            return False
        self.gone(found)
        found.abort()
        return True

    def __len__(self) -> int:
        return len(self._address)


# uvicorn's two protocols, with an end to every wait: slow, silent and too many clients keep no place from others.


LINGER = 5
"""Seconds that an answer has to leave after its connection was closed."""


class RequestTooLargeError(Exception):
    """A request that is too large; the parser ends with it."""


class Timeout:
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
        self.receiving = Timeout(self._too_slow)
        self.giving = Timeout(self._cut)
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
            raise RequestTooLargeError
        if len(self.pipeline) >= self.limits.waiting_requests:
            raise RequestTooLargeError
        self.in_head = False
        self.head = self.body = self.part = 0
        self.receiving.set(self.limits.body_seconds)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self.body += len(body)
        if self.body > self.limits.body_bytes:
            self.wrong = 413
            raise RequestTooLargeError
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
        self.asking = Timeout(self._end)
        self.giving = Timeout(self._cut)

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


# Listening: uvicorn with our protocols, until it is interrupted.


ENDING_SECONDS = 5
PING_SECONDS = 30


def serve(app: ASGIApp, address: str, port: int, limits: Limits) -> None:
    """Serves an app at an address. Raises BoussoleError when the port is taken."""
    with _listening(address, port) as place:
        server_of(app, limits).run(sockets=[place])


def server_of(app: ASGIApp, limits: Limits) -> uvicorn.Server:
    """The server of an app, before it listens."""
    http, sockets = protocols(limits)
    settings = uvicorn.Config(
        app,
        http=http,
        ws=sockets,
        ws_max_size=limits.socket_bytes,
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PING_SECONDS,
        timeout_keep_alive=limits.idle_seconds,
        timeout_graceful_shutdown=ENDING_SECONDS,
        server_header=False,
        proxy_headers=False,
        access_log=False,
        use_colors=False,
        log_level="warning",
    )
    return uvicorn.Server(settings)


def _listening(address: str, port: int) -> socket.socket:
    try:
        return socket.create_server(
            (address, port), family=socket.AF_INET6 if ":" in address else socket.AF_INET, backlog=2048
        )
    except OSError as error:
        raise BoussoleError(
            f"nobody can listen at {address}, port {port}: {error.strerror}.",
            next_step="End what listens there, or choose another with --port.",
        ) from error
