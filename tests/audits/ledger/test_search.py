"""Entries are found by number, fingerprint, kind, system and day, and listed page by page."""

from __future__ import annotations

import datetime as dt
import sqlite3

import pytest

from boussole.audits import ledger
from boussole.audits.ledger.log import LedgerQuery, search
from tests.audits.ledger.filled import fill

PAYLOADS = [
    ("charter", '{"charter":"c1c1c1","version":"1.0"}', "2026-01-01T23:59:59Z"),
    ("audit", '{"document":"d0d0d0","system":"matchft"}', "2026-01-02T00:00:00Z"),
    ("audit", '{"document":"d1d1d1","system":"compas"}', "2026-01-03T12:00:00Z"),
    ("purge", '{"before":"2025-01-01","system":"matchft"}', "2026-02-01T00:00:00Z"),
    ("audit", '{"document":"d2d2d2","system":"matchft_two"}', "2026-02-02T00:00:00Z"),
]


@pytest.fixture(scope="module")
def path(tmp_path_factory):
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
        ({"system": "matchft", "kind": "audit"}, [1]),
        ({"text": "3"}, [3]),
        ({"text": " 3 "}, [3]),
        ({"text": "99"}, []),
        ({"text": "9" * 18}, []),
        ({"text": "d1d1"}, [2]),
        ({"text": "D1D1"}, [2]),
        ({"text": "ab2ab2"}, [2]),
        ({"text": "%"}, []),
        ({"text": "_two"}, [4]),
        ({"text": '"; DROP TABLE entries'}, []),
        ({"start": dt.date(2026, 1, 2)}, [4, 3, 2, 1]),
        ({"end": dt.date(2026, 1, 2)}, [1, 0]),
        ({"start": dt.date(2026, 1, 3), "end": dt.date(2026, 2, 1)}, [3, 2]),
        ({"start": dt.date(2026, 3, 1)}, []),
        ({"end": dt.date(9999, 12, 31)}, [4, 3, 2, 1, 0]),
    ],
)
def test_what_is_asked_is_found_newest_first(path, asked, expected):
    assert found(path, **asked) == expected


def test_long_lists_come_page_by_page(tmp_path):
    fill(tmp_path / "long.sqlite", 60)
    with ledger.reader(tmp_path / "long.sqlite").begin() as connection:
        pages = [search(connection, LedgerQuery(kind="audit"), skip=skip, take=25) for skip in (0, 25, 50, 75)]
    assert [total for total, _ in pages] == [60] * 4
    assert [[entry.index for entry in entries] for _, entries in pages] == [
        [*range(59, 34, -1)],
        [*range(34, 9, -1)],
        [*range(9, -1, -1)],
        [],
    ]


def test_a_payload_that_cannot_be_read_is_listed_empty(tmp_path):
    fill(tmp_path / "odd.sqlite", 1)
    with sqlite3.connect(tmp_path / "odd.sqlite") as connection:
        connection.execute("UPDATE entries SET payload = '{', time = x'00'")
    with ledger.reader(tmp_path / "odd.sqlite").begin() as connection:
        ((entry,),) = [search(connection, LedgerQuery())[1]]
    assert entry.payload == {}
