"""Pseudonyms and buckets agree with Python's hmac, sealed texts open with their key alone, whole or not at all."""

from __future__ import annotations

import hashlib
import hmac
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from boussole.audits.errors import PrivacyError
from boussole.audits.lake import writing
from boussole.audits.privacy import keys
from boussole.audits.privacy.pseudonyms import bucket, pseudonym, set_key, set_keys
from boussole.audits.privacy.text import seal, unseal
from boussole.audits.workspace import Workspace

TEXTS = ["p1", "", "é" * 200, "x" * 64]
K1, K2, KB = bytes(range(32)), bytes(range(1, 33)), b"b" * 32


def hmac_128(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:32]


def of(connection: duckdb.DuckDBPyConnection, sql: str, text: str | None) -> object:
    row = connection.execute(f"SELECT {sql} FROM (SELECT ?::VARCHAR AS x)", [text]).fetchone()
    return row and row[0]


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        yield opened


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "w")


@pytest.mark.parametrize("text", TEXTS)
def test_a_chain_of_keys_is_hmac_of_hmac_and_buckets_come_from_their_own_key_alone(
    connection: duckdb.DuckDBPyConnection, text: str
) -> None:
    expected = int(hashlib.sha256(KB + text.encode()).hexdigest()[:12], 16) % 40
    for ring, said in (([K1], hmac_128(K1, text)), ([K1, K2], hmac_128(K2, hmac_128(K1, text)))):
        set_keys(connection, ring, KB)
        assert (of(connection, pseudonym("x"), text), of(connection, bucket("x"), text)) == (said, expected)
    assert of(connection, pseudonym("x"), None) is of(connection, bucket("x"), None) is None


def test_buckets_are_evenly_filled(connection: duckdb.DuckDBPyConnection) -> None:
    """Chi-square of 40 buckets: 39 degrees of freedom, 99.9 % quantile 72.1 (NIST tables)."""
    set_keys(connection, [K1], KB)
    counted = f"SELECT {bucket('i::VARCHAR')} AS b, count(*) FROM range(40000) r(i) GROUP BY b"
    found = connection.execute(counted).fetchall()
    assert len(found) == 40
    assert sum((n - 1000) ** 2 / 1000 for _, n in found) < 72.1


def test_no_function_and_no_error_holds_a_key(connection: duckdb.DuckDBPyConnection) -> None:
    """Nor the padded forms of it, which are what a connection is given."""
    set_keys(connection, [K1, K2], KB)
    said = repr(connection.execute("FROM duckdb_functions() WHERE NOT internal").fetchall())
    assert "boussole_pseudonym" in said
    for wrong in (pseudonym("no_such_column"), f"CAST({pseudonym('x')} AS INTEGER)", f"error({bucket('x')}::VARCHAR)"):
        with pytest.raises(duckdb.Error) as caught:
            connection.execute(f"SELECT {wrong} FROM (SELECT 'a' || i AS x FROM range(3) r(i))").fetchall()
        said += str(caught.value)
    pads = [bytes(byte ^ pad for byte in key) for key in (K1, K2, KB) for pad in (0, 0x36, 0x5C)]
    for form in pads:
        assert form[:8].hex() not in said.lower()
        assert repr(form)[2:10] not in said
        assert form[:8].decode("latin-1") not in said


@pytest.mark.costly
def test_a_lake_refuses_other_keys_and_ignores_a_rotation_that_never_ended(workspace: Workspace) -> None:
    with writing(workspace) as connection:
        set_key(connection, workspace)
    first = keys.ring(workspace.keys, "pseudonym")[0]
    keys.add(workspace.keys, "pseudonym", 2)
    with writing(workspace) as connection:
        set_key(connection, workspace)
        assert of(connection, pseudonym("x"), "p1") == hmac_128(first, "p1")
    for name in ("pseudonym", "bucket"):
        shutil.move(workspace.keys / f"{name}.key", workspace.keys / "kept")
        (workspace.keys / f"{name}.key").write_bytes(K1)
        with writing(workspace) as connection, pytest.raises(PrivacyError, match=f"'{name}' are not those.*linkage"):
            set_key(connection, workspace)
        shutil.move(workspace.keys / "kept", workspace.keys / f"{name}.key")


def test_a_new_lake_takes_the_whole_ring(workspace: Workspace) -> None:
    made = [keys.add(workspace.keys, "pseudonym", number) for number in (1, 2)]
    with writing(workspace) as connection:
        set_key(connection, workspace)
        assert of(connection, pseudonym("x"), "p1") == hmac_128(made[1], hmac_128(made[0], "p1"))


SEALED = ["Bonjour\u00a0!", None, "", "a" * 100_000, "\x00\ud800"]


def test_it_is_aes_256_gcm_with_the_header_authenticated(workspace: Workspace) -> None:
    """Read by the library alone, from the layout that the module's docstring gives; and by ours."""
    sealed, *others = seal(workspace, ["secret", *SEALED])
    assert sealed is not None
    assert others[1] is None
    assert unseal(workspace, others) == SEALED
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
