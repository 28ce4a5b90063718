"""Whoever keeps a checkpoint finds out what was done to the file: each tampering is done with plain SQLite."""

from __future__ import annotations

import base64
import contextlib
import json
import shutil
import sqlite3
from hashlib import sha256
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from boussole.audits import ledger
from boussole.audits.errors import BoussoleError
from boussole.audits.ledger.tree import consistency_proof
from boussole.audits.workspace import Workspace
from boussole.charter.records import save_audit
from boussole.dashboard.cli.main import app
from tests.audits.ledger.test_notes import FILES as STAMPS
from tests.audits.ledger.test_notes import TEST_CHECKPOINT
from tests.written import audit_document

NAME = "example.org/agents"


def document(day, *, system="matchft"):
    on = f"2026-03-{day:02d}"
    content = f"sha256:{sha256(f'{day}'.encode()).hexdigest()}"
    evidence = {"cubes": content, "system": content}
    measures = [{"id": "selection_rate/sex=F", "value": day / 31, "n": 1795}]
    return audit_document(system, start=on, end=on, evidence=evidence, measures=measures)


def grow(workspace, days):
    for day in days:
        counts = f"{day}".encode()
        workspace.unsealed.mkdir(exist_ok=True)
        for kind in ("parquet", "json"):
            (workspace.unsealed / f"{sha256(counts).hexdigest()}.{kind}").write_bytes(counts)
        save_audit(workspace, document(day))


def boussole(*arguments):
    """The command line in this process; like `main`, an error of ours is told and exits with 2."""
    done = CliRunner().invoke(app, [*map(str, arguments)])
    if isinstance(done.exception, BoussoleError):
        return SimpleNamespace(exit_code=2, stdout=done.stdout, stderr=f"{done.stderr}{done.exception}")
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def run(workspace, *arguments):
    return boussole("--workspace", workspace.home, *arguments)


class Scene:
    """The workspace on the server, and the folder of a college elsewhere."""

    def __init__(self, home, days=range(1, 7)):
        self.workspace = Workspace.create(home / "server")
        grow(self.workspace, days)
        self.folder = home / "agents"
        self.key = run(self.workspace, "ledger", "keygen", self.folder, "--name", NAME).stdout.strip()
        self.log = run(self.workspace, "ledger", "key").stdout.strip()
        self.handed = home / "handed.checkpoint"
        run(self.workspace, "ledger", "checkpoint", self.handed)
        cosigned = run(self.workspace, "ledger", "cosign", self.handed, "--folder", self.folder, "--log", self.log)
        assert cosigned.exit_code == 0
        self.kept = self.folder / "kept.checkpoint"

    def verify(self, *, checkpoint=None):
        options = ["--checkpoint", checkpoint or self.kept, "--key", self.key, "--key", self.log]
        return run(self.workspace, "verify", "--ledger", *options)


def forked(workspace, home, days):
    """Another ledger under the same key."""
    other = Workspace.create(home)
    grow(other, days)
    shutil.copy(workspace.keys / "ledger.key", other.keys / "ledger.key")
    return other


def put(workspace, other):
    """The database of another workspace, with its evidence, in place of this one's, as whoever runs it could."""
    for path in workspace.home.glob("governance.sqlite*"):
        path.unlink()
    for path in other.home.glob("governance.sqlite*"):
        shutil.copy(path, workspace.home / path.name)
    shutil.copytree(other.evidence, workspace.evidence, dirs_exist_ok=True)


@contextlib.contextmanager
def plain_sqlite(workspace):
    """The file of the ledger, with the triggers that refuse changes dropped."""
    with contextlib.closing(sqlite3.connect(workspace.governance, isolation_level=None)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("PRAGMA foreign_keys = OFF")
        yield connection


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    home = tmp_path_factory.mktemp("made")
    return home, Scene(home)


@pytest.fixture
def scene(made, tmp_path):
    """A copy of it all, to be tampered with."""
    home, before = made
    shutil.copytree(home, tmp_path / "copy")
    scene = object.__new__(Scene)
    scene.__dict__ |= before.__dict__
    scene.workspace = Workspace(tmp_path / "copy" / "server")
    scene.folder = tmp_path / "copy" / "agents"
    scene.kept, scene.handed = scene.folder / "kept.checkpoint", tmp_path / "copy" / "handed.checkpoint"
    return scene


def sealed(connection, index):
    kind, payload, time = connection.execute(
        "SELECT kind, payload, time FROM entries WHERE position = ?", (index,)
    ).fetchone()
    return kind, json.loads(payload), time


def leaf(kind, payload, time):
    text = json.dumps({"kind": kind, "payload": payload, "time": time}, sort_keys=True, separators=(",", ":"))
    return sha256(b"\x00" + text.encode()).digest()


def rewrite(connection):
    """All hashes anew from the payloads as they are now: leaves, tree, and the roots noted with the audits."""
    rows = connection.execute("SELECT kind, payload, time FROM entries ORDER BY position").fetchall()
    leaves = [leaf(kind, json.loads(payload), time) for kind, payload, time in rows]
    for place, digest in enumerate(leaves):
        connection.execute("UPDATE entries SET leaf_hash = ? WHERE position = ?", (digest.hex(), place))
    connection.execute("DELETE FROM nodes")
    level, row = 1, leaves
    while len(row) > 1:
        row = [sha256(b"\x01" + a + b).digest() for a, b in zip(row[::2], row[1::2], strict=False)]
        connection.executemany("INSERT INTO nodes VALUES (?, ?, ?)", [(level, n, h) for n, h in enumerate(row)])
        level += 1
    for (entry,) in connection.execute("SELECT entry FROM audits").fetchall():
        connection.execute("UPDATE audits SET root = ? WHERE entry = ?", (root(leaves[: entry + 1]).hex(), entry))


def root(leaves):
    """MTH of RFC 9162, word by word."""
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + root(leaves[:k]) + root(leaves[k:])).digest()


def change_audit(connection, index):
    """The figure of an audit, its hash in the record and in the entry: everything but the hashes of the ledger."""
    (text,) = connection.execute("SELECT document FROM audits WHERE entry = ?", (index,)).fetchone()
    changed = text.replace('"n":1795', '"n":9999')
    digest = sha256(changed.encode()).hexdigest()
    connection.execute("UPDATE audits SET document = ?, document_sha256 = ? WHERE entry = ?", (changed, digest, index))
    _, payload, _ = sealed(connection, index)
    text = json.dumps(payload | {"document": digest}, sort_keys=True, separators=(",", ":"))
    connection.execute("UPDATE entries SET payload = ? WHERE position = ?", (text, index))


NUMBERED = (("entries", "position"), ("audits", "entry"), ("charter_versions", "entry"), ("summaries", "entry"))
"""The tables whose rows bear the number of an entry."""


def swap(connection, one, two, tables=NUMBERED):
    for table, column in tables:
        for old, new in ((one, -1), (two, one), (-1, two)):
            connection.execute(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (new, old))


def insert_before(connection, index):
    """An entry slipped in: all later ones move up by one, and their records with them."""
    for table, column in NUMBERED:
        connection.execute(f"UPDATE {table} SET {column} = -{column} - 1 WHERE {column} >= ?", (index,))
        connection.execute(f"UPDATE {table} SET {column} = -{column} WHERE {column} < 0")
    connection.execute("INSERT INTO entries VALUES (?, 'exclusion', '{}', '2026-03-01T00:00:00Z', '')", (index,))


def remove(connection, index):
    for table, column in NUMBERED:
        connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (index,))


def close_gap(connection, index):
    for table, column in NUMBERED:
        connection.execute(f"UPDATE {table} SET {column} = {column} - 1 WHERE {column} > ?", (index,))


def hash_anew(connection, index):
    digest = leaf(*sealed(connection, index)).hex()
    connection.execute("UPDATE entries SET leaf_hash = ? WHERE position = ?", (digest, index))


def date_back(connection, index):
    for table, column in (("entries", "time"), ("audits", "created_at"), ("records", "created_at")):
        place = "position" if table == "entries" else "entry"
        connection.execute(f"UPDATE {table} SET {column} = '2020-01-01T00:00:00Z' WHERE {place} = ?", (index,))


def test_an_untouched_ledger_holds_and_says_who_signed(scene):
    done = scene.verify()
    assert done.exit_code == 0
    assert "The ledger holds: 7 entries" in done.stderr
    assert "kept.checkpoint: the entries it knows (7) are unchanged." in done.stderr
    assert f"signed by {NAME} on 20" in done.stderr
    assert "signed by boussole/ledger/" in done.stderr
    grow(scene.workspace, range(7, 12))
    grown = scene.verify()
    assert grown.exit_code == 0
    assert "The ledger holds: 12 entries" in grown.stderr
    assert "the entries it knows (7) are unchanged" in grown.stderr


REWRITTEN = "kept.checkpoint: the ledger was rewritten: its first 7 entries are others than it knows."
CUT = "kept.checkpoint: entries were removed: it knows 7, and the ledger has {}."


WHOLE = ((change_audit, 3), (rewrite,))
INSERTED_AND_REWRITTEN = ((insert_before, 3), (rewrite,))
DATED_BACK = ((date_back, 6), (rewrite,))
TAMPERINGS = [
    (((change_audit, 3),), "entry 3: the payload, kind or time does not match the sealed hash"),
    (((change_audit, 3), (hash_anew, 3)), REWRITTEN),
    (WHOLE, REWRITTEN),
    (((remove, 3),), "entry 3: entry 3 is missing"),
    (((remove, 3), (close_gap, 3), (rewrite,)), CUT.format(6)),
    (((remove, 6), (remove, 5), (rewrite,)), CUT.format(5)),
    (((swap, 2, 3),), "entry 2: the root up to this entry is not the one noted earlier"),
    (((swap, 2, 3), (rewrite,)), REWRITTEN),
    (((swap, 2, 3, [("audits", "entry")]),), "the root up to this entry is not the one noted earlier"),
    (((insert_before, 3),), "entry 3: the payload, kind or time does not match the sealed hash"),
    (INSERTED_AND_REWRITTEN, REWRITTEN),
    (DATED_BACK, REWRITTEN),
]
"""What is done to the file, step by step, and what is said of it."""


def tamper(scene, steps):
    with plain_sqlite(scene.workspace) as connection:
        for step, *given in steps:
            step(connection, *given)


@pytest.mark.attack("ledger", "its file is changed, then held to a kept checkpoint")
@pytest.mark.parametrize(("steps", "told"), TAMPERINGS)
def test_every_tampering_is_found_and_said(scene, steps, told):
    tamper(scene, steps)
    done = scene.verify()
    assert done.exit_code == 1
    assert told in done.stderr


@pytest.mark.parametrize("steps", [steps for steps, _ in TAMPERINGS if (rewrite,) in steps])
def test_without_a_kept_checkpoint_a_full_rewrite_goes_unseen(scene, steps):
    """Said in docs/ledger.md: this is why colleges keep checkpoints. The server itself even signs it."""
    tamper(scene, steps)
    done = run(scene.workspace, "verify", "--ledger")
    assert done.exit_code in (3, 4)  # 4: the times that came with it go backwards
    assert "whoever can write it could have rewritten it all" in done.stderr
    new = scene.kept.with_name("new.checkpoint")
    assert run(scene.workspace, "ledger", "checkpoint", new).exit_code == 0
    assert scene.verify(checkpoint=new).exit_code == 1  # the college never cosigned that one


@pytest.mark.parametrize("steps", [WHOLE, INSERTED_AND_REWRITTEN, DATED_BACK])
def test_a_college_does_not_cosign_a_rewritten_ledger(scene, steps):
    tamper(scene, steps)
    grow(scene.workspace, [20])
    refused = run(scene.workspace, "ledger", "checkpoint", scene.handed, "--since", scene.kept)
    assert refused.exit_code == 2
    assert "the ledger does not extend the kept checkpoint of 7 entries" in refused.stderr


def test_two_colleges_cosign_one_checkpoint(scene, tmp_path):
    other = tmp_path / "unions"
    second = run(scene.workspace, "ledger", "keygen", other, "--name", "example.org/unions").stdout.strip()
    assert run(scene.workspace, "ledger", "cosign", scene.handed, "--folder", other, "--log", scene.log).exit_code == 0
    grow(scene.workspace, range(7, 12))
    assert run(scene.workspace, "ledger", "checkpoint", scene.handed, "--since", scene.kept).exit_code == 0
    for folder in (scene.folder, other):
        assert run(scene.workspace, "ledger", "cosign", scene.handed, "--folder", folder).exit_code == 0
    keys = [part for key in (scene.log, scene.key, second) for part in ("--key", key)]
    done = run(scene.workspace, "verify", "--ledger", "--checkpoint", scene.handed, *keys)
    assert done.exit_code == 0
    assert "handed.checkpoint: the entries it knows (12) are unchanged" in done.stderr
    assert done.stderr.count("handed.checkpoint: signed by") == 3


def test_a_forged_request_is_not_cosigned(scene):
    """Whoever holds the server's key signs what they like; the proof can't be made."""
    tamper(scene, WHOLE)
    grow(scene.workspace, [20])
    new = scene.kept.with_name("new.checkpoint")
    assert run(scene.workspace, "ledger", "checkpoint", new).exit_code == 0
    with ledger.reader(scene.workspace.governance).begin() as connection:
        path = consistency_proof(connection, first=7, size=8)
    lines = "".join(base64.b64encode(item).decode() + "\n" for item in path)
    new.write_text(f"old 7\n{lines}\n{new.read_text(encoding='utf-8')}", encoding="utf-8")
    done = run(scene.workspace, "ledger", "cosign", new, "--folder", scene.folder)
    assert done.exit_code == 1
    assert "the first 7 entries are no longer those of the checkpoint that is kept" in done.stderr


def test_a_rewrite_with_a_new_key_is_found(scene):
    tamper(scene, WHOLE)
    shutil.rmtree(scene.workspace.keys)
    run(scene.workspace, "ledger", "key")
    done = scene.verify()
    assert done.exit_code == 1
    assert "it names another ledger" in done.stderr
    assert "or the key and the ledger of this one were replaced" in done.stderr


def test_a_checkpoint_of_another_ledger_is_told(scene, tmp_path):
    other = Scene(tmp_path / "other", range(2, 8))  # the same days in the same second would be the same entries
    done = scene.verify(checkpoint=other.kept)
    assert done.exit_code == 1
    assert "The ledger holds: 7 entries" in done.stderr
    assert "it names another ledger" in done.stderr
    assert f"is not signed by {NAME}" in done.stderr


def test_a_rollback_to_an_older_file_is_found(scene, tmp_path):
    shutil.copytree(scene.workspace.home, tmp_path / "older")
    grow(scene.workspace, range(7, 12))
    assert run(scene.workspace, "ledger", "checkpoint", scene.handed, "--since", scene.kept).exit_code == 0
    assert run(scene.workspace, "ledger", "cosign", scene.handed, "--folder", scene.folder).exit_code == 0
    put(scene.workspace, Workspace(tmp_path / "older"))
    assert run(scene.workspace, "verify", "--ledger").exit_code == 3
    done = scene.verify()
    assert done.exit_code == 1
    assert "entries were removed: it knows 12, and the ledger has 7" in done.stderr


def test_the_kept_checkpoint_is_not_written_over_and_a_changed_one_is_found(scene):
    before = scene.kept.read_bytes()
    assert run(scene.workspace, "ledger", "checkpoint", scene.kept, "--since", scene.kept).exit_code == 2
    assert scene.kept.read_bytes() == before
    text = scene.kept.read_text(encoding="utf-8")
    scene.kept.write_text(text.replace("\n7\n", "\n6\n"), encoding="utf-8")
    done = scene.verify()
    assert done.exit_code == 1
    assert f"carries a signature in the name of {NAME}, which its key did not make" in done.stderr


def test_a_proof_travels_without_the_workspace(scene, tmp_path):
    proof, audit = tmp_path / "entry-3.tlog-proof", tmp_path / "audit.json"
    assert run(scene.workspace, "ledger", "prove", 3, proof, "--checkpoint", scene.kept).exit_code == 0
    audit.write_text(json.dumps(document(3) | {"evidence": document(3)["evidence"] | {"entry": 3, "root": "x"}}))
    keys = ["--key", scene.key, "--key", scene.log]
    done = boussole("ledger", "check", str(proof), *keys, "--document", str(audit))
    assert done.exit_code == 0
    assert "Entry 3 of 7: audit" in done.stderr
    assert "this is what the entry seals" in done.stderr
    audit.write_text(json.dumps(document(4)))
    other = boussole("ledger", "check", str(proof), *keys, "--document", str(audit))
    assert (other.exit_code, "seals something else" in other.stderr) == (1, True)
    proof.write_text(proof.read_text(encoding="utf-8").replace("index 3", "index 2"), encoding="utf-8")
    assert boussole("ledger", "check", str(proof), *keys).exit_code == 1


def test_a_damaged_ledger_is_not_signed(scene):
    tamper(scene, ((change_audit, 3),))
    done = run(scene.workspace, "ledger", "checkpoint", scene.handed)
    assert done.exit_code == 2
    assert "the ledger does not hold, so it is not signed: entry 3" in done.stderr


def test_the_reply_to_a_timestamp_request_is_checked(tmp_path):
    (tmp_path / "public.checkpoint").write_text(TEST_CHECKPOINT, encoding="utf-8")
    given = ["ledger", "timestamp", tmp_path / "public.checkpoint", "--reply", STAMPS / "reply.tsr"]
    done = boussole(*given, "--authority", STAMPS / "root.pem")
    assert (done.exit_code, "existed on 2026-11-26 at 05:06:29 UTC" in done.stderr) == (0, True)
    assert boussole(*given, "--authority", STAMPS / "other-root.pem").exit_code == 2
    assert "whose timestamp should be trusted" in boussole(*given).stderr


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"words", b"x" * 2_000_000])
def test_a_file_that_is_no_checkpoint_is_told(scene, tmp_path, content):
    (tmp_path / "odd").write_bytes(content)
    for command in (
        ["verify", "--ledger", "--checkpoint"],
        ["ledger", "check"],
        ["ledger", "cosign", "--folder", scene.folder],
        ["ledger", "timestamp"],
        ["ledger", "prove", 1, tmp_path / "out", "--checkpoint"],
        ["ledger", "checkpoint", tmp_path / "out", "--since"],
    ):
        assert run(scene.workspace, *command, tmp_path / "odd").exit_code == 2
    assert not (tmp_path / "out").exists()


def test_a_checkpoint_without_the_ledger_is_a_mistake(scene):
    assert run(scene.workspace, "verify", "--checkpoint", scene.kept).exit_code == 2
    assert run(scene.workspace, "verify", "--ledger", "--key", "nonsense").exit_code == 2
    alone = run(scene.workspace, "verify", "--ledger", "--key", scene.key)
    assert (alone.exit_code, "Give --checkpoint with one that somebody kept" in alone.stderr) == (2, True)
