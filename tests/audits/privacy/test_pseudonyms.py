"""Pseudonyms agree with Python's hmac, buckets do not depend on them, and a lake refuses other keys."""

from __future__ import annotations

import hashlib
import hmac
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from boussole.audits.errors import PrivacyError
from boussole.audits.lake import writing
from boussole.audits.privacy import keys
from boussole.audits.privacy.pseudonyms import bucket, pseudonym, set_key, set_keys
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
