"""`verify --ledger` holds files, clock and signatures: what was passed over is told, each with a code of its own."""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from boussole.audits.workspace import Workspace
from boussole.charter.record_types.kinds import Finding
from boussole.charter.records import keep_file, open_records, save_audit, seal
from boussole.charter.records.sealed_files import FileFault, verify_files
from tests.attacks import Tries
from tests.end_to_end.test_kept_checkpoint import Scene, date_back, document, plain_sqlite, rewrite, run
from tests.written import EVIDENCE

NAMES = [f"{sha256(content).hexdigest()}.{end}" for content, end in ((b"one", "parquet"), (b"two", "parquet"))]
BESIDE = f"{NAMES[0].partition('.')[0]}.csv"
SYSTEM = f"{sha256(b'declared').hexdigest()}.json"
LETTER = sha256(b"%PDF letter").hexdigest()
VERIFY = ("verify", "--ledger")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Entry 0 is the charter, 1 to 3 are audits, the third of the counts of the first; 4 rests on a letter."""
    made = Workspace.create(tmp_path / "w")
    made.unsealed.mkdir()
    for name, content in zip((*NAMES, SYSTEM), (b"one", b"two", b"declared"), strict=True):
        (made.unsealed / name).write_bytes(content)
    for day, name in enumerate((NAMES[0], NAMES[1], NAMES[0]), 1):
        named = {"cubes": f"sha256:{name.partition('.')[0]}", "system": f"sha256:{SYSTEM.partition('.')[0]}"}
        save_audit(made, document(day) | {"evidence": EVIDENCE | named})
    (tmp_path / "letter.pdf").write_bytes(b"%PDF letter")
    given = {"role": "r", "on": "2026-01-01", "authority": "a", "title": "t", "articles": ["equite"], "cap": "watch"}
    seal(made, Finding.model_validate({**given, "document": keep_file(made, tmp_path / "letter.pdf")}))
    return made


def test_files_as_they_were_sealed_are_counted(workspace: Workspace) -> None:
    done = run(workspace, *VERIFY)
    assert done.exit_code == 3
    assert "Files of evidence: 2, declarations of systems: 1, documents: 1; all are as sealed." in done.stderr
    assert "Nothing outside this file was compared: whoever can write it could have rewritten it all." in done.stderr


@pytest.mark.attack("evidence", "a file that sealed audits rest on is removed, edited, swapped or replaced")
@pytest.mark.parametrize(
    ("made", "told", "entry"),
    [
        ({NAMES[0]: None}, f"{NAMES[0]} is missing", 1),
        ({NAMES[1]: b"twp"}, f"{NAMES[1]} was changed", 2),
        (
            {NAMES[0]: b"two", NAMES[1]: b"one"},
            f"{NAMES[0]} holds what another sealed file should hold: they were swapped",
            1,
        ),
        ({SYSTEM: b"declarer"}, f"{SYSTEM} was changed", 1),
        ({NAMES[0]: b""}, f"{NAMES[0]} was changed", 1),
        ({NAMES[0]: Path.mkdir}, f"{NAMES[0]} is missing", 1),
        ({SYSTEM: os.mkfifo}, f"{SYSTEM} is missing", 1),
        ({BESIDE: b"other counts"}, f"{BESIDE} bears the name of a sealed file, and is not it", 1),
    ],
)
def test_a_file_that_is_not_as_sealed_is_named(
    workspace: Workspace, made: dict[str, bytes | Callable[[Path], None] | None], told: str, entry: int
) -> None:
    for name, content in made.items():
        path = workspace.evidence / name
        path.unlink(missing_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        elif content:
            content(path)
    done = run(workspace, *VERIFY)
    assert done.exit_code == 1
    assert f"evidence/{told}; entry {entry} rests on it." in done.stderr


@pytest.mark.attack("evidence", "every byte of a sealed evidence file is changed, one at a time")
def test_every_changed_byte_is_found(workspace: Workspace, tries: Tries) -> None:
    for name, content in ((NAMES[0], b"one"), (SYSTEM, b"declared")):
        path = workspace.evidence / name
        for at in range(len(content)):
            path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
            tries.add()
            (bad,) = verify_files(workspace).bad
            assert (bad.path, bad.fault) == (f"evidence/{name}", FileFault.changed)
        path.write_bytes(content)
    assert verify_files(workspace).ok


@pytest.mark.attack("evidence", "a document that a record rests on is changed")
def test_a_changed_document_fails(workspace: Workspace) -> None:
    (workspace.home / "documents" / LETTER).write_bytes(b"%PDF lettre")
    assert run(workspace, *VERIFY).exit_code == 1


def test_a_file_that_nobody_names_is_a_note(workspace: Workspace) -> None:
    (workspace.evidence / f"{'cd' * 32}.parquet").write_bytes(b"a trial of an earlier version")
    (workspace.evidence / NAMES[0]).with_suffix(".part77").write_bytes(b"what a killed process left")
    done = run(workspace, *VERIFY)
    assert done.exit_code == 3
    assert "Files that no sealed record names, and that count for nothing: 2." in done.stderr


@pytest.mark.costly
def test_a_large_file_is_hashed_in_pieces(workspace: Workspace) -> None:
    import resource

    size = 600_000_000
    with (workspace.evidence / NAMES[0]).open("wb") as file:
        file.truncate(size)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert not verify_files(workspace).ok
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < size / 10


@pytest.mark.attack(
    "ledger", "the clock is set back, or an entry is given an earlier time and all hashes are made anew"
)
def test_time_that_goes_backwards_is_told(workspace: Workspace) -> None:
    with plain_sqlite(workspace) as connection:
        date_back(connection, 2)
        rewrite(connection)
        before = connection.execute("SELECT time FROM entries WHERE position = 1").fetchone()[0]
    done = run(workspace, *VERIFY)
    assert done.exit_code == 4
    assert "The clock went back between entries, 1 times: the entries hold" in done.stderr
    assert f"entry 2 is of 2020-01-01T00:00:00Z, the one before it of {before}" in done.stderr
    (workspace.evidence / NAMES[0]).unlink()
    assert run(workspace, *VERIFY).exit_code == 1


@pytest.mark.attack("ledger", "a checkpoint without a verified signature is given as proof")
def test_what_was_not_verified_has_a_code_of_its_own(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    signed = scene.verify()
    assert signed.exit_code == 0
    assert not any(words in signed.stderr for words in ("Nothing outside", "Nobody's signature"))
    unsigned = run(scene.workspace, *VERIFY, "--checkpoint", scene.kept)
    assert unsigned.exit_code == 3
    assert "whoever can write the checkpoint could have made it" in unsigned.stderr
    assert run(scene.workspace, *VERIFY).exit_code == 3
    own = run(scene.workspace, *VERIFY, "--checkpoint", scene.kept, "--key", scene.log)
    assert own.exit_code == 0


def test_a_checkpoint_is_signed_while_a_file_is_missing(workspace: Workspace, tmp_path: Path) -> None:
    """It fixes the entries; whoever keeps it is told of the file by `verify`."""
    (workspace.evidence / NAMES[0]).unlink()
    assert run(workspace, "ledger", "checkpoint", tmp_path / "x.checkpoint").exit_code == 0
    assert open_records(workspace)
