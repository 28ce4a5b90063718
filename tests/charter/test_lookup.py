"""Where the ledger knows a file from: its own hash, a record that rests on it, the evidence of an audit."""

from __future__ import annotations

import datetime as dt
import hashlib
import json

import pytest

from boussole.audits.workspace import Workspace
from boussole.charter.record_types.kinds import Attestation, Recommendation
from boussole.charter.records import keep_file, save_audit, seal
from boussole.charter.records.store.audits import How, audits_alike, fingerprints, places_of
from tests.written import audit_document

COUNTS = b"counts of an audit"


def document(value=1):
    evidence = {"cubes": f"sha256:{hashlib.sha256(COUNTS).hexdigest()}"}
    measures = [{"id": "selection_rate", "value": value}]
    return audit_document("matchft", start="2026-07-01", end="2026-09-30", evidence=evidence, measures=measures)


@pytest.fixture
def workspace(tmp_path):
    """Entry 0 is the charter, 1 an audit, 2 an attestation that rests on a document."""
    workspace = Workspace.create(tmp_path / "workspace")
    save_audit(workspace, document())
    (tmp_path / "signed.pdf").write_bytes(b"%PDF signed by hand")
    said = {"role": "Direction", "on": dt.date(2026, 11, 1), "indicator": "purpose", "answer": "kept"}
    document_ = keep_file(workspace, tmp_path / "signed.pdf")
    seal(workspace, Attestation(**said, valid_until=dt.date(2027, 11, 1), document=document_))
    return workspace


def known(workspace, content):
    return [(place.entry, place.how) for place in places_of(workspace, fingerprints(content))]


def test_an_audit_is_known_however_it_is_written_and_so_is_what_records_rest_on(workspace):
    sealed = document() | {"evidence": document()["evidence"] | {"entry": 1, "root": "ab"}}
    for written in (
        json.dumps(document(), indent=2),
        json.dumps(sealed),
        json.dumps(document(), sort_keys=True, separators=(",", ":")),
    ):
        assert known(workspace, written.encode()) == [(1, How.itself)]
    assert known(workspace, b"%PDF signed by hand") == [(2, How.attached)]
    assert known(workspace, COUNTS) == [(1, How.evidence)]


@pytest.mark.parametrize("content", [b"anything else", b"{", b"[1, 2]", b"\xff\xfe", b"NaN", b"[" * 100_000, b'"%"'])
def test_other_files_are_not_known(workspace, content):
    assert known(workspace, content) == []


def test_a_changed_audit_is_not_known_but_its_like_is(workspace):
    assert known(workspace, json.dumps(document(value=2)).encode()) == []
    assert audits_alike(workspace, system="matchft", start="2026-07-01", end="2026-09-30") == [1]
    assert audits_alike(workspace, system="matchft", start="2026-07-01", end="2026-09-29") == []


def test_a_workspace_without_records_knows_nothing(tmp_path):
    empty = Workspace.create(tmp_path / "empty")
    assert places_of(empty, fingerprints(b"x")) == []
    assert audits_alike(empty, system="a", start="b", end="c") == []
    assert not empty.governance.exists()


@pytest.mark.attack("ledger", "a record's text names the fingerprint of a forged file")
@pytest.mark.parametrize("text", ["{}", 'sha256":"{}', '"sha256":"{}"', 'see {"sha256":"{}"}'])
def test_a_fingerprint_that_somebody_typed_vouches_for_nothing(workspace, text):
    forged = b"%PDF all promises kept"
    typed = text.replace("{}", hashlib.sha256(forged).hexdigest())
    said = {"role": "Committee", "on": dt.date(2026, 11, 2), "addressee": "Direction", "outside": False}
    seal(workspace, Recommendation(**said, body=typed, due_on=dt.date(2026, 12, 2)))
    assert known(workspace, forged) == []
