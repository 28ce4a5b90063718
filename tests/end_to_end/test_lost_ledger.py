"""A lost ledger is an error, whoever asks: it is restored, or begun anew with a reason that is told for ever."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from boussole.audits.errors import LostLedgerError
from boussole.audits.lost import hold_ledger
from boussole.audits.workspace import Workspace
from boussole.charter.record_types.kinds import Attestation
from boussole.charter.records import (
    keep_file,
    latest_audits,
    open_records,
    save_audit,
    seal,
    statements,
    verify_records,
)
from tests.attacks import Tries
from tests.end_to_end.test_kept_checkpoint import Scene, document, grow, plain_sqlite, run

COUNTS, SYSTEM = b"counts", b'{"id":"matchft"}'


def evidence_of(workspace: Workspace) -> dict[str, str]:
    """Two files that lie where an audit leaves them before its seal."""
    workspace.unsealed.mkdir(exist_ok=True)
    named = {}
    for key, content, end in (("cubes", COUNTS, "parquet"), ("system", SYSTEM, "json")):
        digest = sha256(content).hexdigest()
        (workspace.unsealed / f"{digest}.{end}").write_bytes(content)
        named[key] = f"sha256:{digest}"
    return named


def save(workspace: Workspace, named: dict[str, str]) -> None:
    """An audit that rests on files."""
    save_audit(workspace, document(1) | {"evidence": {**document(1)["evidence"], **named}})


@pytest.fixture
def audited(tmp_path: Path) -> Workspace:
    """One sealed audit with its evidence, and no checkpoint."""
    workspace = Workspace.create(tmp_path / "w")
    save(workspace, evidence_of(workspace))
    assert len(list(workspace.evidence.iterdir())) == 2
    assert not list(workspace.unsealed.iterdir())
    return workspace


def removed(path: Path) -> None:
    for each in path.parent.glob(f"{path.name}*"):
        each.unlink()


def emptied(path: Path) -> None:
    removed(path)
    path.write_bytes(b"")


def bare(path: Path) -> None:
    """A schema without entries: what a first command makes."""
    removed(path)
    other = Workspace.create(path.parent.parent / "other")
    open_records(other).dispose()
    shutil.copy(other.governance, path)


def without_entries(path: Path) -> None:
    """The audits are there, and the ledger is not."""
    with plain_sqlite(Workspace(path.parent)) as connection:
        connection.execute("DELETE FROM entries")
        connection.execute("DELETE FROM nodes")


LOSSES: dict[str, tuple[Callable[[Path], None], str]] = {
    "removed": (removed, "governance.sqlite is missing"),
    "emptied": (emptied, "governance.sqlite is empty"),
    "bare": (bare, "governance.sqlite holds no entry"),
    "without entries": (without_entries, "governance.sqlite holds no entry"),
}
COMMANDS = (
    ("verify", "--ledger"),
    ("verify", "--rerun"),
    ("audit",),
    ("sync",),
    ("report",),
    ("charter", "show"),
    ("charter", "adopt", "--role", "r", "--on", "2026-03-01", "--document", __file__),
    ("record", "list"),
    ("record", "withdraw", "0", "--role", "r", "--on", "2026-03-01", "--text", "x"),
    ("committee", "opinions"),
    ("incident", "list"),
    ("work", "list"),
    ("export", "json", "out"),
    ("ledger", "key"),
    ("ledger", "checkpoint", "x.checkpoint"),
    ("ledger", "prove", "0", "x.proof"),
    ("purge", "--before", "2026-01-01"),
    ("alerts", "list"),
)


@pytest.mark.attack("ledger", "the file of the ledger is removed, emptied or replaced by a new one, beside evidence")
@pytest.mark.parametrize("loss", LOSSES)
def test_every_command_refuses_and_says_what_to_do(
    loss: str, audited: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tries: Tries
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(audited.governance, tmp_path / "backup")
    spoil, words = LOSSES[loss]
    spoil(audited.governance)
    shutil.copy(tmp_path / "backup", audited.home / "governance.sqlite.bak")
    left = audited.governance.read_bytes() if audited.governance.exists() else None
    for command in COMMANDS:
        done = run(audited, *command)
        tries.add()
        assert (done.exit_code, done.stdout) == (2, ""), command
        assert f"the ledger is lost: {words}" in done.stderr, command
        assert "what is in evidence" in done.stderr
        assert "newest backup (beside it: governance.sqlite.bak" in done.stderr
        assert "--start-new-ledger --reason" in done.stderr
    assert left == (audited.governance.read_bytes() if audited.governance.exists() else None)


@pytest.mark.attack("ledger", "the file of the ledger is removed, and only one other trace is left")
def test_each_trace_by_itself_shows_that_there_was_a_ledger(tmp_path: Path, tries: Tries) -> None:
    traces = {
        "evidence/" + "ab" * 32 + ".parquet": "in evidence shows",
        "evidence/" + "ab" * 32 + ".json": "in evidence shows",
        "documents/" + "ab" * 32: "in documents shows",
        "reports/boussole-2026-Q1-fr.pdf": "in reports shows",
        "keys/ledger.key": "in keys/ledger.key shows",
    }
    for at, (name, words) in enumerate(traces.items()):
        workspace = Workspace.create(tmp_path / str(at))
        (workspace.home / name).parent.mkdir(exist_ok=True)
        (workspace.home / name).write_bytes(b"x")
        for ask in (latest_audits, open_records, hold_ledger):
            tries.add()
            with pytest.raises(LostLedgerError, match=r"the ledger is lost: governance\.sqlite is missing") as raised:
                ask(workspace)
            assert words in str(raised.value)
        assert not workspace.governance.exists()


@pytest.mark.attack("ledger", "the file of the ledger is removed where a college keeps a checkpoint")
def test_the_checkpoint_that_a_backup_has_to_fit_is_named(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    shutil.copytree(scene.folder, scene.workspace.home / "agents")
    removed(scene.workspace.governance)
    (scene.workspace.home / "governance.sqlite-wal").write_bytes(b"a journal")
    done = scene.verify()
    assert done.exit_code == 2
    assert "beside it: governance.sqlite-wal" in done.stderr
    assert "the kept checkpoint agents/kept.checkpoint (7 entries)" in done.stderr
    assert (scene.workspace.home / "governance.sqlite-wal").read_bytes() == b"a journal"


def test_a_new_workspace_works_without_any_flag(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    evidence_of(workspace)  # a trial, or an audit that failed before its seal
    (workspace.reports / "drift").mkdir()
    (workspace.reports / "drift" / "page.html").write_text("x")
    assert latest_audits(workspace) == {}
    done = run(workspace, "verify", "--ledger")
    assert (done.exit_code, "There are no records yet: nothing was verified" in done.stderr) == (3, True)
    assert "the ledger has no entry yet" in run(workspace, "ledger", "key").stderr
    assert not list(workspace.keys.iterdir())
    open_records(workspace)
    assert latest_audits(workspace) == {}
    grow(workspace, [1])
    assert run(workspace, "ledger", "key").exit_code == 0


def test_a_first_seal_that_fails_leaves_no_trace_of_a_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = Workspace.create(tmp_path / "w")
    named = evidence_of(workspace)
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(b"%PDF a letter")
    kept = keep_file(workspace, letter)
    given = {"role": "r", "on": "2026-01-01", "indicator": "i", "answer": "kept", "valid_until": "2027-01-01"}

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("boussole.audits.ledger.append", full)
        attested = Attestation.model_validate({**given, "document": kept})
        for sealing in (lambda: save(workspace, named), lambda: seal(workspace, attested)):
            with pytest.raises(OSError, match="No space"):
                sealing()
            hold_ledger(workspace)
    seal(workspace, attested)
    save(workspace, named)
    assert len(list(workspace.evidence.iterdir())) == 2
    assert [path.name for path in (workspace.home / "documents").iterdir()] == [kept.sha256]
    found = verify_records(workspace)
    assert found is not None
    assert found.ok


def test_a_ledger_is_begun_anew_with_a_reason_that_is_told_for_ever(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    workspace = scene.workspace
    (workspace.evidence / "ab.parquet").write_bytes(b"counts")
    (workspace.reports / "boussole-2026-Q1-fr.pdf").write_bytes(b"%PDF")
    lost = workspace.governance.read_bytes()
    workspace.governance.rename(workspace.home / "elsewhere")
    emptied(workspace.governance)
    for wrong in ((), ("--reason", "x"), ("--start-new-ledger",), ("--start-new-ledger", "--reason", "  ")):
        assert run(workspace, "ledger", "begin", *wrong).exit_code == 2
        assert workspace.governance.read_bytes() == b""
    reason = "Le disque était mort, aucune sauvegarde « récente »."
    begun = run(workspace, "ledger", "begin", "--start-new-ledger", "--reason", reason)
    assert begun.exit_code == 0, begun.stderr
    (first,) = statements(workspace)
    assert (first.entry, first.statement.kind, first.statement.text) == (0, "ledger_start", reason)
    with sqlite3.connect(workspace.governance) as connection:
        kind, payload = connection.execute("SELECT kind, payload FROM entries").fetchone()
        (text,) = connection.execute("SELECT document FROM records").fetchone()
    assert (kind, json.loads(payload)["record"]) == ("ledger_start", sha256(text.encode()).hexdigest())
    sealed = {each["path"]: each["sha256"] for each in json.loads(text)["files"]}
    assert sealed["evidence/ab.parquet"] == sha256(b"counts").hexdigest()
    assert sealed["reports/boussole-2026-Q1-fr.pdf"] == sha256(b"%PDF").hexdigest()
    grow(workspace, [20])
    done = run(workspace, "verify", "--ledger")
    assert done.exit_code == 3
    told = f"started anew on {first.sealed_on} because: “{reason}”; {len(sealed)} files of the one before"
    assert told in done.stderr
    other = scene.verify()
    assert (other.exit_code, "it names another ledger" in other.stderr) == (1, True)  # another key, another origin
    assert run(workspace, "ledger", "key").stdout.strip() != scene.log
    assert run(workspace, "ledger", "begin", "--start-new-ledger", "--reason", "again").exit_code == 2
    (aside,) = workspace.home.glob("governance.sqlite.lost-*")
    assert aside.read_bytes() == b""
    assert lost == (workspace.home / "elsewhere").read_bytes()


@pytest.mark.attack("ledger", "evidence of a lost ledger is changed after a new one was begun")
def test_what_the_new_ledger_found_is_held_to_its_hash(audited: Workspace) -> None:
    removed(audited.governance)
    assert run(audited, "ledger", "begin", "--start-new-ledger", "--reason", "x").exit_code == 0
    counts, system = sorted(audited.evidence.iterdir(), key=lambda path: path.suffix, reverse=True)
    system.unlink()  # it may go
    assert run(audited, "verify", "--ledger").exit_code == 3
    counts.write_bytes(b"other counts")
    done = run(audited, "verify", "--ledger")
    assert (done.exit_code, f"{counts.name} was changed" in done.stderr) == (1, True)
