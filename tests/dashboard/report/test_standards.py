"""The PDF says that it is PDF/A-3a and PDF/UA-1, and has what these ask for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pypdf
import pytest
from pypdf.generic import ArrayObject, DictionaryObject


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
