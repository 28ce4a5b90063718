"""A ledger of a million entries beside pymerkle's tree in SQLite: `python -m benchmarks.ledger FOLDER [--entries N]`.

Prints JSON. pymerkle does not hash stored entries again, so its verification stands beside bare SHA-256 instead.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from pymerkle import SqliteTree
from sqlalchemy import Engine

from boussole.audits import ledger
from boussole.audits.ledger.merkle import Tree, leaf_hash
from boussole.audits.ledger.tree import completed, consistency_proof, inclusion_proof, metadata, sealed_bytes

TIMES = 200
BATCH = 20_000


def main() -> None:
    """Fills both, then times what each does with one more entry, a proof, and the whole."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--entries", type=int, default=1_000_000)
    options = parser.parse_args()
    ours, theirs, bare = (options.folder / f"{name}.sqlite" for name in ("ledger", "pymerkle", "bare"))
    for path in (ours, theirs, bare):
        for found in options.folder.glob(f"{path.name}*"):
            found.unlink()
    engine = _filled(ours, options.entries)
    told = {"entries": options.entries, "pymerkle": version("pymerkle")}
    print(json.dumps(told | _ours(engine, options.entries) | _theirs(theirs, options.entries) | _bare(bare, ours)))


def _rows(entries: int) -> Iterator[tuple[str, str]]:
    """Payloads and times of invented audits."""
    for number in range(entries):
        document = sha256(b"%d" % number).hexdigest()
        yield f'{{"document":"{document}","number":{number},"system":"matchft"}}', "2026-01-01T00:00:00Z"


def _filled(path: Path, entries: int) -> Engine:
    """The ledger as appends would leave it, in a few large transactions."""
    engine, tree = ledger.writer(path), Tree()
    with engine.begin() as connection:
        metadata.create_all(connection)
    with sqlite3.connect(path) as connection:
        for index, (payload, moment) in enumerate(_rows(entries)):
            leaf = leaf_hash(sealed_bytes("audit", payload, moment))
            connection.execute("INSERT INTO entries VALUES (?, 'audit', ?, ?, ?)", (index, payload, moment, leaf.hex()))
            nodes = completed(tree.add(leaf), index=index)
            connection.executemany("INSERT INTO nodes VALUES (:level, :position, :hash)", nodes)
    return engine


def _ours(engine: Engine, entries: int) -> dict[str, float]:
    with engine.connect() as connection:

        def append(number: int) -> None:
            with connection.begin():
                ledger.append(connection, kind="audit", payload={"number": number, "system": "matchft"})

        appended = _median(append)
        with connection.begin():
            included = _median(lambda n: inclusion_proof(connection, index=n * entries // TIMES, size=entries))
            consistent = _median(lambda n: consistency_proof(connection, first=n * entries // TIMES + 1, size=entries))
            started = time.perf_counter()
            found = ledger.verify(connection)
            verified = time.perf_counter() - started
    assert found.ok
    return {"append": appended, "inclusion": included, "consistency": consistent, "verify": verified}


def _theirs(path: Path, entries: int) -> dict[str, float]:
    """pymerkle with the same entries, its own cache on."""
    with SqliteTree(str(path), algorithm="sha256", capacity=2**30) as tree:
        tree.append_entries((sealed_bytes("audit", *row) for row in _rows(entries)), BATCH)

        def append(number: int) -> None:
            tree.append_entry(b'{"number":%d,"system":"matchft"}' % number)
            tree.get_root()

        appended = _median(append)
        included = _median(lambda n: tree.prove_inclusion(n * entries // TIMES + 1, entries))
        consistent = _median(lambda n: tree.prove_consistency(n * entries // TIMES + 1, entries))
    return {"append_pymerkle": appended, "inclusion_pymerkle": included, "consistency_pymerkle": consistent}


def _bare(path: Path, filled: Path) -> dict[str, float]:
    """What is below anything: one row written to disk, and SHA-256 of all payloads read once."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE entries (position INTEGER PRIMARY KEY, payload TEXT)")
    inserted = _median(lambda n: connection.execute("INSERT INTO entries VALUES (?, 'payload')", (n,)))
    connection.close()
    started = time.perf_counter()
    with sqlite3.connect(filled) as connection:
        for (payload,) in connection.execute("SELECT payload FROM entries ORDER BY position"):
            sha256(payload.encode()).digest()
    return {"insert": inserted, "hash": time.perf_counter() - started}


def _median(work: Callable[[int], object]) -> float:
    """The median seconds of many calls, numbered from 0."""
    taken = []
    for number in range(TIMES):
        started = time.perf_counter()
        work(number)
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


if __name__ == "__main__":
    main()
