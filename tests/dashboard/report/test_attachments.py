"""A report as a file: it holds what was sealed, each change of it is found, it is PDF/A-3a and PDF/UA-1."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pypdf
import pytest
from click.testing import Result
from jsonschema import Draft202012Validator
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject
from typer.testing import CliRunner

from boussole.audits.errors import ReportError
from boussole.audits.hashing import canonical_json
from boussole.audits.systems.model import System
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.charter.document.differences.drift_series import DriftSeriesDocument
from boussole.charter.drift.system_drift import FIGURES
from boussole.charter.records import latest_audits
from boussole.charter.schemas import drift_series_schema
from boussole.charter.text.loading import load_charter
from boussole.dashboard.cli.main import app
from boussole.dashboard.report import write_report
from boussole.dashboard.report.attachments import check
from tests.dashboard.report.conftest import files_of, make_workspace, words
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


@pytest.fixture(params=["fr", "en"])
def pdf(request: pytest.FixtureRequest, french: pypdf.PdfReader, english: pypdf.PdfReader) -> pypdf.PdfReader:
    return french if request.param == "fr" else english


def catalogue(pdf: pypdf.PdfReader) -> Any:
    return pdf.trailer["/Root"]


def elements(node: Any) -> Iterator[DictionaryObject]:
    """Every structure element, in reading order."""
    node = node.get_object()
    if isinstance(node, ArrayObject):
        for child in node:
            yield from elements(child)
    elif isinstance(node, DictionaryObject) and "/S" in node:
        yield node
        yield from elements(node["/K"]) if "/K" in node else ()


def tree(pdf: pypdf.PdfReader) -> list[DictionaryObject]:
    return list(elements(catalogue(pdf)["/StructTreeRoot"]["/K"]))


def test_the_metadata_claims_both_standards(pdf: pypdf.PdfReader) -> None:
    xmp = catalogue(pdf)["/Metadata"].get_data().decode()
    assert re.search(r"<pdfaid:part>3</pdfaid:part>\s*<pdfaid:conformance>A</pdfaid:conformance>", xmp)
    assert "<pdfuaid:part>1</pdfuaid:part>" in xmp
    assert pdf.pdf_header == "%PDF-1.7"
    assert not pdf.is_encrypted
    assert pdf.outline


def test_language_title_and_date_are_set(french: pypdf.PdfReader, english: pypdf.PdfReader) -> None:
    assert (catalogue(french)["/Lang"], catalogue(english)["/Lang"]) == ("fr-FR", "en-GB")
    assert french.metadata is not None
    assert french.metadata.title == "Où en est la charte\u202f? 3e trimestre 2026"
    assert english.metadata is not None
    assert english.metadata.title == "Where does the charter stand? Third quarter of 2026"
    assert str(english.metadata["/CreationDate"]).startswith("D:20261003")
    assert str(catalogue(english)["/ViewerPreferences"]["/DisplayDocTitle"]).lower() == "true"


def test_every_page_is_tagged_and_every_font_is_inside(pdf: pypdf.PdfReader) -> None:
    assert catalogue(pdf)["/MarkInfo"]["/Marked"]
    families = set()
    for page in pdf.pages:
        assert page["/Tabs"] == "/S"
        assert "/StructParents" in page
        for font in page["/Resources"]["/Font"].values():
            descendant = font.get_object()["/DescendantFonts"][0].get_object()
            assert {"/FontFile2", "/FontFile3"} & set(descendant["/FontDescriptor"].get_object())
            assert "/ToUnicode" in font.get_object()
            families.add(font.get_object()["/BaseFont"].partition("+")[2])
    assert families == {"SourceSerif4-Semibold", "SourceSans3-Regular", "SourceSans3-Bold"}


def test_headings_never_skip_a_level(pdf: pypdf.PdfReader) -> None:
    levels = [int(str(e["/S"])[2:]) for e in tree(pdf) if re.fullmatch(r"/H\d", str(e["/S"]))]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert [str(e["/S"]) for e in tree(pdf)].count("/Title") == 1


def test_every_drawing_says_what_it_shows(english: pypdf.PdfReader) -> None:
    texts = [str(e.get("/Alt", "")) for e in tree(english) if e["/S"] == "/Figure"]
    # The rose, two figures over time, sex and nationality of offers, its drift, sex of checks: of all, and by trade.
    assert len(texts) == 8
    assert "Fairness and non-discrimination: Checks not kept, Offers not kept." in texts[0]
    assert any("Women: 20.0% (between" in text and "Men (reference): 40.0%" in text for text in texts)
    assert all(texts)


def test_tables_have_headers_with_their_scope(pdf: pypdf.PdfReader) -> None:
    found = tree(pdf)
    tables = [e for e in found if e["/S"] == "/Table"]
    headers = [e for e in found if e["/S"] == "/TH"]
    assert len(tables) >= 5
    assert len([e for e in found if e["/S"] == "/THead"]) == len(tables)
    assert {str(attribute["/Scope"]) for e in headers for attribute in _attributes(e)} == {"/Column"}


def _attributes(element: DictionaryObject) -> list[Any]:
    given = element["/A"].get_object()
    every = [a.get_object() for a in given] if isinstance(given, ArrayObject) else [given]
    return [attributes for attributes in every if "/Scope" in attributes]


Files = dict[str, bytes]


def file_with(files: Files, path: Path, *more: tuple[str, bytes]) -> Path:
    """Another PDF with these files attached: what a forger can make."""
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    for name, content in [*files.items(), *more]:
        writer.add_attachment(name, content)
    writer.write(path)
    return path


def audit_of(files: Files) -> str:
    return next(name for name in files if name.startswith("audit-offers"))


@pytest.mark.costly
def test_a_report_holds(workspace: Workspace, french: pypdf.PdfReader, tmp_path: Path) -> None:
    path = file_with(files_of(french), tmp_path / "report.pdf")
    alone, against = check(path), check(path, workspace=workspace)
    assert (alone.audits, alone.problems, alone.in_ledger) == (2, (), None)
    assert (against.problems, against.in_ledger) == ((), alone.entries)


def replacing(start: str, old: bytes, new: bytes) -> Callable[[Files], None]:
    """Puts something else into the file whose name starts so."""

    def change(files: Files) -> None:
        name = next(name for name in files if name.startswith(start))
        files[name] = files[name].replace(old, new)

    return change


def _gone(files: Files) -> None:
    del files[audit_of(files)]


def _spaces(files: Files) -> None:
    name = audit_of(files)
    files[name] = json.dumps(json.loads(files[name])).encode()


_number = replacing("audit-offers", b'"decisions":2000', b'"decisions":2001')


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (_number, "it is not the document that was sealed"),
        (replacing("charter-", b"0.8", b"0.7"), "it is not the charter that judged"),
        (_gone, "the file is not attached"),
        (_spaces, "it is not in the form that is sealed"),
    ],
)
def test_a_change_is_found(french: pypdf.PdfReader, tmp_path: Path, change: Callable[[Files], None], says: str) -> None:
    files = files_of(french)
    change(files)
    found = check(file_with(files, tmp_path / "report.pdf"))
    assert any(says in problem for problem in found.problems)


def test_a_document_forged_with_its_seal_is_told(workspace: Workspace, french: pypdf.PdfReader, tmp_path: Path) -> None:
    files = files_of(french)
    before = files[audit_of(files)]
    _number(files)
    name = audit_of(files)
    digests = [hashlib.sha256(each).hexdigest().encode() for each in (before, files[name])]
    files["seals.json"] = files["seals.json"].replace(*digests)
    path = file_with(files, tmp_path / "report.pdf")
    assert check(path).problems == ()
    assert check(path, workspace=workspace).problems == (f"{name}: the ledger holds no such seal",)


def test_another_workspace_holds_no_such_seal(french: pypdf.PdfReader, tmp_path: Path) -> None:
    path = file_with(files_of(french), tmp_path / "report.pdf")
    found = check(path, workspace=make_workspace(tmp_path / "other"))
    assert found.in_ledger == ()
    assert len(found.problems) == 2


def test_other_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "text.pdf").write_text("no PDF", encoding="utf-8")
    for name in ("text.pdf", "missing.pdf"):
        with pytest.raises(ReportError, match="not a PDF"):
            check(tmp_path / name)
    for files in ({"other.txt": b"x"}, {"seals.json": b"[]"}):
        with pytest.raises(ReportError, match="no list of seals"):
            check(file_with(files, tmp_path / "other.pdf"))


@pytest.fixture(scope="module")
def sealed(workspace: Workspace) -> bytes:
    """A report as it is written and sealed."""
    return write_report(workspace, period="2026-Q3", lang="fr", out=None).read_bytes()


def overlaid(sealed: bytes) -> bytes:
    """The same report with other words on its first page."""
    writer, buffer = pypdf.PdfWriter(clone_from=io.BytesIO(sealed)), io.BytesIO()
    over = pypdf.PageObject.create_blank_page(width=200, height=100)
    over[NameObject("/Contents")] = writer._add_object(DecodedStreamObject())
    stream = over["/Contents"].get_object()
    stream.set_data(b"BT /F1 12 Tf (All promises kept) Tj ET")
    writer.pages[0].merge_page(over)
    writer.write(buffer)
    return buffer.getvalue()


def appended(sealed: bytes) -> bytes:
    return sealed + b"\n% nothing\n"


def saved_anew(sealed: bytes) -> bytes:
    writer, buffer = pypdf.PdfWriter(clone_from=io.BytesIO(sealed)), io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


@pytest.mark.attack("reports", "pages are printed over, saved anew or appended to, attachments left as they are")
@pytest.mark.parametrize("forge", [overlaid, appended, saved_anew])
def test_a_report_with_other_pages_is_not_the_one_that_was_sealed(
    workspace: Workspace, sealed: bytes, forge: Callable[[bytes], bytes]
) -> None:
    path = Path("report.pdf")
    forged = check(path, workspace=workspace, content=forge(sealed))
    assert forged.problems == ()  # what is attached was left alone
    assert forged.sealed is None
    assert {each.document for each in forged.others} >= {hashlib.sha256(sealed).hexdigest()}
    whole = check(path, workspace=workspace, content=sealed)
    assert whole.sealed is not None
    found = (whole.sealed.period, whole.sealed.lang, whole.sealed.document)
    assert found == ("2026-Q3", "fr", hashlib.sha256(sealed).hexdigest())


@pytest.mark.attack("reports", "a second attachment bears the name of the first")
def test_two_attachments_of_one_name_are_a_fault(workspace: Workspace, french: pypdf.PdfReader, tmp_path: Path) -> None:
    files = files_of(french)
    name = audit_of(files)
    found = check(file_with(files, tmp_path / "report.pdf", (name, b"{}")))
    assert found.problems == (f"{name}: 2 files of this name are attached",)


@pytest.mark.attack("reports", "the list of seals is anything")
@pytest.mark.parametrize(
    "listed",
    [
        b"[" * 100_000,
        b"null",
        b'{"audits": null}',
        b'{"audits": [{"file": "a", "sha256": "b", "entry": [], "root": "", "charter": ""}]}',
        b'{"audits": [{"file": {}, "sha256": "b", "entry": 1, "root": "", "charter": ""}]}',
        b'{"audits": [], "drift": 3}',
        b'{"audits": [], "drift": [{"file": "x"}]}',
        b"\xff",
    ],
)
def test_a_list_of_seals_that_says_nothing_is_told(workspace: Workspace, tmp_path: Path, listed: bytes) -> None:
    with pytest.raises(ReportError, match="no list of seals"):
        check(file_with({"seals.json": listed}, tmp_path / "list.pdf"), workspace=workspace)


def test_the_command_tells_a_sealed_report_from_others(workspace: Workspace, sealed: bytes, tmp_path: Path) -> None:
    def verified(content: bytes, *, held: bool) -> Result:
        path = tmp_path / "report.pdf"
        path.write_bytes(content)
        given = ["--workspace", str(workspace.home)] if held else []
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(tmp_path)
            return CliRunner().invoke(app, [*given, "verify", str(path)])

    as_made = verified(sealed, held=True)
    assert (as_made.exit_code, "byte for byte the report that was sealed" in as_made.stderr) == (0, True)
    forged = verified(appended(sealed), held=True)
    assert (forged.exit_code, "NOT a report that was sealed" in forged.stderr) == (1, True)
    alone = verified(sealed, held=False)
    assert (alone.exit_code, "held to nothing" in alone.stderr) == (3, True)
