"""Documents that come with forms: known by their content, and refused where they do something when opened."""

from __future__ import annotations

import io
import zipfile
from typing import get_args

import pytest

from boussole.charter.records.documents import document_kinds
from boussole.charter.records.documents.document_kinds import (
    ENDINGS,
    LARGEST,
    REASONS,
    DocumentError,
    DocumentKind,
    described,
    kind_of,
    safe_name,
)

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


def reason(name, content):
    with pytest.raises(DocumentError) as raised:
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


@pytest.mark.attack("documents", "a file that is a program, a page, an archive, or another kind than its name says")
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


@pytest.mark.attack("documents", "macros, scripts, embedded programs, in documents that look harmless")
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


@pytest.mark.attack("documents", "an archive that unpacks to far more than it is, lies about its size, or leads out")
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
    monkeypatch.setattr(document_kinds, "MOST_PARTS", 2)
    assert reason("many", docx(a=b"", b=b"")) == "bomb"


@pytest.mark.attack("documents", "a name that leads elsewhere, hides what it is, or breaks out of a header")
@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Windows\\avis.PDF", "avis.pdf"),
        ("avis\u202efdp.exe", "avisfdp.exe.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie_ x=1.pdf"),
        ("\u200b\u2066.pdf", "document.pdf"),
        ("..", "document.pdf"),
        ("", "document.pdf"),
        ("é" * 400, "é" * 100 + ".pdf"),
        ('a"b<c>|?*.pdf', "a_b_c____.pdf"),
    ],
)
def test_a_name_leads_nowhere_and_hides_nothing(said, kept, tries):
    tries.add()
    assert safe_name(said, "pdf") == kept


@pytest.mark.parametrize(("content", "why"), [(b"", "empty"), (PDF + b" " * LARGEST, "large")])
def test_a_document_is_neither_empty_nor_too_large(content, why):
    with pytest.raises(DocumentError) as raised:
        described("a.pdf", content)
    assert raised.value.reason == why
    assert all(DocumentError(each, name="a", mb="1").next_step for each in REASONS)
    assert set(ENDINGS) == set(get_args(DocumentKind))
