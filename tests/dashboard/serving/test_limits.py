"""Slow, silent, large and too many clients keep no place from others."""

from __future__ import annotations

import contextlib
import socket
import time

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from benchmarks.process import BOUSSOLE
from benchmarks.serving import served
from boussole.audits.access_settings import AccessSettings
from boussole.dashboard.server import protocol as module
from boussole.dashboard.server.protocol import Limits, limits_of
from tests.attacks import Tries
from tests.dashboard.serving.conftest import Client, Serve, rest

HEAD = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
SLOW = [
    b"",
    b"G",
    b"GET / HTTP/1.1\r\n",
    HEAD + b"X-A: b\r\n",
    b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nabc",
    b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\nabc",
    HEAD + b"\r\nGET / HTT",
]
"""Requests that stop somewhere: before the head, in it, in the body, in the second of a connection."""
attack = pytest.mark.attack


@attack("the server", "connections that send a request slowly or never end it")
@pytest.mark.parametrize("said", SLOW)
def test_a_request_that_does_not_end_ends_the_connection(serve: Serve, said: bytes) -> None:
    client = serve(Limits(head_seconds=0.5, body_seconds=0.5, idle_seconds=1))
    with client.open(said) as made:
        started = time.perf_counter()
        answer = rest(made)
    assert time.perf_counter() - started < 3
    assert answer.split(b"\r\n")[0].endswith(b"408 Request Timeout") or answer.count(b"200 OK") == 1


@attack("the server", "connections that send a request slowly or never end it")
def test_a_byte_now_and_then_does_not_prolong_it(serve: Serve) -> None:
    client = serve(Limits(head_seconds=0.5))
    with client.open(HEAD, wait=0.1) as made:
        started = time.perf_counter()
        while True:
            try:
                made.sendall(b"X-A: b\r\n")
                if not made.recv(1000):
                    break
            except TimeoutError:
                continue
            except ConnectionError:
                break
    assert 0.4 < time.perf_counter() - started < 3


def test_a_slow_body_that_comes_along_is_taken(serve: Serve) -> None:
    client = serve(Limits(body_seconds=0.5, body_part=1000))
    with client.open(
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\nConnection: close\r\n\r\n", wait=0.15
    ) as made:
        for _ in range(9):
            with contextlib.suppress(TimeoutError):  # a moment between the parts
                made.recv(1)
            made.sendall(b"x" * 1000)
        made.settimeout(5)
        assert rest(made).endswith(b"9000")


@attack("the server", "connections that do nothing after a request")
def test_an_idle_connection_is_closed(serve: Serve) -> None:
    with serve(Limits(idle_seconds=1)).open(HEAD + b"\r\n") as made:
        started = time.perf_counter()
        assert rest(made).count(b"200 OK") == 1
    assert 0.5 < time.perf_counter() - started < 4


@attack("the server", "answers that are asked for and not taken")
def test_an_answer_that_nobody_takes_is_dropped(serve: Serve) -> None:
    client = serve(Limits(taken_seconds=0.5))
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    made.settimeout(10)
    with made:
        made.connect(("127.0.0.1", client.port))
        made.sendall(b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n")
        started = time.perf_counter()
        while time.perf_counter() - started < 10:  # until the server has reset it: sending fails then
            try:
                made.sendall(b"\r\n")
            except ConnectionError:
                break
    assert 0.4 < time.perf_counter() - started < 5
    assert client.quick() < 1


@attack("the server", "heads, bodies and rows of requests without end")
def test_what_is_too_large_is_refused(serve: Serve, tries: Tries) -> None:
    client = serve(Limits(head_bytes=8192, body_bytes=100_000, waiting_requests=4))
    large = [
        (HEAD + b"X-A: " + b"a" * 9000 + b"\r\n\r\n", 431),
        (HEAD + b"X-A: " + b"a" * 9000, 431),
        (b"GET /" + b"a" * 9000, 431),
        (HEAD + b"".join(b"X-%d: b\r\n" % n for n in range(2000)) + b"\r\n", 431),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n" + b"a" * 200_000, 413),
        (
            b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + b"8000\r\n" + b"a" * 0x8000 + b"\r\n",
            0,
        ),
    ]
    for said, status in large[:-1]:
        tries.add()
        assert client.status(said) == status, said[:40]
    chunks = large[-1][0] + (b"8000\r\n" + b"a" * 0x8000 + b"\r\n") * 5
    assert client.status(chunks) == 413
    pipelined = client.ask((HEAD + b"\r\n") * 400)
    assert pipelined.count(b"200 OK") < 100
    assert client.quick() < 1


@attack("the server", "requests that two servers would read differently (smuggling), and bytes that are no request")
@pytest.mark.parametrize(
    "said",
    [
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
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(serve: Serve, said: bytes) -> None:
    client = serve(Limits(head_seconds=1, body_seconds=1, idle_seconds=1))
    answer = client.ask(said)
    assert answer.startswith(b"HTTP/1.1 400 "), answer
    assert answer.count(b"HTTP/1.1 ") == 1
    assert b"content-security-policy: default-src 'none'" in answer
    assert b"\r\nserver:" not in answer.lower()


@attack("the server", "more connections than it serves")
def test_who_keeps_it_waiting_makes_room(serve: Serve, tries: Tries) -> None:
    client = serve(Limits(connections=40))
    with contextlib.ExitStack() as all_:
        for _ in range(20):
            for said in (b"GET / HT", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nab", HEAD + b"\r\n"):
                tries.add()
                all_.enter_context(client.open(said))
        assert client.quick() < 1


@attack("the server", "more connections than it serves")
def test_one_address_has_its_share(serve: Serve) -> None:
    client = serve(Limits(connections=40, of_one_address=5, sockets=30))
    with contextlib.ExitStack() as all_:
        for _ in range(5):
            all_.enter_context(connect(f"ws://127.0.0.1:{client.port}/socket"))
        assert client.status(HEAD + b"\r\n") == 503


@attack("the server", "web sockets on which nothing is asked, and too many of them")
def test_web_sockets_leave_room_and_end(serve: Serve) -> None:
    client = serve(Limits(first_seconds=0.5, silent_seconds=1, sockets=3, socket_bytes=1000))
    address = f"ws://127.0.0.1:{client.port}/socket"
    with connect(address) as one, connect(address) as two, connect(address) as three:
        with pytest.raises((InvalidStatus, ConnectionClosed)):
            connect(address)
        assert client.quick() < 1
        started = time.perf_counter()
        one.send("once")
        assert one.recv() == "once"
        three.send("x" * 2000)
        for each in (two, three, one):
            with pytest.raises(ConnectionClosed):
                each.recv(timeout=5)
        assert 0.9 < time.perf_counter() - started < 4


def test_a_web_socket_that_is_used_stays(serve: Serve) -> None:
    client = serve(Limits(first_seconds=0.5, silent_seconds=0.5))
    with connect(f"ws://127.0.0.1:{client.port}/socket") as one:
        for _ in range(10):
            one.send("again")
            assert one.recv() == "again"
            with pytest.raises(TimeoutError):
                one.recv(timeout=0.15)


def test_limits_leave_room_for_other_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.resource, "getrlimit", lambda _: (1024, 4096))
    assert (limits_of(AccessSettings()).connections, limits_of(AccessSettings()).of_one_address) == (500, None)
    assert limits_of(AccessSettings(connections=5000)).connections == 1024 - module.OTHER_FILES
    signed = {
        "issuer": "https://id.example",
        "client_id": "b",
        "address": "https://b.example",
        "roles": {"a": "reader"},
    }
    assert limits_of(AccessSettings(**signed, listen="0.0.0.0", connections_per_address=9)).of_one_address == 9  # noqa: S104


@pytest.mark.slow
@attack("the server", "600 slow connections at once")
def test_six_hundred_slow_connections_are_closed_and_others_are_answered(tmp_path, tries: Tries) -> None:
    from boussole.audits.workspace import Workspace

    limits = Limits()
    home = Workspace.create(tmp_path / "w").home
    with (
        served([BOUSSOLE, "--workspace", home, "dashboard", "--headless"]) as (address, _),
        contextlib.ExitStack() as all_,
    ):
        client = Client(int(address.rpartition(":")[2]))
        started = time.perf_counter()
        slow = [all_.enter_context(client.open(SLOW[n % len(SLOW)], wait=60)) for n in range(600)]
        tries.add(600)
        client.quick()  # once it is answered, the server has all of them
        waits = [client.quick() for _ in range(20)]
        for each in slow:
            rest(each)
        took = time.perf_counter() - started
    assert max(waits) < 1
    assert took < max(limits.head_seconds, limits.body_seconds, limits.idle_seconds) + 10
