"""Ledgers of many entries, written row by row with nothing of the code under test."""

from __future__ import annotations

import json
import sqlite3
from hashlib import sha256
from pathlib import Path

TABLES = """
CREATE TABLE IF NOT EXISTS entries (position INTEGER PRIMARY KEY, kind TEXT NOT NULL, payload TEXT NOT NULL,
    time TEXT NOT NULL, leaf_hash TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS nodes (level INTEGER NOT NULL, position INTEGER NOT NULL, hash BLOB NOT NULL,
    PRIMARY KEY (level, position));
"""


def leaf(number: int) -> tuple[str, str, bytes]:
    """The payload, time and leaf hash of an entry."""
    payload = json.dumps({"document": sha256(b"%d" % number).hexdigest(), "number": number}, separators=(",", ":"))
    time = f"2026-01-01T{number // 3600 % 24:02d}:{number // 60 % 60:02d}:{number % 60:02d}Z"
    sealed = f'{{"kind":"audit","payload":{payload},"time":"{time}"}}'
    return payload, time, sha256(b"\x00" + sealed.encode()).digest()


def fill(path: Path, size: int) -> None:
    """A database with the entries 0 … size - 1 and the complete subtrees over them."""
    with sqlite3.connect(path) as connection:
        connection.executescript(TABLES)
        hashes = []
        for number in range(size):
            payload, time, digest = leaf(number)
            hashes.append(digest)
            row = (number, "audit", payload, time, digest.hex())
            connection.execute("INSERT INTO entries VALUES (?, ?, ?, ?, ?)", row)
        level = 1
        while len(hashes) > 1:
            pairs = zip(hashes[::2], hashes[1::2], strict=False)
            hashes = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
            rows = [(level, place, digest) for place, digest in enumerate(hashes)]
            connection.executemany("INSERT INTO nodes VALUES (?, ?, ?)", rows)
            level += 1
