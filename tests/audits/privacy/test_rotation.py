"""A rotation changes every pseudonym and loses no linkage; buckets and counts stay."""

from __future__ import annotations

from pathlib import Path

import pytest

from boussole.audits.errors import PrivacyError
from boussole.audits.privacy import keys
from boussole.audits.retention.rotation import RotationResult, rotate
from boussole.audits.systems import System
from boussole.audits.workspace import Workspace
from tests.audits.privacy.helpers import cubes, files_of, found_in_clear, found_when_opened, load, rows_of
from tests.audits.privacy.test_keys import hmac_128

pytestmark = pytest.mark.costly
PEOPLE = "SELECT row, bucket, person FROM lake.loans.decisions ORDER BY batch, row"


def test_new_pseudonyms_are_the_hmac_of_the_old_ones(workspace: Workspace) -> None:
    before = rows_of(workspace, PEOPLE)
    assert rotate(workspace) == RotationResult(keys=2, columns=12)  # agents and people controlled among them
    first, second = keys.ring(workspace.keys, "pseudonym")
    after = rows_of(workspace, PEOPLE)
    assert after == [(row, bucket, hmac_128(second, str(person))) for row, bucket, person in before]
    (ref,) = rows_of(workspace, "SELECT id FROM lake.loans.decisions WHERE f_income = 7")
    assert ref == (hmac_128(second, hmac_128(first, "n7")),)


def test_rows_that_come_later_meet_those_that_were_there(workspace: Workspace, loans: System, tmp_path: Path) -> None:
    for _ in range(2):
        rotate(workspace)
    load(workspace, tmp_path, "outcomes", "late", "n3,true,2026-10-30")
    assert rows_of(workspace, "SELECT outcome FROM lake.loans.decisions WHERE f_income = 3") == [(1,)]
    load(workspace, tmp_path, "contacts", "again", "P1,2026-10-01,mail", "P1,2026-10-09,mail")
    assert rows_of(workspace, "SELECT count(*), count(DISTINCT person) FROM lake.loans.contacts") == [(3, 2)]
    known, new = (f"n{n},2026-10-03,yes,0.5,P7,o,t,F,n,{n}" for n in (7, 99))
    load(workspace, tmp_path, "decisions", "again", known, new)
    counted = "count(*), count(DISTINCT person), count(DISTINCT bucket)"
    of_one = rows_of(workspace, f"SELECT {counted} FROM lake.loans.decisions WHERE f_income IN (7, 99)")
    assert of_one == [(2, 1, 1)]


def test_no_file_holds_an_old_pseudonym_or_a_key(workspace: Workspace) -> None:
    named = rows_of(workspace, "SELECT DISTINCT unnest([id, person]) FROM lake.loans.decisions")
    old = [str(row[0]).encode() for row in named]
    assert len(found_when_opened(workspace, old)) > len(old)
    assert found_in_clear(workspace, old)
    rotate(workspace)
    assert found_in_clear(workspace, old) == set()
    assert found_when_opened(workspace, old) == set()
    every = [path.read_bytes() for path in workspace.keys.glob("*.key")]
    assert len(every) == 4
    assert found_in_clear(workspace, [form for key in every for form in (key, key.hex().encode())]) == set()
    assert len(files_of(workspace)) > 5


def test_counts_buckets_and_texts_stay(workspace: Workspace) -> None:
    before = cubes(workspace)
    rotate(workspace)
    assert cubes(workspace) == before
    assert found_when_opened(workspace, [b"inCANARY", b"maybe"])
    assert keys.numbers(workspace.keys, "text") == [2]  # the old key of texts opens nothing any more


def test_it_refuses_what_would_lose_linkage(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(PrivacyError, match="nothing was imported yet"):
        rotate(Workspace.create(tmp_path / "empty"))
    inode = workspace.catalogue.stat().st_ino
    ring = workspace.keys / "pseudonym.key"
    ring.rename(tmp_path / "kept")
    with pytest.raises(PrivacyError, match="linkage would be lost"):
        rotate(workspace)
    (tmp_path / "kept").replace(ring)
    (workspace.home / "systems" / "loans.yaml").rename(tmp_path / "loans.yaml")
    with pytest.raises(PrivacyError, match="'loans', whose file is gone"):
        rotate(Workspace(workspace.home))
    (tmp_path / "loans.yaml").rename(workspace.home / "systems" / "loans.yaml")
    (workspace.keys / "text.key").rename(tmp_path / "text.key")
    keys.add(workspace.keys, "text", 1)
    with pytest.raises(PrivacyError, match="cannot be read with the keys that are there; nothing was changed"):
        rotate(Workspace(workspace.home))
    assert workspace.catalogue.stat().st_ino == inode
