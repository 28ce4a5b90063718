"""The report of the demo, as its chair prints it: eight pages for its two systems, none of them half empty."""

from __future__ import annotations

from pathlib import Path

import pypdf
import pytest

from tests.dashboard.report.test_front import TITLES, lowest, plain


@pytest.mark.costly
@pytest.mark.parametrize("lang", TITLES)
def test_a_chair_prints_eight_pages_none_of_them_half_empty(demo_home: Path, lang: str) -> None:
    (path,) = (demo_home / "reports").glob(f"*-{lang}.pdf")
    pages = pypdf.PdfReader(path).pages[:9]
    for page, title in zip(pages, TITLES[lang], strict=True):
        assert title in plain(page.extract_text())
    assert [number for number, page in enumerate(pages[:8], start=1) if lowest(page) < 0.5] == []
