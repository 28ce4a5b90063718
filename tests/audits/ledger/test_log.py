"""The log in its database and its tree: sealing, tampering, writers at once or that die, proofs against other code."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import signal
import sqlite3
import subprocess
import sys
from hashlib import sha256

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pymerkle import InmemoryTree, verify_consistency, verify_inclusion
from sqlalchemy.exc import OperationalError

from boussole.audits import ledger
from boussole.audits.errors import LedgerError
from boussole.audits.ledger import merkle, tree
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


SIZES = [1, 2, 3, 7, 8, 9, 31, 32, 33, 64, 70]


@pytest.fixture(scope="module")
def seventy(tmp_path_factory):
    """A ledger of seventy entries."""
    path = tmp_path_factory.mktemp("tree") / "governance.sqlite"
    with ledger.writer(path).begin() as connection:
        metadata.create_all(connection)
        for number in range(70):
            ledger.append(connection, kind="audit", payload={"number": number})
    return path


@pytest.fixture(scope="module")
def oracle(seventy):
    """The same seventy leaves in pymerkle."""
    found = InmemoryTree(algorithm="sha256")
    rows = sqlite3.connect(seventy).execute("SELECT kind, payload, time FROM entries ORDER BY position")
    for kind, payload, time in rows:
        found.append_entry(f'{{"kind":"{kind}","payload":{payload},"time":"{time}"}}'.encode())
    return found


def test_roots_are_those_of_pymerkle(seventy, oracle):
    with ledger.reader(seventy).begin() as connection:
        roots = [entry.root for entry in ledger.entries(connection)]
        for size in SIZES:
            assert ledger.root(connection, size=size) == ledger.entry_at(connection, size - 1).root == roots[size - 1]
    assert roots == [oracle.get_root(size).hex() for size in range(1, 71)]


@pytest.mark.parametrize("size", SIZES)
def test_proofs_hold_where_those_of_pymerkle_do(seventy, oracle, size):
    root = oracle.get_root(size)
    with ledger.reader(seventy).begin() as connection:
        for index in range(size):
            proof = tree.inclusion_proof(connection, index=index, size=size)
            leaf = bytes.fromhex(ledger.entry_at(connection, index).leaf_hash)
            assert merkle.verify_inclusion(proof, leaf=leaf, index=index, size=size, root=root)
            theirs = oracle.prove_inclusion(index + 1, size)
            verify_inclusion(leaf, root, theirs)
            assert {*proof, leaf} == set(theirs.path)
            first, before = index + 1, oracle.get_root(index + 1)
            proof = tree.consistency_proof(connection, first=first, size=size)
            assert merkle.verify_consistency(proof, first=first, second=size, first_root=before, second_root=root)
            verify_consistency(before, root, oracle.prove_consistency(first, size))


@given(st.integers(1, 90), st.data())
def test_stored_parts_are_those_of_the_definition(size, data):
    leaves = [merkle.leaf_hash(bytes([number])) for number in range(size)]
    first = data.draw(st.integers(1, size))
    parts = [*merkle.inclusion_parts(first - 1, size=size), *merkle.consistency_parts(first, size=size)]
    for start, end in parts:
        places = merkle.subtrees(start, end)
        covered = [index for level, place in places for index in range(place << level, (place + 1) << level)]
        assert covered == list(range(start, end))
        pieces = [merkle.tree_hash(leaves[place << level : (place + 1) << level]) for level, place in places]
        assert merkle.joined(pieces) == merkle.tree_hash(leaves[start:end])


def test_what_is_not_there_is_not_proved(seventy):
    with ledger.reader(seventy).begin() as connection:
        for call in (
            lambda: tree.inclusion_proof(connection, index=70, size=70),
            lambda: tree.inclusion_proof(connection, index=0, size=71),
            lambda: tree.inclusion_proof(connection, index=-1, size=5),
            lambda: tree.consistency_proof(connection, first=0, size=70),
            lambda: tree.consistency_proof(connection, first=9, size=8),
            lambda: ledger.entry_at(connection, 70),
            lambda: ledger.root(connection, size=71),
        ):
            with pytest.raises(LedgerError, match="the ledger has 70 entries"):
                call()


@pytest.fixture
def copied(seventy, tmp_path):
    """A copy of the ledger, to be damaged."""
    copied = tmp_path / "governance.sqlite"
    with sqlite3.connect(seventy) as source, sqlite3.connect(copied) as target:
        source.backup(target)
    return copied


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        ("DELETE FROM entries WHERE position = 69", 68),
        ("DELETE FROM entries", 0),
        ("UPDATE entries SET payload = '{\"number\":7}' WHERE position = 69", 69),
        ("UPDATE entries SET leaf_hash = 'ab' WHERE position = 68", 68),
        ("UPDATE nodes SET hash = zeroblob(32) WHERE level = 1 AND position = 34", 69),
        ("DELETE FROM nodes WHERE level = 6", 0),
    ],
)
def test_nothing_is_appended_to_a_damaged_end(copied, statement, index):
    tamper(copied, statement)
    with ledger.writer(copied).begin() as connection, pytest.raises(LedgerError, match="damaged") as error:
        ledger.append(connection, kind="audit", payload={"number": 70})
    if index:
        assert f"entry {index}." in str(error.value)
    assert not verified(copied, known_roots={70: "ab" * 32}).ok


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET leaf_hash = 'no hash' WHERE position = 3",
        "DELETE FROM entries WHERE position = 3",
        "UPDATE nodes SET hash = 'text' WHERE level = 1 AND position = 0",
        "DELETE FROM nodes WHERE level = 2 AND position = 1",
    ],
)
def test_a_proof_over_damage_is_refused(copied, statement):
    tamper(copied, statement)
    with ledger.reader(copied).begin() as connection, pytest.raises(LedgerError, match="damaged at entry"):
        tree.inclusion_proof(connection, index=2, size=70)


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        ("UPDATE nodes SET hash = zeroblob(32) WHERE level = 1 AND position = 3", 7),
        ("UPDATE nodes SET hash = 'text' WHERE level = 2 AND position = 0", 3),
        ("DELETE FROM nodes WHERE level = 6", 63),
        ("INSERT INTO nodes VALUES (7, 0, zeroblob(32))", 70),
    ],
)
def test_a_stored_tree_of_other_entries_is_found(copied, statement, index):
    tamper(copied, statement)
    found = verified(copied)
    assert (found.ok, found.bad_index) == (False, index)
    assert "the stored tree is not the one of the entries" in found.problem


def steps_of_an_append(path):
    """Counted by SQLite itself, without a clock."""
    counted = []
    with ledger.writer(path).connect() as connection:
        driver = connection.connection.driver_connection
        driver.set_progress_handler(lambda: counted.append(1) or 0, 1)
        ledger.append(connection, kind="audit", payload={"number": 70})
        connection.rollback()
    return len(counted)


def test_an_append_takes_no_longer_in_a_long_ledger_and_one_written_by_other_code_holds(tmp_path):
    paths = {size: tmp_path / f"{size}.sqlite" for size in (64, 8192)}
    for size, path in paths.items():
        fill(path, size)
        with ledger.reader(path).begin() as connection:
            root = ledger.root(connection)
        found = verified(path)
        assert (found.ok, found.size, found.root) == (True, size, root)
    short, long = (steps_of_an_append(path) for path in paths.values())
    assert 0 < long < 1.2 * short


# The eight inputs, roots and proofs that implementations of certificate transparency share.
INPUTS = [
    bytes.fromhex(text)
    for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
SUBTREES = {  # by the leaves they stand over
    "0": ROOTS[0],
    "0-1": ROOTS[1],
    "0-3": ROOTS[3],
    "1": "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "2-3": "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "4": "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "4-5": "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "4-7": "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    "6": "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
    "6-7": "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
}
INCLUSION = [(0, 1, ""), (0, 8, "1 2-3 4-7"), (5, 8, "4 6-7 0-3"), (2, 3, "0-1"), (1, 5, "0 2-3 4")]
CONSISTENCY = [(1, 1, ""), (1, 8, "1 2-3 4-7"), (6, 8, "4-5 6-7 0-3"), (2, 5, "2-3 4"), (6, 7, "4-5 6 0-3")]
LEAVES = [merkle.leaf_hash(data) for data in INPUTS]


def written_definition(data: list[bytes]) -> bytes:
    """MTH of RFC 9162, section 2.1.1, word by word: the oracle of trees of any size."""
    if not data:
        return sha256(b"").digest()
    if len(data) == 1:
        return sha256(b"\x00" + data[0]).digest()
    k = 1
    while k * 2 < len(data):
        k *= 2
    return sha256(b"\x01" + written_definition(data[:k]) + written_definition(data[k:])).digest()


def root_of(size: int) -> bytes:
    return bytes.fromhex(ROOTS[size - 1])


@pytest.mark.parametrize("size", range(1, 9))
def test_published_roots(size):
    assert merkle.tree_hash(LEAVES[:size]) == root_of(size)


@pytest.mark.parametrize(("index", "size", "expected"), INCLUSION)
def test_published_inclusion_proofs(index, size, expected):
    proof = merkle.inclusion_proof(LEAVES[:size], index=index)
    assert [item.hex() for item in proof] == [SUBTREES[each] for each in expected.split()]
    assert merkle.verify_inclusion(proof, leaf=LEAVES[index], index=index, size=size, root=root_of(size))


@pytest.mark.parametrize(("first", "second", "expected"), CONSISTENCY)
def test_published_consistency_proofs(first, second, expected):
    proof = merkle.consistency_proof(LEAVES[:second], first=first)
    assert [item.hex() for item in proof] == [SUBTREES[each] for each in expected.split()]
    roots = {"first_root": root_of(first), "second_root": root_of(second)}
    assert merkle.verify_consistency(proof, first=first, second=second, **roots)


@example([])
@given(st.lists(st.binary(max_size=6), max_size=70))
def test_any_tree_is_the_one_of_the_written_definition(data):
    assert merkle.tree_hash([merkle.leaf_hash(item) for item in data]) == written_definition(data)
