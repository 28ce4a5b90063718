"""Signed notes, cosignatures, checkpoints and proofs: published examples, and what a college cosigns and what not."""

from __future__ import annotations

import base64
import datetime as dt
import re
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    parse_checkpoint,
    parse_request,
)
from boussole.audits.ledger.keys import (
    COSIGNATURE,
    SIGNATURE,
    Note,
    SigningKey,
    check,
    make_key,
    parse_note,
    parse_signer,
    parse_verifier,
)
from boussole.audits.ledger.log import parse_proof, prove
from boussole.audits.ledger.outside import timestamp_request, timestamped_at
from boussole.audits.signing.key import known_key, workspace_key
from tests.audits.ledger.filled import fill, leaf

# The example of Go's package golang.org/x/mod/sumdb/note, which the specification describes.
GO_PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"  # noqa: S105
GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GO_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)

# The log with one entry against which witnesses are tested in public.
TEST_LOG = "geomys.org/witness/test-log+c0787ff4+AeMb5VOzy60PTGdGmLPxOKGAa0jNyDGsgv2rnprGju1t"
TEST_CHECKPOINT = """\
geomys.org/witness/test-log
1
BCml5C32yqMcl0gjTrcSOeNVx59oPnSdytBzDGBO5k0=

— geomys.org/witness/test-log wHh/9BPsoBNr2x0Ol3qPBYasIN0HI2ZiBg5ac0v3LQq/7F+YO7U4oWbDeJn1VaWVrlbSEM30Gr7WWYQjj2SBxRoJ/Ao=
"""  # noqa: E501

# A checkpoint of a certificate log, with the cosignature of a public witness.
WITNESS = "witness.navigli.sunlight.geomys.org+a3e00fe2+BNy/co4C1Hn1p+INwJrfUlgz7W55dSZReusH/GhUhJ/G"
COSIGNED = """\
coachandhorses2026h1.staging.certificate.transparency.goog
185550722
YXAM0VmnrfvLaBCOOYSJhCaE5F10oGBOo+hkbDa1kng=

— coachandhorses2026h1.staging.certificate.transparency.goog MpXgsHy8ZwxXnO+WjtVrPxAzL49Rs1gWTkNVNeEa//5peAzaocRCB3qt3EaibjzY5GILLtGgBP7dBhgcSHy+JQh0OAc=
— witness.navigli.sunlight.geomys.org o+AP4gAAAABqb7DzNrGFRJnQ9vrJ8xpnwZytnr/ZYczDIsvwvouiSjwOjn7a72ccxBk+lKnZ7dKqkYKER1s/KxLTaVwQD7lJZTC/CQ==
"""  # noqa: E501

# The example of the specification tlog-cosignature; it gives the time, not the keys.
SPECIFIED = """\
example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""  # noqa: E501


def test_the_example_of_go_is_signed_as_published():
    key = parse_signer(GO_SECRET)
    note = Note(GO_TEXT).signed(key)
    assert str(note) == f"{GO_TEXT}\n{GO_LINE}"
    assert str(key.verifier) == GO_PUBLIC
    assert key.secret_text == GO_SECRET


def test_the_example_of_go_verifies_and_breaks_with_one_letter():
    note, key = parse_note(f"{GO_TEXT}\n{GO_LINE}"), parse_verifier(GO_PUBLIC)
    assert [signer.key for signer in check(note, [key]).signers] == [key]
    other = check(replace(note, text=GO_TEXT.replace("problem is", "problem was")), [key])
    assert (other.signers, other.forged) == ((), (key,))


def test_a_published_checkpoint_verifies():
    note, checkpoint = parse_checkpoint(TEST_CHECKPOINT)
    assert (checkpoint.origin, checkpoint.size) == ("geomys.org/witness/test-log", 1)
    assert checkpoint.root == "0429a5e42df6caa31c9748234eb71239e355c79f683e749dcad0730c604ee64d"
    assert checkpoint.note.text == note.text
    assert len(check(note, [parse_verifier(TEST_LOG)]).signers) == 1


def test_a_cosignature_of_a_public_witness_verifies_with_its_time_and_stands_for_it():
    (note, checkpoint), key = parse_checkpoint(COSIGNED), parse_verifier(WITNESS)
    (signer,) = check(note, [key]).signers
    assert checkpoint.size == 185550722
    assert signer.at == dt.datetime.fromtimestamp(0x6A6FB0F3, dt.UTC)
    line = note.signatures[1]
    later = replace(line, value=(0x6A6FB0F4).to_bytes(8, "big") + line.value[8:])
    assert check(replace(note, signatures=(later,)), [key]).forged == (key,)


def test_the_example_of_the_specification_is_read_as_described():
    note, checkpoint = parse_checkpoint(SPECIFIED)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    log, witness = note.signatures
    assert (log.name, len(log.value)) == ("example.com/behind-the-sofa", 64)
    assert (witness.name, len(witness.value)) == ("witness.example.com/w1", 72)
    assert int.from_bytes(witness.value[:8], "big") == 1679315147
    assert str(note) == SPECIFIED


def test_lines_of_unknown_keys_are_ignored():
    note = Note("text\n").signed(make_key("example.org/a", kind=SIGNATURE))
    other = make_key("example.org/a", kind=SIGNATURE).verifier
    found = check(note, [other])
    assert (found.signers, found.forged) == ((), ())


def test_a_secret_never_shows_in_messages():
    key = make_key("example.org/college", kind=COSIGNATURE)
    secret = key.secret_text.split("+", 4)[4]  # in Base64, where a plus is a letter
    assert len(secret) == 44
    assert secret not in f"{key} {key!r}"
    with pytest.raises(LedgerError) as error:
        parse_signer(key.secret_text.replace("college", "colleges"))
    assert secret not in str(error.value)


LONG = GO_PUBLIC.removeprefix("PeterNeumann+c74f20a3")


@pytest.mark.parametrize(
    ("read", "texts"),
    [
        (parse_verifier, ["example.org/log+00000000+AAAA", f"a b+00000000{LONG}", GO_SECRET, "x" * 10_000]),
        (parse_verifier, [GO_PUBLIC.replace("+AR", "+Ag")]),
        (parse_signer, ["", GO_PUBLIC, GO_SECRET[:-4], "PRIVATE+KEY+a+b"]),
        (partial(make_key, kind=SIGNATURE), ["", "two words", "a+b", "a\u2003b", "x" * 201]),
    ],
)
def test_what_is_no_key_and_no_name_is_refused(read, texts):
    for text in texts:
        with pytest.raises(LedgerError, match="one word" if isinstance(read, partial) else None):
            read(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "text\n",
        GO_TEXT + "\n" + GO_LINE.rstrip("\n"),
        GO_TEXT + "\n" + GO_LINE.replace("— ", "- "),
        GO_TEXT.replace("\n", "\r\n") + "\n" + GO_LINE,
        GO_TEXT + "\n" + GO_LINE + "\n",
        "a" * 200_000,
    ],
)
def test_what_is_no_note_is_refused(text):
    with pytest.raises(LedgerError, match="not a signed note"):
        parse_note(text)


@pytest.mark.parametrize(
    ("old", "new"),
    [("\n1\n", "\n01\n"), ("\n1\n", "\n1e3\n"), ("\n1\n", "\n"), ("5k0=", "5k1="), ("BCml5C32", "BCml")],
)
def test_what_is_no_checkpoint_is_refused(old, new):
    with pytest.raises(LedgerError, match="not a checkpoint"):
        parse_checkpoint(TEST_CHECKPOINT.replace(old, new, 1))


def test_extension_lines_of_others_are_read():
    key = make_key("example.org/log", kind=SIGNATURE)
    note = replace(parse_note(TEST_CHECKPOINT), text=parse_note(TEST_CHECKPOINT).text + "more\n").signed(key)
    assert parse_checkpoint(str(note))[1].size == 1


texts = st.text(st.characters(min_codepoint=32, exclude_categories=("Cs",)), min_size=1, max_size=30)


@given(lines=st.lists(texts, min_size=1, max_size=5), seed=st.binary(min_size=32, max_size=32))
def test_what_is_signed_is_read_again_as_it_was(lines, seed):
    key = SigningKey("example.org/log", SIGNATURE, seed)
    note = Note("\n".join(lines) + "\n").signed(key)
    again = parse_note(str(note))
    assert again == note
    assert len(check(again, [key.verifier]).signers) == 1


def test_a_workspace_signs_with_one_key_that_names_nobody(tmp_path):
    folder = tmp_path / "keys"
    assert known_key(folder) is None
    assert not folder.exists()
    key = workspace_key(folder)
    assert known_key(folder) == workspace_key(folder) == key
    assert re.fullmatch(r"boussole/ledger/[0-9a-f]{32}", key.name)
    assert key.name.endswith(sha256(key.verifier.public).hexdigest()[:32])
    (file,) = folder.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert workspace_key(tmp_path / "other").name != key.name


FILES = Path(__file__).parent / "timestamp"
REPLY = (FILES / "reply.tsr").read_bytes()
ROOT = (FILES / "root.pem").read_bytes()
NOTE = parse_note(TEST_CHECKPOINT)


def test_a_request_asks_for_the_hash_of_the_text():
    """Read by hand as DER: version 1, SHA-256, the digest, and that the certificate is wanted."""
    algorithm = bytes.fromhex("300d06096086480165030402010500")
    imprint = b"\x30\x31" + algorithm + b"\x04\x20" + sha256(NOTE.text.encode()).digest()
    body = b"\x02\x01\x01" + imprint + b"\x01\x01\xff"
    assert timestamp_request(NOTE) == b"\x30" + bytes([len(body)]) + body


def test_a_reply_says_when():
    assert timestamped_at(NOTE, reply=REPLY, authorities=ROOT) == dt.datetime(2026, 11, 26, 5, 6, 29, tzinfo=dt.UTC)


def test_a_later_cosignature_does_not_void_it():
    cosigned = NOTE.signed(make_key("example.org/college", kind=COSIGNATURE))
    assert timestamped_at(cosigned, reply=REPLY, authorities=ROOT).year == 2026


@pytest.mark.parametrize(
    ("note", "reply", "root", "problem"),
    [
        (replace(NOTE, text=NOTE.text.replace("1", "2")), REPLY, ROOT, "does not stamp this checkpoint"),
        (NOTE, REPLY, (FILES / "other-root.pem").read_bytes(), "does not stamp this checkpoint"),
        (NOTE, REPLY[:-3] + b"\0\0\0", ROOT, "does not stamp this checkpoint"),
        (NOTE, bytes.fromhex("30053003020102"), ROOT, "does not stamp this checkpoint"),
        (NOTE, b"", ROOT, "cannot be read"),
        (NOTE, REPLY[:100], ROOT, "cannot be read"),
        (NOTE, REPLY, b"no certificate", "no certificate"),
    ],
)
def test_what_is_no_timestamp_of_it_is_refused(note, reply, root, problem):
    with pytest.raises(LedgerError, match=problem):
        timestamped_at(note, reply=reply, authorities=root)


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
