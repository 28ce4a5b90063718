"""A college cosigns what extends the checkpoint it keeps, and nothing else; proofs that travel without the ledger."""

from __future__ import annotations

import base64
import datetime as dt
from hashlib import sha256

import pytest

from boussole.audits import ledger
from boussole.audits.errors import LedgerError
from boussole.audits.ledger import merkle
from boussole.audits.ledger.checkpoint import (
    KEPT,
    KEY,
    Checkpoint,
    RefusedCheckpointError,
    cosign,
    found_college,
    kept_checkpoint,
    make_request,
    parse_request,
)
from boussole.audits.ledger.keys import SIGNATURE, check, make_key, parse_verifier
from boussole.audits.ledger.log import parse_proof, prove
from tests.audits.ledger.filled import fill, leaf

NOW = dt.datetime(2026, 11, 26, 9, 0, tzinfo=dt.UTC)
LOG = make_key("boussole/ledger/test", kind=SIGNATURE)
LEAVES = [leaf(number)[2] for number in range(40)]
OTHERS = [sha256(b"%d" % number).digest() for number in range(40)]


def request(size, *, old=0, leaves=LEAVES, log=LOG):
    """What the server of a ledger hands over."""
    root = merkle.tree_hash(leaves[:size]).hex()
    note = Checkpoint(origin=log.name, size=size, root=root).note.signed(log)
    path = merkle.consistency_proof(leaves[:size], first=old) if 0 < old <= size else []
    return make_request(note, old=old, path=path)


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "agents"
    found_college(folder, name="example.org/agents")
    return folder


@pytest.fixture
def keeping(folder):
    """A college that keeps a checkpoint of thirteen entries."""
    cosign(folder, request(13), log=LOG.verifier)
    return folder


def test_a_key_is_for_its_owner_only_and_made_once(folder):
    assert (folder / KEY).stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    with pytest.raises(LedgerError, match="holds a key already"):
        found_college(folder, name="example.org/agents")


def test_the_first_checkpoint_is_kept_with_its_cosignature_if_the_key_of_the_ledger_is_said(folder, tmp_path):
    with pytest.raises(LedgerError, match="not known yet"):
        cosign(folder, request(13))
    with pytest.raises(LedgerError, match="no key of a college"):
        cosign(tmp_path, request(13), log=LOG.verifier)
    assert not (folder / KEPT).exists()
    note = cosign(folder, request(13), log=LOG.verifier, at=NOW)
    public = parse_verifier((folder / "college.vkey").read_text(encoding="utf-8"))
    signers = check(note, [LOG.verifier, public]).signers
    assert [(each.key.name, each.at) for each in signers] == [(LOG.name, None), ("example.org/agents", NOW)]
    assert (folder / KEPT).read_text(encoding="utf-8") == str(note)
    assert kept_checkpoint(folder) == request(13).checkpoint


@pytest.mark.parametrize("size", [13, 14, 32, 40])
def test_what_extends_the_kept_one_is_cosigned_and_an_unchanged_ledger_needs_no_proof(keeping, size):
    given = request(size, old=13)
    handed = parse_request(str(given if size > 13 else given.note))
    assert size == 13 or handed == given
    cosign(keeping, handed)
    assert kept_checkpoint(keeping).size == size


@pytest.mark.parametrize(
    ("handed", "problem"),
    [
        (request(12), "entries were removed"),
        (request(13, leaves=OTHERS), "the ledger was rewritten"),
        (request(20, old=13, leaves=[*LEAVES[:5], OTHERS[5], *LEAVES[6:]]), "the ledger was rewritten"),
        (request(20, old=13, log=make_key(LOG.name, kind=SIGNATURE)), "not signed by the ledger's key"),
    ],
)
def test_what_does_not_extend_it_is_refused_and_not_kept(keeping, handed, problem):
    before = (keeping / KEPT).read_bytes()
    with pytest.raises(RefusedCheckpointError, match=problem):
        cosign(keeping, handed)
    assert (keeping / KEPT).read_bytes() == before


def test_a_proof_of_another_beginning_is_asked_for_again(keeping):
    for handed in (request(20).note, request(20, old=12)):
        with pytest.raises(LedgerError, match="does not show") as error:
            cosign(keeping, parse_request(str(handed)))
        assert not isinstance(error.value, RefusedCheckpointError)


def test_a_folder_belongs_to_one_ledger(keeping):
    other = make_key("boussole/ledger/other", kind=SIGNATURE)
    with pytest.raises(LedgerError, match="belongs to the ledger"):
        cosign(keeping, request(20, old=13, log=other), log=other.verifier)
    origin = Checkpoint(origin="boussole/ledger/other", size=20, root=merkle.tree_hash(LEAVES[:20]).hex())
    with pytest.raises(RefusedCheckpointError, match="another ledger"):
        cosign(keeping, parse_request(str(origin.note.signed(LOG))))


def test_a_kept_checkpoint_that_was_changed_is_not_believed(keeping):
    path = keeping / KEPT
    path.write_text(path.read_text(encoding="utf-8").replace("\n13\n", "\n12\n"), encoding="utf-8")
    with pytest.raises(LedgerError, match="was changed"):
        cosign(keeping, request(20, old=13))


@pytest.mark.parametrize("head", ["old 3 \n", "old -1\n", "old 3\nAAAA\n", "old 3\n" + ("A" * 43 + "=\n") * 64])
def test_a_request_that_cannot_be_read_is_told(head):
    with pytest.raises(LedgerError, match="cannot be read"):
        parse_request(f"{head}\n{request(13).note}")


@pytest.fixture(scope="module")
def proofs(tmp_path_factory):
    """The text of the proof of each of thirteen entries."""
    path = tmp_path_factory.mktemp("proofs") / "ledger.sqlite"
    fill(path, 20)
    with ledger.reader(path).begin() as connection:
        assert ledger.root(connection, size=13) == request(13).checkpoint.root
        with pytest.raises(LedgerError, match="no entry 13 among the first 13"):
            prove(connection, index=13, note=request(13).note)
        return [str(prove(connection, index=index, note=request(13).note)) for index in range(13)]


def test_a_proof_says_what_was_sealed_and_holds(proofs):
    for index, text in enumerate(proofs):
        proof = parse_proof(text)
        payload, time, _ = leaf(index)
        assert proof.holds
        assert str(proof) == text
        assert proof.entry["time"] == time
        assert f'"payload":{payload},' in proof.sealed.decode()
        assert text.startswith(
            f"c2sp.org/tlog-proof@v1\nextra {base64.b64encode(proof.sealed).decode()}\nindex {index}\n"
        )


def test_a_proof_does_not_hold_for_anything_else(proofs):
    text, other = proofs[5], parse_proof(proofs[6])
    sealed = base64.b64encode(parse_proof(text).sealed).decode()
    assert not parse_proof(text.replace("index 5", "index 4")).holds
    assert not parse_proof(text.replace(sealed, base64.b64encode(other.sealed).decode())).holds
    assert not parse_proof(text.replace("\n13\n", "\n30\n")).holds
    lines = text.split("\n")
    assert not parse_proof("\n".join([*lines[:3], *lines[4:]])).holds


@pytest.mark.parametrize(
    ("old", "new"),
    [("tlog-proof@v1", "tlog-proof@v2"), ("extra ", "extra !"), ("index 5\n", "index 5\nAAAA\n"), ("\n\n", "\n")],
)
def test_what_is_no_proof_is_refused(proofs, old, new):
    with pytest.raises(LedgerError, match="not a"):
        parse_proof(proofs[5].replace(old, new))


@pytest.mark.parametrize("sealed", [b"[]", b'{"kind":"audit"}', b"\xff", b"[" * 100_000])
def test_sealed_bytes_that_are_no_entry_are_told(proofs, sealed):
    proof = parse_proof(proofs[5])
    changed = str(proof).replace(base64.b64encode(proof.sealed).decode(), base64.b64encode(sealed).decode())
    with pytest.raises(LedgerError, match="no entry"):
        _ = parse_proof(changed).entry
