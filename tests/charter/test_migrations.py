"""Records of older versions: their entries stay as they are, and the stored tree is made from them."""

from __future__ import annotations

import sqlite3
from hashlib import sha256

import pytest
from alembic import command
from alembic.config import Config
from pymerkle import InmemoryTree
from sqlalchemy.exc import IntegrityError

from boussole.audits import ledger
from boussole.audits.errors import BoussoleError, LedgerError
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.charter.records import migrations, open_records, summaries, verify_records
from tests.audits.ledger.filled import leaf
from tests.written import system_text

FOLDER = next(iter(migrations.__path__))
SIZE = 37
CALLS = system_text(
    "calls",
    """
columns:
  id: id
  decided_at: ts
  decision: {column: contacted, selected: [true]}
""",
)


@pytest.fixture
def older(tmp_path):
    """A workspace whose records end before the stored tree, with entries written by hand."""
    workspace = Workspace.create(tmp_path / "50% odd?")
    config = Config()
    config.set_main_option("script_location", FOLDER.replace("%", "%%"))
    with ledger.writer(workspace.governance).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
    with sqlite3.connect(workspace.governance) as connection:
        for number in range(SIZE):
            payload, time, digest = leaf(number)
            row = (number, "exclusion", payload, time, digest.hex())
            sealed = f'{{"kind":"exclusion","payload":{payload},"time":"{time}"}}'
            row = (*row[:4], sha256(b"\x00" + sealed.encode()).hexdigest())
            connection.execute("INSERT INTO entries VALUES (?, ?, ?, ?, ?)", row)
    return workspace


def rows(workspace, table):
    with sqlite3.connect(workspace.governance) as connection:
        return connection.execute(f"SELECT * FROM {table}").fetchall()


def test_entries_are_kept_and_their_tree_is_made(older):
    before = rows(older, "entries")
    oracle = InmemoryTree(algorithm="sha256")
    for _, kind, payload, time, _ in before:
        oracle.append_entry(f'{{"kind":"{kind}","payload":{payload},"time":"{time}"}}'.encode())
    with open_records(older).begin() as connection:
        assert ledger.root(connection) == oracle.get_root().hex()
    assert rows(older, "entries") == before
    assert verify_records(older).ok
    with open_records(older).begin() as connection:
        added = ledger.append(connection, kind="exclusion", payload={"number": SIZE})
    assert added.index == SIZE
    assert verify_records(older).root == added.root


def test_a_damaged_ledger_is_migrated_and_told(older):
    with sqlite3.connect(older.governance) as connection:
        connection.execute("DROP TRIGGER entries_no_delete")
        connection.execute("DELETE FROM entries WHERE position = 20")
    with open_records(older).begin() as connection, pytest.raises(LedgerError, match="damaged"):
        ledger.append(connection, kind="exclusion", payload={"number": SIZE})
    found = verify_records(older)
    assert (found.ok, found.bad_index, found.problem) == (False, 20, "entry 20 is missing")
    assert len(rows(older, "entries")) == SIZE - 1


def test_the_stored_tree_is_never_changed(older):
    open_records(older)
    for statement in ("DELETE FROM nodes", "UPDATE nodes SET position = 99"):
        with sqlite3.connect(older.governance) as connection, pytest.raises(sqlite3.IntegrityError, match="sealed"):
            connection.execute(statement)
    with open_records(older).begin() as connection, pytest.raises(IntegrityError):
        connection.exec_driver_sql("INSERT INTO nodes VALUES (1, 0, zeroblob(32))")


def test_an_audit_brings_older_records_up_to_date(older):
    """As the error of everything else says."""
    (older.home / "systems").mkdir(exist_ok=True)
    (older.home / "systems" / "calls.yaml").write_text(CALLS, encoding="utf-8")
    with pytest.raises(BoussoleError, match="written by another version"):
        summaries(older)
    with pytest.raises(BoussoleError, match="no decisions yet"):
        run_audit(older, older.system("calls"))
    assert summaries(older) == []
