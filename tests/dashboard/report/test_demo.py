"""The report of the demo, as its chair prints it: eight pages for its two systems, none of them half empty."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pypdf
import pytest

from benchmarks.process import BOUSSOLE
from tests.dashboard.report.test_front import TITLES, lowest, plain


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the demo has written its reports."""
    home = tmp_path_factory.mktemp("printed") / "demo"
    made = [BOUSSOLE, "demo", "--home", home, "--no-open"]
    subprocess.run(made, check=True, capture_output=True, timeout=1200)
    return home / "reports"


@pytest.mark.slow(
    lighter="dashboard/report/test_front.py::test_the_questions_of_two_systems_fill_one_page_and_no_other"
)
@pytest.mark.parametrize("lang", TITLES)
def test_a_chair_prints_eight_pages_none_of_them_half_empty(reports: Path, lang: str) -> None:
    (path,) = reports.glob(f"*-{lang}.pdf")
    pages = pypdf.PdfReader(path).pages[:9]
    for page, title in zip(pages, TITLES[lang], strict=True):
        assert title in plain(page.extract_text())
    assert [number for number, page in enumerate(pages[:8], start=1) if lowest(page) < 0.5] == []
