"""What nobody foresaw is told in plain words and noted for whoever keeps the server, without a word of a row."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from boussole.audits.ledger.database import writer
from boussole.audits.workspace import Workspace
from boussole.dashboard.server.process import noted
from tests.dashboard.app_at import app_at

TOLD = "que personne n’avait prévu"


Look = Callable[[str], tuple[str, str]]


@pytest.fixture
def look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, be: Callable[..., None]
) -> Look:
    """What the glossary shows, and what the server noted, where a function of the dashboard fails."""

    def looked(failing: str) -> tuple[str, str]:
        def fails(*_: object, **__: object) -> str:
            raise ZeroDivisionError("of person p1")

        monkeypatch.setenv("BOUSSOLE_HOME", str(Workspace.create(tmp_path / "w").home))
        be("reader")
        monkeypatch.setattr(f"boussole.dashboard.{failing}", fails)
        seen = app_at("glossary")
        with caplog.at_level(logging.ERROR, logger="boussole"):
            seen.run()
        shown = "".join(getattr(element.proto, "body", "") for element in seen.main)
        assert not seen.exception
        assert "ZeroDivisionError" not in shown
        assert "p1" not in shown
        return shown, caplog.text

    return looked


def test_a_page_that_fails_says_so_with_a_number_that_the_log_knows(look: Look) -> None:
    shown, noted = look("markup.glossary.glossary_page")
    assert TOLD in shown
    number = re.search(r"[0-9a-f]{8}", shown)
    assert number is not None
    assert f"trouble {number.group()} on the page glossary" in noted
    assert 'class="foot"' in shown, "the page is whole"


@pytest.mark.parametrize("part", ["server.access.log.look", "app.frame.sidebar", "server.access.sessions.here"])
def test_what_fails_around_a_page_is_told_alike(look: Look, part: str) -> None:
    shown, noted = look(part)
    assert TOLD in shown
    assert re.search(r"trouble [0-9a-f]{8} on the frame of glossary", noted)


def test_what_fails_in_the_foot_leaves_the_page_whole(look: Look) -> None:
    shown, noted = look("views.store.outside")
    assert TOLD not in shown
    assert 'class="foot"' in shown
    assert "on the foot of the pages" in noted


def test_the_log_names_the_place_and_quotes_no_row(caplog):
    row = ["CANARY 1975"]
    try:
        duckdb.execute("SELECT CAST(? AS DATE)", row).fetchall()
    except duckdb.Error as error:
        number = noted(error, "the page /data")
    assert f"trouble {number} on the page /data: ConversionException" in caplog.text
    assert "test_unforeseen.py" in caplog.text
    assert "1975" not in caplog.text


def test_what_was_written_stands_in_no_error_of_the_records(tmp_path):
    with writer(tmp_path / "records.sqlite").begin() as connection:
        connection.execute(text("CREATE TABLE one (id INTEGER PRIMARY KEY, words TEXT)"))
        connection.execute(text("INSERT INTO one VALUES (1, 'x')"))
        with pytest.raises(IntegrityError) as raised:
            connection.execute(text("INSERT INTO one VALUES (:id, :words)"), {"id": 1, "words": "CANARY"})
    assert "CANARY" not in str(raised.value)
