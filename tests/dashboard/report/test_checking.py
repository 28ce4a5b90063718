"""`boussole verify FILE.pdf`: what is attached holds, and each change of it is found."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from pathlib import Path

import pypdf
import pytest

from audits.errors import ReportError
from audits.workspace import Workspace
from dashboard.report.checking import check
from tests.dashboard.report.conftest import make_workspace

Files = dict[str, bytes]


def files_of(pdf: pypdf.PdfReader) -> Files:
    return {name: contents[0] for name, contents in pdf.attachments.items()}


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


def test_a_report_holds(workspace: Workspace, french: pypdf.PdfReader, tmp_path: Path) -> None:
    path = file_with(files_of(french), tmp_path / "report.pdf")
    alone, against = check(path), check(path, workspace=workspace)
    assert (alone.audits, alone.problems, alone.in_ledger) == (2, (), None)
    assert (against.problems, against.in_ledger) == ((), alone.entries)


def _number(files: Files) -> None:
    name = audit_of(files)
    files[name] = files[name].replace(b'"decisions":2000', b'"decisions":2001')


def _charter(files: Files) -> None:
    name = next(name for name in files if name.startswith("charter-"))
    files[name] = files[name].replace(b"0.8", b"0.7")


def _gone(files: Files) -> None:
    del files[audit_of(files)]


def _spaces(files: Files) -> None:
    name = audit_of(files)
    files[name] = json.dumps(json.loads(files[name])).encode()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (_number, "it is not the document that was sealed"),
        (_charter, "it is not the charter that judged"),
        (_gone, "the file is not attached"),
        (_spaces, "it is not in the form that is sealed"),
    ],
)
def test_a_change_is_found(french: pypdf.PdfReader, tmp_path: Path, change: Callable[[Files], None], says: str) -> None:
    files = files_of(french)
    change(files)
    found = check(file_with(files, tmp_path / "report.pdf"))
    assert any(says in problem for problem in found.problems)


def test_a_document_forged_with_its_seal_is_not_in_the_ledger(
    workspace: Workspace, french: pypdf.PdfReader, tmp_path: Path
) -> None:
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
    with pytest.raises(ReportError, match="not a PDF"):
        check(tmp_path / "text.pdf")
    with pytest.raises(ReportError, match="no list of seals"):
        check(file_with({"other.txt": b"x"}, tmp_path / "other.pdf"))
    with pytest.raises(ReportError, match="no list of seals"):
        check(file_with({"seals.json": b"[]"}, tmp_path / "list.pdf"))
    with pytest.raises(ReportError, match="not a PDF"):
        check(tmp_path / "missing.pdf")
