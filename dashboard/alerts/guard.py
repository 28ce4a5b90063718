"""What a message may reach, and how much of an answer is read: whoever writes an address is not trusted with more."""

from __future__ import annotations

import ipaddress
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError

if TYPE_CHECKING:
    from socket import socket

MOST_BYTES, MOST_SECONDS = 65_536, 10.0
"""Of an answer; what comes after is not read. It is its status that counts."""
REFUSED = "a place that is refused"
METADATA = frozenset({"fd00:ec2::254", "100.100.100.200"})
"""Addresses at which clouds tell a machine its secrets, beside the link-local one."""


class _Sending(threading.local):
    """Whether this thread sends a message."""

    on = False


_sending = _Sending()


class PlaceError(OSError):
    """An address that nothing is sent to."""


def refused(address: str) -> bool:
    """Whether nothing is sent to an address: link-local (there clouds tell machines their secrets), to all, to nobody.

    >>> [refused(each) for each in ("169.254.169.254", "::ffff:169.254.1.1", "0.0.0.0", "10.0.0.8", "127.0.0.1")]
    [True, True, True, False, False]
    """
    found: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return found.is_link_local or found.is_multicast or found.is_unspecified or str(found) in METADATA


def hold_place(connected: socket) -> None:
    """Raises PlaceError, and hangs up, where the other end is no place to send to, whatever its name said."""
    if refused(str(connected.getpeername()[0])):
        connected.close()
        raise PlaceError(REFUSED)


class _Connection(HTTPConnection):
    def _new_conn(self) -> socket:
        return _held(self, super()._new_conn())


class _SecureConnection(HTTPSConnection):
    def _new_conn(self) -> socket:
        return _held(self, super()._new_conn())


def _held(connection: HTTPConnection, connected: socket) -> socket:
    try:
        hold_place(connected)
    except PlaceError as error:
        raise NewConnectionError(connection, REFUSED) from error
    return connected


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class _GuardedAdapter(HTTPAdapter):
    """Sends as its base does; in a thread that sends a message, only to places that are not refused, and reads little
    of the answer."""

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        if _sending.on:
            self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}

    def send(  # noqa: PLR0917 (as the base has it)
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> requests.Response:
        found = super().send(request, stream or _sending.on, timeout, verify, cert, proxies)
        if _sending.on:
            found._content, found._content_consumed = _beginning(found.raw), True
            found.close()
        return found


def _beginning(raw: Any) -> bytes:
    body, ends = b"", time.monotonic() + MOST_SECONDS
    while len(body) < MOST_BYTES and time.monotonic() < ends:
        part = raw.read1(8192, decode_content=True)
        if not part:
            break
        body += part
    return body


@contextmanager
def guarded() -> Iterator[None]:
    """What this thread sends by way of `requests` is held to these rules; other threads are left alone."""
    sessions: Any = requests.sessions  # each request of a service makes a session, with the adapter named there
    sessions.HTTPAdapter = _GuardedAdapter
    _sending.on = True
    try:
        yield
    finally:
        _sending.on = False
