"""How long the server waits for a client, how much it takes from one, and how many it serves at once."""

from __future__ import annotations

import resource
from dataclasses import dataclass

from boussole.audits.access_settings import LARGEST_BODY, LOOPBACK, AccessSettings

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
