"""Sealed texts: readable with their key only, whole or not at all."""

from __future__ import annotations

import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from boussole.audits.errors import PrivacyError
from boussole.audits.privacy import keys
from boussole.audits.privacy.text import seal, unseal
from boussole.audits.workspace import Workspace

TEXTS = ["Bonjour\u00a0!", None, "", "a" * 100_000, "\x00\ud800"]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "w")


def test_it_is_aes_256_gcm_with_the_header_authenticated(workspace: Workspace) -> None:
    """Read by the library alone, from the layout that the module's docstring gives; and by ours."""
    sealed, *others = seal(workspace, ["secret", *TEXTS])
    assert sealed is not None
    assert others[1] is None
    assert unseal(workspace, others) == TEXTS
    cipher = AESGCM((workspace.keys / "text.key").read_bytes())
    assert cipher.decrypt(sealed[5:17], sealed[17:], sealed[:5]) == b"secret"


def test_the_same_text_never_seals_to_the_same_bytes(workspace: Workspace) -> None:
    assert len(set(seal(workspace, ["yes"] * 1000))) == 1000


def test_the_key_is_its_owners_alone(workspace: Workspace) -> None:
    seal(workspace, ["x"])
    assert stat.S_IMODE((workspace.keys / "text.key").stat().st_mode) == 0o600
    assert [path.name for path in workspace.keys.iterdir()] == ["text.key"]


def test_texts_of_an_older_key_stay_readable(workspace: Workspace) -> None:
    old = seal(workspace, ["before"])
    keys.add(workspace.keys, "text", 2)
    new = seal(workspace, ["after"])
    assert unseal(workspace, [*old, *new]) == ["before", "after"]
    assert (old[0] or b"")[:5] != (new[0] or b"")[:5]


@pytest.mark.parametrize("place", [0, 5, 17, -1])
def test_changed_bytes_are_an_error_without_the_text(workspace: Workspace, place: int) -> None:
    (sealed,) = seal(workspace, ["canary-text"])
    changed = bytearray(sealed or b"")
    changed[place] ^= 1
    with pytest.raises(PrivacyError, match="was changed after it was sealed") as caught:
        unseal(workspace, [bytes(changed)])
    assert "canary" not in str(caught.value)


def test_a_missing_key_is_told_from_changed_bytes(workspace: Workspace) -> None:
    sealed = seal(workspace, ["x"])
    (workspace.keys / "text.key").unlink()
    for _ in range(2):  # without any key, then with another one
        with pytest.raises(PrivacyError, match=r"the key [0-9a-f]{8} of a sealed text is not there.*backup"):
            unseal(workspace, sealed)
        seal(workspace, ["another key is made"])


def test_a_gap_in_the_ring_and_a_short_key_are_errors(workspace: Workspace) -> None:
    seal(workspace, ["x"])
    shutil.copy(workspace.keys / "text.key", workspace.keys / "text-3.key")
    with pytest.raises(PrivacyError, match=r"text-2\.key is missing"):
        seal(workspace, ["x"])
    (workspace.keys / "text-3.key").unlink()
    (workspace.keys / "text.key").write_bytes(b"short")
    with pytest.raises(PrivacyError, match=r"text\.key does not hold 32 bytes"):
        seal(workspace, ["x"])


def test_processes_that_start_together_agree_on_one_key(workspace: Workspace) -> None:
    code = (
        "import sys; from pathlib import Path; from boussole.audits.privacy import keys; sys.stdin.readline(); "
        "print(keys.ensure(Path(sys.argv[1]), 'text')[0].hex())"
    )
    command = [sys.executable, "-c", code, str(workspace.keys)]
    pipe = subprocess.PIPE
    running = [subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) for _ in range(6)]
    for process in running:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    said = {process.communicate(timeout=60)[0] for process in running}
    assert said == {(workspace.keys / "text.key").read_bytes().hex() + "\n"}
    assert len(list(workspace.keys.iterdir())) == 1
