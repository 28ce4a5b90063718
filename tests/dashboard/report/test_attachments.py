"""What is attached to a report is what was sealed, held to its fingerprint: audits, charter, drift, hidden groups."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pypdf
import pytest
from jsonschema import Draft202012Validator
from pypdf.generic import ArrayObject

from boussole.audits.hashing import canonical_json
from boussole.audits.systems.model import System
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.charter.document.differences.drift_series import DriftSeriesDocument
from boussole.charter.drift.system_drift import FIGURES
from boussole.charter.records import latest_audits
from boussole.charter.schemas import drift_series_schema
from boussole.charter.text.loading import load_charter
from boussole.dashboard.report import write_report
from boussole.dashboard.report.attachments import check
from tests.dashboard.report.conftest import files_of, words
from tests.dashboard.test_drift_bad_input import Case, brought_in, same


@pytest.mark.costly
def test_the_attached_audits_are_the_sealed_documents(workspace: Workspace, french: pypdf.PdfReader) -> None:
    files = files_of(french)
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
def test_the_fingerprints_printed_are_those_of_the_files(workspace: Workspace, english: pypdf.PdfReader) -> None:
    files, text = files_of(english), words(english)
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    assert all(digest in text for name, digest in hashes.items() if name != "seals.json")
    assert all(name in text for name in files)
    judged = load_charter(workspace).sha256
    assert hashes[f"charter-{judged[:12]}.json"] == judged


@pytest.mark.costly
def test_a_small_group_is_hidden_on_paper_and_in_the_evidence(french: pypdf.PdfReader) -> None:
    assert "masqué (moins de 11 décisions)" in words(french)
    file = next(content for name, content in files_of(french).items() if name.startswith("audit-offers"))
    hidden = [m for m in json.loads(file)["measures"] if m["group"] == {"origin": "b"}]
    assert hidden
    assert {(m["value"], m["n"], m["interval"]) for m in hidden} == {(None, None, None)}


DRIFT = "drift-jobs-2026-03-31.json"


def shifted(frame: Any) -> Any:
    """A column that moves, one that starts to be empty, and a category never seen."""
    return frame.assign(
        distance=frame["distance"] + 8, other=np.nan, gender=np.where(frame.index % 5 == 0, "X", frame["gender"])
    )


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, System]:
    case = Case(months=(same, same, shifted), told=())
    workspace, system = brought_in(tmp_path_factory.mktemp("moved"), case, form="parquet")
    for end in (dt.date(2026, 2, 28), dt.date(2026, 3, 31)):
        run_audit(workspace, system, start=end.replace(day=1), end=end, as_of=dt.date(2026, 4, 2))
    return workspace, system


@pytest.fixture(scope="module")
def report(given: tuple[Workspace, System], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(given[0], period="2026-Q1", lang="en", out=tmp_path_factory.mktemp("out") / "report.pdf")


@pytest.fixture(scope="module")
def attached(report: Path) -> dict[str, bytes]:
    return files_of(pypdf.PdfReader(report))


def test_what_is_attached_is_one_model_and_comes_back_byte_for_byte(attached: dict[str, bytes]) -> None:
    document = json.loads(attached[DRIFT])
    assert [error.message for error in Draft202012Validator(drift_series_schema()).iter_errors(document)] == []
    assert canonical_json(DriftSeriesDocument.read(attached[DRIFT]).written()) == attached[DRIFT]
    metrics = {measure["id"].partition("/")[0] for window in document["windows"] for measure in window["measures"]}
    assert metrics == set(FIGURES)
    assert not [each for window in document["windows"] for each in window["measures"] if "edges" in each["params"]]
    document["windows"][-1]["measures"][0]["params"]["rows"] = [1]
    with pytest.raises(ValueError, match="rows"):
        DriftSeriesDocument.read(json.dumps(document))


@pytest.mark.costly
def test_what_is_attached_is_named_by_its_fingerprint_and_held_to_it(
    given: tuple[Workspace, System], report: Path, attached: dict[str, bytes], tmp_path: Path
) -> None:
    digest = hashlib.sha256(attached[DRIFT]).hexdigest()
    assert [each["sha256"] for each in json.loads(attached["seals.json"])["drift"]] == [digest]
    assert digest in words(pypdf.PdfReader(report)).replace(" ", "")
    assert check(report, workspace=given[0]).problems == ()
    forged = tmp_path / "forged.pdf"
    writer = pypdf.PdfWriter(clone_from=report)
    names = writer.root_object["/Names"]["/EmbeddedFiles"]["/Names"]  # type: ignore[index]
    assert isinstance(names, ArrayObject)
    for name, file in zip(names[::2], names[1::2], strict=True):
        if name == DRIFT:
            stream = file.get_object()["/EF"]["/F"].get_object()
            stream.set_data(attached[DRIFT].replace(b'"decisions":300', b'"decisions":301'))
    writer.write(forged)
    assert check(forged, workspace=given[0]).problems == (
        f"{DRIFT}: these are not the figures that the report was made with",
    )


@pytest.mark.costly
def test_a_report_tells_what_had_ended_by_its_period(given: tuple[Workspace, System], tmp_path: Path) -> None:
    text = words(pypdf.PdfReader(write_report(given[0], period="2026-02", lang="fr", out=tmp_path / "fevrier.pdf")))
    told = text[text.rindex("Ce qui a bougé, mois par mois") :]
    assert "Février 2026" in told
    assert "rien n’a bougé" in told
    assert "mars 2026" not in told[: told.index("Toutes les questions que personne")].lower()
