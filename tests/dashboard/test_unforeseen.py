"""What nobody foresaw on a page is told in plain words, and noted for whoever keeps the server."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from boussole import dashboard
from boussole.audits.workspace import Workspace
from boussole.dashboard.glossary import glossary_html


def test_a_page_that_fails_says_so_with_a_number_that_the_log_knows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, be: Callable[..., None]
) -> None:
    def failing(_: object) -> str:
        raise ZeroDivisionError("of person p1")

    monkeypatch.setenv("BOUSSOLE_HOME", str(Workspace.create(tmp_path / "w").home))
    monkeypatch.setattr(glossary_html, "page", failing)
    be("reader")
    seen = AppTest.from_file(str(Path(dashboard.__file__).parent / "app.py"), default_timeout=60)
    seen.switch_page("app_pages/glossary.py")
    with caplog.at_level(logging.ERROR, logger="boussole"):
        seen.run()
    shown = "".join(getattr(element.proto, "body", "") for element in seen.main)
    assert not seen.exception
    assert "que personne n’avait prévu" in shown
    assert "ZeroDivisionError" not in shown
    assert "p1" not in shown
    number = re.search(r"[0-9a-f]{8}", shown)
    assert number is not None
    assert f"trouble {number.group()} on the page glossary" in caplog.text
    assert 'class="foot"' in shown, "the page is whole"
