"""The stored tree: proofs from the database against pymerkle, damage that an append refuses, the migration."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree, verify_consistency, verify_inclusion

from boussole.audits import ledger
from boussole.audits.errors import LedgerError
from boussole.audits.ledger import merkle, tree
from boussole.audits.ledger.tree import metadata
from tests.audits.ledger.filled import fill

SIZES = [1, 2, 3, 7, 8, 9, 31, 32, 33, 64, 70]


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """A ledger of seventy entries."""
    path = tmp_path_factory.mktemp("tree") / "governance.sqlite"
    with ledger.writer(path).begin() as connection:
        metadata.create_all(connection)
    for number in range(70):
        with ledger.writer(path).begin() as connection:
            ledger.append(connection, kind="audit", payload={"number": number})
    return path


@pytest.fixture(scope="module")
def oracle(path):
    """The same seventy leaves in pymerkle."""
    found = InmemoryTree(algorithm="sha256")
    rows = sqlite3.connect(path).execute("SELECT kind, payload, time FROM entries ORDER BY position")
    for kind, payload, time in rows:
        found.append_entry(f'{{"kind":"{kind}","payload":{payload},"time":"{time}"}}'.encode())
    return found


@pytest.mark.parametrize("size", SIZES)
def test_roots_are_those_of_pymerkle(path, oracle, size):
    with ledger.reader(path).begin() as connection:
        assert ledger.root(connection, size=size) == oracle.get_root(size).hex()
        assert ledger.entry_at(connection, size - 1).root == oracle.get_root(size).hex()


def test_roots_with_entries_are_those_of_pymerkle(path, oracle):
    with ledger.reader(path).begin() as connection:
        roots = [entry.root for entry in ledger.entries(connection)]
    assert roots == [oracle.get_root(size).hex() for size in range(1, 71)]


@pytest.mark.parametrize("size", SIZES)
def test_inclusion_proofs_hold_where_those_of_pymerkle_do(path, oracle, size):
    with ledger.reader(path).begin() as connection:
        root = bytes.fromhex(ledger.root(connection, size=size))
        for index in range(size):
            proof = tree.inclusion_proof(connection, index=index, size=size)
            leaf = bytes.fromhex(ledger.entry_at(connection, index).leaf_hash)
            assert merkle.verify_inclusion(proof, leaf=leaf, index=index, size=size, root=root)
            theirs = oracle.prove_inclusion(index + 1, size)
            verify_inclusion(leaf, oracle.get_root(size), theirs)
            assert {*proof, leaf} == set(theirs.path)


@pytest.mark.parametrize("size", SIZES)
def test_consistency_proofs_hold_where_those_of_pymerkle_do(path, oracle, size):
    with ledger.reader(path).begin() as connection:
        for first in range(1, size + 1):
            proof = tree.consistency_proof(connection, first=first, size=size)
            roots = {"first_root": oracle.get_root(first), "second_root": oracle.get_root(size)}
            assert merkle.verify_consistency(proof, first=first, second=size, **roots)
            verify_consistency(oracle.get_root(first), oracle.get_root(size), oracle.prove_consistency(first, size))


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


def test_what_is_not_there_is_not_proved(path):
    with ledger.reader(path).begin() as connection:
        for call in (
            lambda: tree.inclusion_proof(connection, index=70, size=70),
            lambda: tree.inclusion_proof(connection, index=0, size=71),
            lambda: tree.inclusion_proof(connection, index=5, size=5),
            lambda: tree.inclusion_proof(connection, index=-1, size=5),
            lambda: tree.consistency_proof(connection, first=0, size=70),
            lambda: tree.consistency_proof(connection, first=71, size=71),
            lambda: tree.consistency_proof(connection, first=9, size=8),
            lambda: ledger.entry_at(connection, 70),
            lambda: ledger.root(connection, size=71),
        ):
            with pytest.raises(LedgerError, match="the ledger has 70 entries"):
                call()


@pytest.fixture
def copied(path, tmp_path):
    """A copy of the ledger, to be damaged."""
    copied = tmp_path / "governance.sqlite"
    with sqlite3.connect(path) as source, sqlite3.connect(copied) as target:
        source.backup(target)
    return copied


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        ("DELETE FROM entries WHERE position = 69", 68),
        ("DELETE FROM entries WHERE position = 66", 66),
        ("DELETE FROM entries WHERE position >= 40", 39),
        ("DELETE FROM entries", 0),
        ("UPDATE entries SET payload = '{\"number\":7}' WHERE position = 69", 69),
        ("UPDATE entries SET leaf_hash = 'ab' WHERE position = 68", 68),
        ("UPDATE nodes SET hash = zeroblob(32) WHERE level = 1 AND position = 34", 69),
        ("DELETE FROM nodes WHERE level = 6", 0),
        ("DELETE FROM nodes", 0),
    ],
)
def test_nothing_is_appended_to_a_damaged_end(copied, statement, index):
    with sqlite3.connect(copied) as connection:
        connection.execute(statement)
    with ledger.writer(copied).begin() as connection, pytest.raises(LedgerError, match="damaged") as error:
        ledger.append(connection, kind="audit", payload={"number": 70})
    if index:
        assert f"entry {index}." in str(error.value)
    with ledger.reader(copied).begin() as connection:
        assert not ledger.verify(connection, known_roots={70: "ab" * 32}).ok


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET leaf_hash = 'no hash' WHERE position = 3",
        "UPDATE entries SET leaf_hash = 7 WHERE position = 3",
        "DELETE FROM entries WHERE position = 3",
        "UPDATE nodes SET hash = 'text' WHERE level = 1 AND position = 0",
        "DELETE FROM nodes WHERE level = 2 AND position = 1",
    ],
)
def test_a_proof_over_damage_is_refused(copied, statement):
    with sqlite3.connect(copied) as connection:
        connection.execute(statement)
    with ledger.reader(copied).begin() as connection, pytest.raises(LedgerError, match="damaged at entry"):
        tree.inclusion_proof(connection, index=2, size=70)


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        ("UPDATE nodes SET hash = zeroblob(32) WHERE level = 1 AND position = 3", 7),
        ("UPDATE nodes SET hash = 'text' WHERE level = 2 AND position = 0", 3),
        ("UPDATE nodes SET position = 99 WHERE level = 3 AND position = 7", 63),
        ("DELETE FROM nodes WHERE level = 6", 63),
        ("INSERT INTO nodes VALUES (7, 0, zeroblob(32))", 70),
        ("INSERT INTO nodes VALUES (-1, 0, zeroblob(32))", 70),
    ],
)
def test_a_stored_tree_of_other_entries_is_found(copied, statement, index):
    with sqlite3.connect(copied) as connection:
        connection.execute(statement)
    with ledger.reader(copied).begin() as connection:
        found = ledger.verify(connection)
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


def test_an_append_takes_no_longer_in_a_long_ledger(tmp_path):
    for size in (64, 8192):
        fill(tmp_path / f"{size}.sqlite", size)
    short, long = (steps_of_an_append(tmp_path / f"{size}.sqlite") for size in (64, 8192))
    assert 0 < long < 1.2 * short


def test_a_long_ledger_written_by_other_code_holds(tmp_path):
    fill(tmp_path / "long.sqlite", 5000)
    with ledger.reader(tmp_path / "long.sqlite").begin() as connection:
        found = ledger.verify(connection)
        assert (found.ok, found.size, found.root) == (True, 5000, ledger.root(connection))
