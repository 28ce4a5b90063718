"""Attachments: known by their content, refused where they do something, kept encrypted, handed out as sealed."""

from __future__ import annotations

import io
import threading
import time
import zipfile

import pytest
from pydantic import ValidationError

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.charter.record_types.attached import Attachment
from boussole.charter.record_types.kinds import Reply
from boussole.charter.records.documents import attachment_kinds, attachments
from boussole.charter.records.documents.attachment_kinds import REASONS, AttachmentError, kind_of
from boussole.charter.records.documents.attachments import erase, examined, kept_with, opened, path_of, safe_name

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n%%EOF\n"
TYPES = b'<Types><Override ContentType="application/vnd.openxmlformats"/></Types>'


def packed(parts, *, compression=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def docx(**more):
    return packed({"[Content_Types].xml": TYPES, "word/document.xml": b"<w/>", **more})


XLSX = packed({"[Content_Types].xml": TYPES, "xl/workbook.xml": b"<x/>"})
ODT = packed({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<o/>"})
ODS = packed({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<o/>"})


@pytest.fixture
def workspace(tmp_path):
    return Workspace.create(tmp_path / "50% odd?")


def reason(name, content):
    with pytest.raises(AttachmentError) as raised:
        kind_of(name, content)
    return raised.value.reason


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "pdf"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 20, "png"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 20, "jpeg"),
        (docx(), "docx"),
        (docx(**{"word/media/photo.exemple.png": b"x", "docProps/meta.json": b"{}"}), "docx"),
        (XLSX, "xlsx"),
        (ODT, "odt"),
        (ODS, "ods"),
        ("é;à\r\n1;2\r\n".encode(), "text"),
        ("é;à".encode("cp1252"), "text"),
        (b"\xef\xbb\xbfa;b", "text"),
    ],
)
def test_a_kind_is_known_by_its_content_whatever_its_name(content, kind):
    assert kind_of("virus.exe", content) == kind


@pytest.mark.attack("attachments", "a file that is a program, a page, an archive, or another kind than its name says")
@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\0" + b"\0" * 60,
        b"\x7fELF" + b"\0" * 60,
        b"<!DOCTYPE html><script>alert(1)</script>",
        b"\xef\xbb\xbf  <svg onload='alert(1)'/>",
        b"#!/bin/sh\nrm -rf /",
        b"hello <script>alert(1)</script>",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 60,
        packed({"readme.txt": b"x"}),
        b"GIF89a" + b"\0" * 20,
        b"\0\0\0",
    ],
)
def test_what_is_of_no_kind_is_refused(content, tries):
    tries.add()
    assert reason("letter.pdf", content) == "kind"


@pytest.mark.attack("attachments", "macros, scripts, embedded programs, in documents that look harmless")
@pytest.mark.parametrize(
    "content",
    [
        docx(**{"word/vbaProject.bin": b"x"}),
        docx(**{"word/media/Run.EXE": b"x"}),
        docx(**{"word/activeX/activeX1.xml": b"x"}),
        docx(**{"word/embeddings/oleObject1.bin": b"x"}),
        packed({"[Content_Types].xml": b"application/vnd.ms-word.document.macroEnabled", "word/document.xml": b"x"}),
        packed({"mimetype": b"application/vnd.oasis.opendocument.text", "Basic/Standard/Module1.xml": b"x"}),
        packed({"mimetype": b"application/vnd.oasis.opendocument.text", "Scripts/python/x.py": b"x"}),
        PDF.replace(b"<<>>", b"<</S /JavaScript /JS (x)>>"),
        PDF.replace(b"<<>>", b"<</S /Launch>>"),
        PDF.replace(b"<<>>", b"<</Type /EmbeddedFile>>"),
    ],
)
def test_what_does_something_is_refused(content, tries):
    tries.add()
    assert reason("letter", content) == "active"


@pytest.mark.attack("attachments", "an archive that unpacks to far more than it is, lies about its size, or leads out")
def test_an_archive_is_read_within_bounds(monkeypatch, tries):
    tries.add(6)
    assert reason("bomb", docx(**{"word/media.xml": b"\0" * 30_000_000})) == "bomb"
    lying = bytearray(docx(**{"word/media.xml": b"\0" * 3_000_000}))
    at = lying.rindex(b"PK\x01\x02")
    lying[at + 24 : at + 28] = (100).to_bytes(4, "little")
    assert reason("lies", bytes(lying)) in {"damaged", "bomb"}
    assert reason("out", docx(**{"../../evil": b"x"})) == "damaged"
    assert reason("cut", docx()[:-30]) == "damaged"
    assert reason("cut", PDF[:-8]) == "damaged"
    monkeypatch.setattr(attachment_kinds, "MOST_PARTS", 2)
    assert reason("many", docx(a=b"", b=b"")) == "bomb"


def test_a_file_is_empty_too_large_or_one_too_many(workspace):
    for given, why in (
        ([("a.pdf", b"")], "empty"),
        ([("a.pdf", PDF + b" " * 50_000_000)], "large"),
        ([(f"{n}.txt", str(n).encode()) for n in range(6)], "many"),
    ):
        with pytest.raises(AttachmentError) as raised:
            examined(workspace, given)
        assert raised.value.reason == why
    assert len(examined(workspace, [("a.txt", b"same"), ("b.txt", b"same")])) == 1
    (workspace.home / "boussole.toml").write_text("[attachments]\nmost = 1\nlargest_mb = 1\n")
    small = Workspace(workspace.home)
    with pytest.raises(AttachmentError, match="larger than 1 MB"):
        examined(small, [("a.pdf", b"x" * 1_000_001)])


@pytest.mark.attack("attachments", "a name that leads elsewhere, hides what it is, or breaks out of a header")
@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Windows\\avis.PDF", "avis.pdf"),
        ("avis\u202efdp.exe", "avisfdp.exe.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie_ x=1.pdf"),
        ("\u200b\u2066.pdf", "attachment.pdf"),
        ("..", "attachment.pdf"),
        ("", "attachment.pdf"),
        ("é" * 400, "é" * 100 + ".pdf"),
        ('a"b<c>|?*.pdf', "a_b_c____.pdf"),
    ],
)
def test_a_name_leads_nowhere_and_hides_nothing(said, kept, tries):
    tries.add()
    assert safe_name(said, "pdf") == kept


def test_a_file_is_kept_encrypted_and_handed_out_as_it_was_sealed(workspace):
    (file,) = examined(workspace, [("Lettre de Awa Diop.pdf", PDF)])
    with kept_with(workspace, [file]):
        pass
    path = path_of(workspace, file.sealed.sha256)
    assert b"%PDF" not in path.read_bytes()
    assert b"Awa" not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    assert opened(workspace, file.sealed) == ("Lettre de Awa Diop.pdf", PDF)
    assert "Awa" not in file.sealed.model_dump_json()


@pytest.mark.attack("attachments", "a kept file is changed, cut, swapped for another, or read without its key")
def test_a_file_that_was_changed_is_refused(workspace, tries):
    one, other = examined(workspace, [("a.pdf", PDF), ("b.txt", b"other")])
    with kept_with(workspace, [one, other]):
        pass
    path, whole = path_of(workspace, one.sealed.sha256), path_of(workspace, one.sealed.sha256).read_bytes()
    swapped = path_of(workspace, other.sealed.sha256).read_bytes()
    for content in (b"", whole[:10], whole[:-1], whole[:-1] + bytes([whole[-1] ^ 1]), swapped, PDF):
        tries.add()
        path.write_bytes(content)
        with pytest.raises(AttachmentError) as raised:
            opened(workspace, one.sealed)
        assert raised.value.reason == "changed"
    path.write_bytes(whole)
    (workspace.keys / "attachments.key").unlink()
    with pytest.raises(AttachmentError, match="not handed out"):
        opened(workspace, one.sealed)


def test_what_is_erased_leaves_its_fingerprint_only(workspace):
    (file,) = examined(workspace, [("a.pdf", PDF)])
    with kept_with(workspace, [file]):
        pass
    assert erase(workspace, file.sealed.sha256)
    assert not erase(workspace, file.sealed.sha256)
    with pytest.raises(AttachmentError) as raised:
        opened(workspace, file.sealed)
    assert raised.value.reason == "erased"


def test_a_record_that_is_refused_leaves_no_file_and_takes_none_of_another(workspace):
    one, other = examined(workspace, [("a.pdf", PDF), ("b.txt", b"other")])
    with kept_with(workspace, [one]):
        pass
    with pytest.raises(BoussoleError), kept_with(workspace, [one, other]):
        raise BoussoleError("refused", next_step="")
    assert [path.name for path in workspace.attachments.iterdir()] == [path_of(workspace, one.sealed.sha256).name]


def test_of_two_records_with_the_same_file_the_one_that_is_refused_does_not_take_it_from_the_other(workspace):
    (file,) = examined(workspace, [("a.pdf", PDF)])
    inside = threading.Event()

    def refused():
        with kept_with(workspace, [file]):
            inside.set()
            time.sleep(0.2)  # the other one comes as far as it can
            raise BoussoleError("refused", next_step="")

    def told():
        with pytest.raises(BoussoleError, match="refused"):
            refused()

    other = threading.Thread(target=told)
    other.start()
    assert inside.wait(10)
    with kept_with(workspace, [file]):
        other.join(10)
    assert opened(workspace, file.sealed) == ("a.pdf", PDF)


def test_a_file_that_was_damaged_is_made_whole_when_it_is_attached_again(workspace):
    (file,) = examined(workspace, [("a.pdf", PDF)])
    with kept_with(workspace, [file]):
        pass
    path_of(workspace, file.sealed.sha256).write_bytes(b"damaged")
    with kept_with(workspace, [file]):
        pass
    assert opened(workspace, file.sealed) == ("a.pdf", PDF)


def test_a_record_without_attachments_is_sealed_as_before_there_were_any():
    said = {"role": "steward", "on": "2026-01-01", "of": 3, "accepted": "yes"}
    plain = Reply.model_validate(said)
    assert "attachments" not in plain.model_dump(mode="json")
    assert Reply.model_validate(plain.model_dump(mode="json")) == plain
    file = {"sha256": "ab" * 32, "size": 3, "kind": "pdf"}
    with_file = Reply.model_validate({**said, "attachments": [file]})
    assert with_file.model_dump(mode="json")["attachments"] == [file]
    with pytest.raises(ValidationError):
        Attachment(sha256="ab" * 32, size=0, kind="pdf")
    with pytest.raises(ValidationError):
        Reply.model_validate({**said, "attachments": [{**file, "kind": "exe"}]})


def test_every_reason_is_told():
    assert all(AttachmentError(each, name="a", mb="1", most="1").next_step for each in REASONS)
    assert set(attachments.ENDINGS) == set(Attachment.model_json_schema()["properties"]["kind"]["enum"])
