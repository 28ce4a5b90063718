"""Listening: uvicorn with our protocols, until it is interrupted."""

from __future__ import annotations

import socket

import uvicorn
from starlette.types import ASGIApp

from boussole.audits.errors import BoussoleError
from boussole.dashboard.server.serving.limits import Limits
from boussole.dashboard.server.serving.protocol import protocols

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
