"""Records: what is sealed, read back byte for byte, never touched by readers, and safe between processes."""

from __future__ import annotations

import copy
import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import IntegrityError

from boussole.audits import ledger
from boussole.audits.errors import BoussoleError, CharterError
from boussole.audits.workspace import Workspace
from boussole.charter.records import (
    audits_of,
    charter_text,
    latest_audits,
    migrations,
    open_records,
    register_charter,
    save_audit,
    seal_report,
    sealed_json,
    sealed_reports,
    verify_records,
)
from boussole.charter.records.models import Base
from tests.written import audit_document


@dataclass(frozen=True)
class SomeCharter:
    version: str
    text: str = "We promise."

    def document(self):
        return {"text": self.text, "version": self.version}

    @property
    def sha256(self):
        return hashlib.sha256(by_hand(self.document())).hexdigest()


@pytest.fixture
def workspace(tmp_path):
    return Workspace.create(tmp_path / "50% odd?")


def document(*, system="compas", start="2025-01-01", end="2025-01-31", charter="c1" * 32, value=0.448468):
    judged_by = {"id": "boussole", "version": "1.0", "sha256": charter, "adopted_before_window": True}
    measures = [
        {"id": "selection_rate/sex=F", "value": value, "n": 1795, "params": {"title": "Égalité d’accès : café"}}
    ]
    return audit_document(system, start=start, end=end, charter=judged_by, measures=measures)


def tamper(workspace, statement):
    with open_records(workspace).begin() as connection:
        for table in ("entries", "audits", "charter_versions", "summaries"):
            for act in ("update", "delete"):
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_no_{act}")
        for part in statement.split("; "):
            connection.exec_driver_sql(part)


def all_entries(workspace):
    with ledger.reader(workspace.governance).begin() as connection:
        return list(ledger.entries(connection))


def test_a_saved_audit_carries_its_seal(workspace):
    given = document()
    before = copy.deepcopy(given)
    saved = save_audit(workspace, given)
    charter_entry, audit_entry = all_entries(workspace)
    assert given == before
    assert saved.written() == {**given, "evidence": {**given["evidence"], "entry": 1, "root": audit_entry.root}}
    assert charter_entry.kind == "charter"
    assert charter_entry.payload == {"charter": "c1" * 32, "version": "1.0"}
    assert audit_entry.kind == "audit"
    assert audit_entry.payload == {
        "charter": "c1" * 32,
        "document": hashlib.sha256(by_hand(given)).hexdigest(),
        "end": "2025-01-31",
        "start": "2025-01-01",
        "system": "compas",
    }
    assert sealed_json(saved) == by_hand(given)
    assert latest_audits(workspace) == {"compas": saved}


def by_hand(given):
    """Canonical JSON of the sample by the standard library, which writes its values as RFC 8785 does."""
    return json.dumps(given, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def test_the_stored_text_is_the_sealed_one_byte_for_byte_and_anybody_can_recompute_it(workspace):
    saved = save_audit(workspace, document(value=1.0))
    with ledger.reader(workspace.governance).begin() as connection:
        text, digest = connection.exec_driver_sql("SELECT document, document_sha256 FROM audits").one()
    assert text.encode() == sealed_json(document(value=1.0)) == sealed_json(audits_of(workspace, "compas")[0])
    sealed = all_entries(workspace)[saved.entry]
    assert digest == hashlib.sha256(text.encode()).hexdigest() == sealed.payload["document"]
    assert sealed.root == saved.evidence.root
    assert audits_of(workspace, "compas") == [saved]
    for again in (document(value=1.0), saved):
        assert save_audit(workspace, again) == saved
    assert len(all_entries(workspace)) == 2


def test_the_latest_audit_is_that_of_the_last_window(workspace):
    march = save_audit(workspace, document(start="2025-03-01", end="2025-03-31"))
    january = save_audit(workspace, document())
    assert latest_audits(workspace) == {"compas": march}
    again = save_audit(workspace, document(start="2025-03-01", end="2025-03-31", value=0.5))
    other = save_audit(workspace, document(system="matchft"))
    assert latest_audits(workspace) == {"compas": again, "matchft": other}
    assert audits_of(workspace, "compas") == [january, march, again]
    assert audits_of(workspace, "unknown") == []
    found = verify_records(workspace)
    assert (found.ok, found.size, found.root) == (True, 5, all_entries(workspace)[-1].root)
    with pytest.raises(ValueError, match="frozen"):
        latest_audits(workspace)["compas"].evidence.entry = 99  # type: ignore[misc]


def test_reading_makes_and_writes_nothing(workspace):
    there = sorted(workspace.home.iterdir())
    assert (latest_audits(workspace), audits_of(workspace, "compas"), verify_records(workspace)) == ({}, [], None)
    assert sorted(workspace.home.iterdir()) == there
    save_audit(workspace, document())
    before = workspace.governance.read_bytes()
    latest_audits(workspace)
    audits_of(workspace, "compas")
    verify_records(workspace)
    assert workspace.governance.read_bytes() == before
    # SQLite's own empty side file, by which readers of a write-ahead log find each other
    assert all(side.stat().st_size == 0 for side in workspace.home.glob("governance.sqlite-wal"))


def test_a_charter_is_registered_once_with_its_text(workspace):
    first, second = SomeCharter("1.0"), SomeCharter("1.1")
    engine = open_records(workspace)
    with engine.begin() as connection:
        assert [register_charter(connection, charter) for charter in (first, first, second)] == [0, 0, 1]
    saved = save_audit(workspace, document(charter=first.sha256), charter=first)
    assert saved.entry == 2
    assert [entry.kind for entry in all_entries(workspace)] == ["charter", "charter", "audit"]
    for kept in (first, second):
        assert charter_text(workspace, kept.sha256).encode() == by_hand(kept.document())
    assert charter_text(workspace, "c9" * 32) is None

    class Forged(SomeCharter):
        sha256 = "c1" * 32

    with engine.begin() as connection, pytest.raises(CharterError, match="does not have the hash"):
        register_charter(connection, Forged("1.0"))


def test_an_audit_keeps_the_charter_that_judged_it_and_no_other(workspace):
    given = SomeCharter("1.0")
    save_audit(workspace, document(charter=given.sha256), charter=given)
    assert verify_records(workspace).ok
    with pytest.raises(BoussoleError, match="another charter"):
        save_audit(workspace, document(), charter=given)
    tamper(workspace, "UPDATE charter_versions SET document = replace(document, 'promise', 'regret')")
    assert verify_records(workspace).bad_index == 0


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({k: v for k, v in document().items() if k != "system"}, "'system' is missing"),
        ({k: v for k, v in document().items() if k != "window"}, "'window' is missing"),
        ({k: v for k, v in document().items() if k != "charter"}, "'charter' is missing"),
        (document(system="a name with spaces"), "'system' cannot be read"),
        (document(value=float("nan")), "canonical JSON"),
    ],
)
def test_what_is_not_an_audit_is_refused_and_leaves_nothing(workspace, given, told):
    with pytest.raises(BoussoleError, match=told):
        save_audit(workspace, given)
    assert not workspace.governance.exists()


def test_sealed_rows_cannot_be_changed_by_accident(workspace):
    save_audit(workspace, document())
    for table in ("entries", "audits", "charter_versions"):
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET rowid = rowid + 7"):
            with open_records(workspace).begin() as connection, pytest.raises(IntegrityError, match="never changed"):
                connection.exec_driver_sql(statement)


@pytest.mark.parametrize(
    ("statement", "bad"),
    [
        ("UPDATE audits SET document = replace(document, '0.448468', '0.1')", 1),
        ("UPDATE audits SET window_end = '2026-01-31'", 1),
        ("UPDATE audits SET system = 'other'", 1),
        ("DELETE FROM summaries; DELETE FROM audits", 1),
        ("DELETE FROM summaries", 1),
        ("UPDATE summaries SET verdicts = replace(verdicts, '\"decisions\":8', '\"decisions\":7')", 1),
        ("UPDATE summaries SET measures = '[{}]'", 1),
        ("UPDATE charter_versions SET version = '9.9'", 0),
        ("UPDATE audits SET document_sha256 = 'ab'", 1),
        ("UPDATE entries SET payload = replace(payload, 'compas', 'other') WHERE position = 1", 1),
        ("UPDATE audits SET root = 'ab'", 1),
        ("INSERT INTO charter_versions VALUES ('c9', '9', NULL, '2025-01-01T00:00:00Z', 1)", 1),
    ],
)
def test_a_changed_record_is_found(workspace, statement, bad):
    save_audit(workspace, document())
    tamper(workspace, statement)
    found = verify_records(workspace)
    assert not found.ok
    assert found.bad_index == bad


def test_a_charter_kept_under_another_hash_is_found(workspace):
    """By its hash an audit finds what judged it; under another one its text would count as not kept."""
    charter = SomeCharter("1.0")
    with open_records(workspace).begin() as connection:
        register_charter(connection, charter)
    save_audit(workspace, document(charter=charter.sha256))
    assert verify_records(workspace).ok
    tamper(workspace, "SELECT 1")  # without the triggers
    with closing(sqlite3.connect(workspace.home / "governance.sqlite")) as connection, connection:
        connection.execute("UPDATE charter_versions SET sha256 = 'c9'")  # foreign keys are not enforced here
    found = verify_records(workspace)
    assert (found.ok, found.bad_index) == (False, 0)


def test_migrations_make_the_tables_of_the_models_and_the_database_waits_its_turn(workspace):
    engine = open_records(workspace)
    with engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        ours = [step for step in compare_metadata(context, Base.metadata) if "alembic_version" not in str(step)]
        known = ("foreign_keys", "journal_mode", "busy_timeout")
        pragmas = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in known]
    assert (ours, pragmas) == ([], [1, "wal", 60_000])
    folder = os.path.dirname(migrations.__file__)  # noqa: PTH120 (Alembic wants text)
    assert ScriptDirectory(folder).get_heads() == [migrations.HEAD]


@pytest.mark.slow
def test_two_processes_can_open_a_new_workspace_at_once(workspace):
    script = """
import json, sys
from pathlib import Path
from boussole.audits.workspace import Workspace
from boussole.charter.records import save_audit
document = json.loads(sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
save_audit(Workspace(Path(sys.argv[1])), document)
"""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    command = [sys.executable, "-c", script, str(workspace.home)]
    started = [subprocess.Popen([*command, json.dumps(document(system=f"system_{n}"))], **pipes) for n in range(3)]
    for process in started:
        assert process.stdout.readline() == "ready\n"
    for process in started:
        process.stdin.write("\n")
        process.stdin.flush()
    for process in started:
        process.communicate(timeout=120)
        assert process.returncode == 0
    assert sorted(latest_audits(workspace)) == ["system_0", "system_1", "system_2"]
    assert verify_records(workspace).size == 4


def test_records_of_another_version_and_a_file_that_is_no_database_are_refused(workspace):
    def refused(told):
        for attempt in (lambda: latest_audits(workspace), lambda: open_records(workspace)):
            with pytest.raises(BoussoleError, match=told):
                attempt()

    workspace.governance.touch()
    assert latest_audits(workspace) == {}, "what is still being made reads as empty"
    save_audit(workspace, document())
    tamper(workspace, "UPDATE alembic_version SET version_num = '9999'")
    refused("another version of Boussole")
    workspace.governance.write_text("not a database, and long enough to be looked at as one " * 40)
    refused(r"governance\.sqlite: a database is damaged, or is none")


def test_a_report_about_two_systems_is_sealed_with_both_names(tmp_path):
    workspace = Workspace.create(tmp_path / "w")
    seal_report(workspace, b"%PDF", period="2026-09", lang="fr", seals=b"{}", systems=["chat", "match_ft"])
    seal_report(workspace, b"%PDF of all", period="2026-09", lang="fr", seals=b"{}")
    assert [each.chosen for each in sealed_reports(workspace)] == [["chat", "match_ft"], []]
