"""The log in its database: sealing, tampering, two writers at once, a writer that dies; and how entries are found."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import signal
import sqlite3
import subprocess
import sys

import pytest
from sqlalchemy.exc import OperationalError

from boussole.audits import ledger
from boussole.audits.errors import LedgerError
from boussole.audits.ledger.log import LedgerQuery, search
from boussole.audits.ledger.tree import metadata
from tests.audits.ledger.filled import fill

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

WRITER = """
import sys
from pathlib import Path
from boussole.audits import ledger
engine = ledger.writer(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for number in range(25):
    with engine.begin() as connection:
        ledger.append(connection, kind="audit", payload={"writer": sys.argv[2], "number": number})
"""

DYING_WRITER = """
import os, signal, sys
from pathlib import Path
from boussole.audits import ledger
with ledger.writer(Path(sys.argv[1])).begin() as connection:
    ledger.append(connection, kind="audit", payload={"number": 99})
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "a folder, 100% odd?" / "governance.sqlite"
    path.parent.mkdir()
    with ledger.writer(path).begin() as connection:
        metadata.create_all(connection)
    return path


@pytest.fixture
def three(path):
    """A ledger of three entries, and the root after each."""
    with ledger.writer(path).begin() as connection:
        return [ledger.append(connection, kind="audit", payload={"number": n}).root for n in range(3)]


def tamper(path, statement):
    with ledger.writer(path).begin() as connection:
        connection.exec_driver_sql(statement)


def verified(path, **known):
    with ledger.reader(path).begin() as connection:
        return ledger.verify(connection, **known)


def hand_made_leaf(kind, payload, time):
    """The sealed bytes written by hand: sorted keys, no spaces, prefix 0x00."""
    sealed = json.dumps({"kind": kind, "payload": payload, "time": time}, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(b"\x00" + sealed.encode()).hexdigest()


def test_entries_are_hashed_as_documented(path):
    with ledger.writer(path).begin() as connection:
        first = ledger.append(connection, kind="charter", payload={"version": "1.0", "charter": "ab" * 32})
        second = ledger.append(connection, kind="audit", payload={"system": "compas", "entries": 7, "note": None})
    one = hand_made_leaf("charter", {"version": "1.0", "charter": "ab" * 32}, first.time)
    two = hand_made_leaf("audit", {"system": "compas", "entries": 7, "note": None}, second.time)
    both = hashlib.sha256(b"\x01" + bytes.fromhex(one) + bytes.fromhex(two)).hexdigest()
    assert (first.index, first.leaf_hash, first.root) == (0, one, one)
    assert (second.index, second.leaf_hash, second.root) == (1, two, both)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", second.time)
    with ledger.reader(path).begin() as connection:
        assert list(ledger.entries(connection)) == [first, second]
        assert ledger.root(connection) == both
        assert ledger.root(connection, size=1) == one
        assert ledger.root(connection, size=0) == EMPTY


TEXTS = ["Camille Durand", "the vote was close", "someone@example.org", "Zoé", "", 0.5, ["a"], "a" * 201]


@pytest.mark.parametrize("value", TEXTS)
def test_free_text_stays_out_of_the_ledger(path, value):
    with ledger.writer(path).begin() as connection, pytest.raises(LedgerError, match="free text"):
        ledger.append(connection, kind="audit", payload={"said": value})


@pytest.mark.parametrize(
    ("statement", "bad", "problem"),
    [
        ("UPDATE entries SET payload = '{\"number\":7}' WHERE position = 1", 1, "does not match"),
        ("UPDATE entries SET payload = '{\"number\": 1}' WHERE position = 1", 1, "canonical"),
        ("UPDATE entries SET payload = '{' WHERE position = 2", 2, "not JSON"),
        ("UPDATE entries SET payload = x'00ff' WHERE position = 2", 2, "not JSON"),
        ("UPDATE entries SET kind = 'vote' WHERE position = 0", 0, "does not match"),
        ("UPDATE entries SET leaf_hash = 'no hash' WHERE position = 2", 2, "does not match"),
        ("DELETE FROM entries WHERE position = 1", 1, "missing"),
    ],
)
def test_tampering_is_found_at_the_first_bad_entry(path, three, statement, bad, problem):
    tamper(path, statement)
    found = verified(path)
    assert not found.ok
    assert found.bad_index == bad
    assert problem in found.problem


def test_an_entry_rewritten_with_its_hash_is_found_by_an_earlier_root(path, three):
    with ledger.reader(path).begin() as connection:
        time = list(ledger.entries(connection))[1].time
    forged = hand_made_leaf("audit", {"number": 7}, time)
    tamper(path, f"UPDATE entries SET payload = '{{\"number\":7}}', leaf_hash = '{forged}' WHERE position = 1")
    assert "tree" in verified(path).problem
    pair = hashlib.sha256(b"\x01" + bytes.fromhex(three[0]) + bytes.fromhex(forged)).hexdigest()
    tamper(path, f"UPDATE nodes SET hash = x'{pair}' WHERE level = 1 AND position = 0")
    assert verified(path).ok
    assert verified(path, known_roots={1: three[0]}).ok
    assert verified(path, known_roots={1: three[0], 3: three[2]}).bad_index == 2
    assert verified(path, known_roots={2: three[1], 3: three[2]}).bad_index == 1


def test_a_cut_tail_is_found_by_an_earlier_root(path, three):
    tamper(path, "DELETE FROM entries WHERE position = 2")
    assert verified(path).ok
    found = verified(path, known_roots={3: three[2]})
    assert (found.bad_index, found.size) == (2, 2)
    assert "missing" in found.problem


@pytest.mark.costly
def test_two_processes_append_without_a_fork(path):
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for name in ("one", "two")
    ]
    for process in writers:
        assert process.stdout.readline() == "ready\n"
    for process in writers:
        process.stdin.write("\n")
        process.stdin.flush()
    for process in writers:
        process.communicate(timeout=120)
        assert process.returncode == 0
    assert verified(path).ok
    with ledger.reader(path).begin() as connection:
        sealed = list(ledger.entries(connection))
    assert [entry.index for entry in sealed] == list(range(50))
    for name in ("one", "two"):
        assert [e.payload["number"] for e in sealed if e.payload["writer"] == name] == list(range(25))


def test_a_writer_that_dies_leaves_nothing_behind(path, three):
    died = subprocess.run([sys.executable, "-c", DYING_WRITER, str(path)], timeout=60, check=False)
    assert died.returncode == -signal.SIGKILL
    assert verified(path, known_roots={3: three[2]}).size == 3
    with ledger.writer(path).begin() as connection:
        assert ledger.append(connection, kind="audit", payload={"number": 3}).index == 3


def test_a_reader_neither_makes_nor_changes_the_file(tmp_path, path):
    missing = tmp_path / "missing.sqlite"
    with pytest.raises(OperationalError), ledger.reader(missing).begin():
        pass
    assert not missing.exists()
    with ledger.reader(path).begin() as connection, pytest.raises(OperationalError):
        connection.exec_driver_sql("DELETE FROM entries")


PAYLOADS = [
    ("charter", '{"charter":"c1c1c1","version":"1.0"}', "2026-01-01T23:59:59Z"),
    ("audit", '{"document":"d0d0d0","system":"matchft"}', "2026-01-02T00:00:00Z"),
    ("audit", '{"document":"d1d1d1","system":"compas"}', "2026-01-03T12:00:00Z"),
    ("purge", '{"before":"2025-01-01","system":"matchft"}', "2026-02-01T00:00:00Z"),
    ("audit", '{"document":"d2d2d2","system":"matchft_two"}', "2026-02-02T00:00:00Z"),
]


@pytest.fixture(scope="module")
def searched(tmp_path_factory):
    path = tmp_path_factory.mktemp("search") / "ledger.sqlite"
    fill(path, 0)
    with sqlite3.connect(path) as connection:
        rows = [(n, kind, payload, time, f"ab{n}" * 16) for n, (kind, payload, time) in enumerate(PAYLOADS)]
        connection.executemany("INSERT INTO entries VALUES (?, ?, ?, ?, ?)", rows)
    return path


def found(path, **asked):
    with ledger.reader(path).begin() as connection:
        total, entries = search(connection, LedgerQuery(**asked))
    assert total == len(entries)
    return [entry.index for entry in entries]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, [4, 3, 2, 1, 0]),
        ({"kind": "audit"}, [4, 2, 1]),
        ({"system": "matchft"}, [3, 1]),
        ({"text": "3"}, [3]),
        ({"text": "9" * 18}, []),
        ({"text": "d1d1"}, [2]),
        ({"text": "ab2ab2"}, [2]),
        ({"text": "%"}, []),
        ({"text": "_two"}, [4]),
        ({"text": '"; DROP TABLE entries'}, []),
        ({"start": dt.date(2026, 1, 2)}, [4, 3, 2, 1]),
        ({"end": dt.date(2026, 1, 2)}, [1, 0]),
        ({"start": dt.date(2026, 1, 3), "end": dt.date(2026, 2, 1)}, [3, 2]),
        ({"end": dt.date(9999, 12, 31)}, [4, 3, 2, 1, 0]),
    ],
)
def test_what_is_asked_is_found_newest_first(searched, asked, expected):
    assert found(searched, **asked) == expected


def test_long_lists_come_page_by_page(tmp_path):
    fill(tmp_path / "long.sqlite", 60)
    with sqlite3.connect(tmp_path / "long.sqlite") as connection:
        connection.execute("UPDATE entries SET payload = '{', time = x'00' WHERE position = 0")
    with ledger.reader(tmp_path / "long.sqlite").begin() as connection:
        pages = [search(connection, LedgerQuery(kind="audit"), skip=skip, take=25) for skip in (0, 25, 50, 75)]
    assert [total for total, _ in pages] == [60] * 4
    assert [len(entries) for _, entries in pages] == [25, 25, 10, 0]
    listed = [entry for _, entries in pages for entry in entries]
    assert [entry.index for entry in listed] == [*range(59, -1, -1)]
    assert [entry.index for entry in listed if entry.payload == {}] == [0]  # it cannot be read
