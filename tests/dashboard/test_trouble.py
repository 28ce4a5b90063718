"""What nobody foresaw is noted with its place, and never with what a row holds."""

from __future__ import annotations

import duckdb
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from boussole.audits.ledger.database import writer
from boussole.dashboard.server.process import noted


def test_the_log_names_the_place_and_quotes_no_row(caplog):
    row = ["CANARY 1975"]
    try:
        duckdb.execute("SELECT CAST(? AS DATE)", row).fetchall()
    except duckdb.Error as error:
        number = noted(error, "the page /data")
    assert f"trouble {number} on the page /data: ConversionException" in caplog.text
    assert "test_trouble.py" in caplog.text
    assert "1975" not in caplog.text


def test_what_was_written_stands_in_no_error_of_the_records(tmp_path):
    with writer(tmp_path / "records.sqlite").begin() as connection:
        connection.execute(text("CREATE TABLE one (id INTEGER PRIMARY KEY, words TEXT)"))
        connection.execute(text("INSERT INTO one VALUES (1, 'x')"))
        with pytest.raises(IntegrityError) as raised:
            connection.execute(text("INSERT INTO one VALUES (:id, :words)"), {"id": 1, "words": "CANARY"})
    assert "CANARY" not in str(raised.value)
