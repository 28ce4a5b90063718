"""Timestamps against OpenSSL: `reply.tsr` is what `openssl ts` answered, with an authority made for tests."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from boussole.audits.errors import LedgerError
from boussole.audits.ledger.keys import COSIGNATURE, make_key, parse_note
from boussole.audits.ledger.outside import timestamp_request, timestamped_at
from tests.audits.ledger.test_notes import TEST_CHECKPOINT

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
