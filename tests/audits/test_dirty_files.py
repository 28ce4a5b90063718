"""Files as agencies have them are read alike; what is said to each of them is a golden value."""

from __future__ import annotations

from pathlib import Path

import pytest

from boussole.audits.decisions.contracts import Needs
from boussole.audits.decisions.sources import open_source
from boussole.audits.lake.engine import scratch
from boussole.audits.systems.model import Files
from tests.audits.dirty_files import FILES, NAMES, Dirty

SAME = (
    *("good-cp1252.csv", "utf8-bom.csv", "utf16.csv", "utf16-no-mark.csv", "iso.csv", "tabs.tsv", "pipes.txt"),
    *("sep-line.csv", "old-mac-lines.csv", "totals.csv", "blanks-in-names.csv", "compressed.csv.gz", "text-dates.xlsx"),
)


@pytest.mark.parametrize("entry", [entry for entry in FILES if entry.name in SAME], ids=lambda entry: entry.name)
def test_the_same_rows_are_read_however_they_were_written(entry: Dirty, tmp_path: Path) -> None:
    path = tmp_path / entry.name
    path.write_bytes(entry.content)
    with scratch() as connection:
        opened = open_source(connection, path, Needs(NAMES), Files.model_validate(entry.given))
        listed = "row, trim(ref), date, retenu, CAST(note AS DOUBLE), sexe"
        assert connection.execute(f"SELECT {listed} FROM {opened.relation} ORDER BY row").fetchall() == [
            (1, "a1", "2026-02-03", "oui", 12.5, "Féminin"),
            (2, "a2", "2026-02-14", "non", 8.25, "Masculin"),
            (3, "a3", "2026-03-05", "oui", 1015.0, "Féminin"),
        ]
