"""Merkle trees against published vectors, the text of RFC 9162 and pymerkle; damage to a stored one is refused."""

from __future__ import annotations

import sqlite3
from hashlib import sha256

import pytest
from hypothesis import example, given
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


def test_roots_are_those_of_pymerkle(path, oracle):
    with ledger.reader(path).begin() as connection:
        roots = [entry.root for entry in ledger.entries(connection)]
        for size in SIZES:
            assert ledger.root(connection, size=size) == ledger.entry_at(connection, size - 1).root == roots[size - 1]
    assert roots == [oracle.get_root(size).hex() for size in range(1, 71)]


@pytest.mark.parametrize("size", SIZES)
def test_proofs_hold_where_those_of_pymerkle_do(path, oracle, size):
    root = oracle.get_root(size)
    with ledger.reader(path).begin() as connection:
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


def test_what_is_not_there_is_not_proved(path):
    with ledger.reader(path).begin() as connection:
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
        ("DELETE FROM entries", 0),
        ("UPDATE entries SET payload = '{\"number\":7}' WHERE position = 69", 69),
        ("UPDATE entries SET leaf_hash = 'ab' WHERE position = 68", 68),
        ("UPDATE nodes SET hash = zeroblob(32) WHERE level = 1 AND position = 34", 69),
        ("DELETE FROM nodes WHERE level = 6", 0),
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
        ("DELETE FROM nodes WHERE level = 6", 63),
        ("INSERT INTO nodes VALUES (7, 0, zeroblob(32))", 70),
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
INCLUSION = [
    (0, 1, []),
    (0, 8, [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]),
    (5, 8, [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (1, 5, [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ]),
]  # fmt: skip
CONSISTENCY = [
    (1, 1, []),
    (1, 8, [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]),
    (6, 8, [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]),
    (2, 5, [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ]),
    (6, 7, [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]),
]  # fmt: skip
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
    assert [item.hex() for item in proof] == expected
    assert merkle.verify_inclusion(proof, leaf=LEAVES[index], index=index, size=size, root=root_of(size))


@pytest.mark.parametrize(("first", "second", "expected"), CONSISTENCY)
def test_published_consistency_proofs(first, second, expected):
    proof = merkle.consistency_proof(LEAVES[:second], first=first)
    assert [item.hex() for item in proof] == expected
    roots = {"first_root": root_of(first), "second_root": root_of(second)}
    assert merkle.verify_consistency(proof, first=first, second=second, **roots)


@example([])
@given(st.lists(st.binary(max_size=6), max_size=70))
def test_any_tree_is_the_one_of_the_written_definition(data):
    assert merkle.tree_hash([merkle.leaf_hash(item) for item in data]) == written_definition(data)
