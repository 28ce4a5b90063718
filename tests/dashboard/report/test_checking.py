"""`boussole verify FILE.pdf`: what is attached holds, and each change of it is found."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from pathlib import Path

import pypdf
import pytest
from click.testing import Result
from pypdf.generic import DecodedStreamObject, NameObject
from typer.testing import CliRunner

from boussole.audits.errors import ReportError
from boussole.audits.workspace import Workspace
from boussole.dashboard.cli.main import app
from boussole.dashboard.report import write_report
from boussole.dashboard.report.attachments import check
from tests.dashboard.report.conftest import files_of, make_workspace

Files = dict[str, bytes]


def file_with(files: Files, path: Path) -> Path:
    """Another PDF with these files attached: what a forger can make."""
    writer, buffer = pypdf.PdfWriter(), io.BytesIO()
    writer.add_blank_page(100, 100)
    for name, content in files.items():
        writer.add_attachment(name, content)
    writer.write(buffer)
    path.write_bytes(buffer.getvalue())
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
    writer, buffer = pypdf.PdfWriter(), io.BytesIO()
    writer.add_blank_page(100, 100)
    name = audit_of(files)
    for each, content in [*files.items(), (name, b"{}")]:
        writer.add_attachment(each, content)
    writer.write(buffer)
    found = check(Path("report.pdf"), content=buffer.getvalue())
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
