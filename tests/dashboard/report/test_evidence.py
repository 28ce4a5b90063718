"""What is attached is what was sealed, and what is printed is what is attached."""

from __future__ import annotations

import hashlib
import json

import pypdf
import pytest

from boussole.audits.workspace import Workspace
from boussole.charter.records import latest_audits
from boussole.charter.text.loading import load_charter
from tests.dashboard.report.conftest import words


def attached(pdf: pypdf.PdfReader) -> dict[str, bytes]:
    return {name: content for name, contents in pdf.attachments.items() for content in contents}


@pytest.mark.costly
def test_the_attached_audits_are_the_sealed_documents(workspace: Workspace, french: pypdf.PdfReader) -> None:
    files = attached(french)
    seals = {seal["system"]: seal for seal in json.loads(files["seals.json"])["audits"]}
    stored = latest_audits(workspace)
    assert set(seals) == set(stored) == {"offers", "checks"}
    for system_id, document in stored.items():
        seal = seals[system_id]
        kept = json.loads(files[seal["file"]])
        kept["evidence"] |= {"entry": seal["entry"], "root": seal["root"]}
        assert kept == document.written()
        assert hashlib.sha256(files[seal["file"]]).hexdigest() == seal["sha256"]


@pytest.mark.costly
def test_the_fingerprints_printed_are_those_of_the_attached_files(english: pypdf.PdfReader) -> None:
    files, text = attached(english), words(english)
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    assert all(digest in text for name, digest in hashes.items() if name != "seals.json")
    assert all(name in text for name in files)


def test_the_attached_charter_is_the_one_that_judged(workspace: Workspace, english: pypdf.PdfReader) -> None:
    sha256 = load_charter(workspace).sha256
    content = attached(english)[f"charter-{sha256[:12]}.json"]
    assert hashlib.sha256(content).hexdigest() == sha256


@pytest.mark.costly
def test_a_small_group_is_hidden_on_paper_and_in_the_evidence(french: pypdf.PdfReader) -> None:
    assert "masqué (moins de 11 décisions)" in words(french)
    file = next(content for name, content in attached(french).items() if name.startswith("audit-offers"))
    hidden = [m for m in json.loads(file)["measures"] if m["group"] == {"origin": "b"}]
    assert hidden
    assert {(m["value"], m["n"], m["interval"]) for m in hidden} == {(None, None, None)}
