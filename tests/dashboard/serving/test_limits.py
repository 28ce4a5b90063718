"""Slow, large and too many clients are ended by nginx; what two servers could read differently is refused by both."""

from __future__ import annotations

import re
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
from websockets.sync.client import connect

from boussole.charter.records.documents.document_kinds import LARGEST as LARGEST_DOCUMENT
from boussole.dashboard.pages.evidence.forms import ENVELOPE
from boussole.dashboard.pages.evidence.view import LARGEST as LARGEST_FILE
from boussole.dashboard.server.access.permissions import LARGEST_FORM
from tests.attacks import Tries
from tests.dashboard.serving.conftest import HOST, NGINX_FILE, Client, behind_nginx, rest

HEAD = f"GET / HTTP/1.1\r\nHost: {HOST}\r\n".encode()
POST = f"POST / HTTP/1.1\r\nHost: {HOST}\r\nOrigin: https://{HOST}\r\n".encode()
SLOW = [
    b"",
    b"G",
    b"GET / HTTP/1.1\r\n",
    HEAD + b"X-A: b\r\n",
    POST + b"Content-Length: 1000\r\n\r\nabc",
    POST + b"Transfer-Encoding: chunked\r\n\r\n3e8\r\nabc",
    HEAD + b"\r\nGET / HTT",
]
"""Requests that stop somewhere: before the head, in it, in the body, in the second of a connection."""
AMBIGUOUS = [
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5, 6\r\n\r\nabcdef",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\nabcde",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0x5\r\n\r\nabcde",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\nabcde",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length : 5\r\n\r\nabcde",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\nabc\r\n0\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nabc\r\n0\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\n X-A: folded\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nX-A: a\x00b\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nX-A: a\rb\r\n\r\n",
    b"GET / HTTP/1.1\nHost: x\n\n",
    b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
    b"HACK / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
]
attack = pytest.mark.attack
LARGEST_BODY = (
    1024 * 1024 * int(re.findall(r"client_max_body_size +(\d+)m;", NGINX_FILE.read_text(encoding="utf-8"))[0])
)
"""Bytes of the largest request that nginx passes on."""


@attack("the server", "requests that two servers would read differently (smuggling), and bytes that are no request")
@pytest.mark.parametrize("sent", AMBIGUOUS)
def test_what_could_be_read_in_two_ways_is_refused(server: Client, sent: bytes) -> None:
    answer = server.ask(sent)
    assert answer.startswith(b"HTTP/1.1 400 "), answer
    assert answer.count(b"HTTP/1.1 ") == 1
    assert b"\r\nserver:" not in answer.lower()


def test_the_proxy_takes_what_the_largest_form_sends() -> None:
    assert max(LARGEST_FILE + ENVELOPE, LARGEST_FORM + LARGEST_DOCUMENT) <= LARGEST_BODY


def test_requests_and_web_sockets_go_through_the_proxy(proxy: Client) -> None:
    answer = proxy.ask(POST + b"Content-Length: 3\r\nConnection: close\r\n\r\nabc")
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b"\r\n\r\n3")
    assert proxy.status(HEAD.replace(HOST.encode(), b"other.example") + b"Connection: close\r\n\r\n") == 403
    with connect(f"ws://{HOST}/socket", sock=proxy.open(), origin=f"https://{HOST}", proxy=None) as opened:
        opened.send("once")
        assert opened.recv(timeout=10) == "once"


@attack("the server", "requests that two servers would read differently (smuggling), and bytes that are no request")
def test_the_proxy_makes_one_request_of_one(proxy: Client, tries: Tries) -> None:
    for sent in AMBIGUOUS:
        tries.add()
        answer = proxy.ask(sent.replace(b"Host: x", b"Host: " + HOST.encode() + b"\r\nConnection: close"))
        assert answer.count(b"HTTP/1.1 ") <= 1, sent
        assert not answer.startswith(b"HTTP/1.1 2") or sent.startswith((b"GET", b"POST")), sent


@attack("the server", "heads and bodies of requests without end")
def test_what_is_too_large_is_refused(proxy: Client, tries: Tries) -> None:
    large = [
        (HEAD + b"X-A: " + b"a" * 9000 + b"\r\n\r\n", 400),
        (HEAD + b"X-A: " + b"a" * 9000, 400),
        (b"GET /" + b"a" * 9000, 414),
        (HEAD + b"".join(b"X-%d: b\r\n" % n for n in range(9000)) + b"\r\n", 400),
        (POST + b"Content-Length: %d\r\n\r\n" % (LARGEST_BODY + 1), 413),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n%x\r\na" % (LARGEST_BODY + 1), 413),
    ]
    for sent, status in large:
        tries.add()
        assert proxy.status(sent) == status, sent[:60]


@pytest.mark.costly
@attack("the server", "140 connections at once that send a request slowly or never end it")
def test_a_request_that_does_not_end_ends_the_connection(server: Client, tmp_path: Path, tries: Tries) -> None:
    with behind_nginx(server, tmp_path, seconds=2) as client, ExitStack() as opened:
        started = time.perf_counter()
        slow = [opened.enter_context(client.open(SLOW[n % len(SLOW)], wait=60)) for n in range(140)]
        tries.add(140)
        asked = time.perf_counter()
        assert client.status(HEAD + b"Connection: close\r\n\r\n") == 200
        assert time.perf_counter() - asked < 1
        for each in slow:
            assert rest(each).count(b"HTTP/1.1 200") <= 1
        assert time.perf_counter() - started < 20


@attack("the server", "more connections than it serves")
def test_one_address_has_its_share(proxy: Client, tries: Tries) -> None:
    with ExitStack() as opened:
        waiting = [opened.enter_context(proxy.open(POST + b"Content-Length: 9\r\n\r\n")) for _ in range(61)]
        tries.add(61)
        assert waiting[-1].recv(12) == b"HTTP/1.1 503"
