"""Numbers, dates, true and false as people write them, made out from whole columns."""

from __future__ import annotations

from pathlib import Path

import pytest

from boussole.audits.decisions import ingest
from boussole.audits.decisions.contracts import Needs
from boussole.audits.decisions.sources import open_source
from boussole.audits.errors import SourceError
from boussole.audits.lake import reading
from boussole.audits.lake.engine import scratch
from boussole.audits.lake.tables import table
from boussole.audits.systems import load_system
from boussole.audits.workspace import Workspace
from tests.audits.dirty_files import SYSTEM
from tests.audits.files.reading import column

DATES = {
    "13/02/2026": "2026-02-13",
    "1/2/2026": "2026-02-01",
    "01.02.2026": "2026-02-01",
    "01/02/26": "2026-02-01",
    "01/02/2026 14:05": "2026-02-01T14:05:00",
    "01/02/2026 9h05": "2026-02-01T09:05:00",
    "2026-02-01": "2026-02-01",
    "bientôt": "bientôt",
    "": None,
}


NUMBERS = {
    "12,5": "12.5",
    "-0,125": "-0.125",
    "1\u00a0234,50": "1234.50",
    "1\u202f234\u202f567,8": "1234567.8",
    "1.234,5": "1234.5",
    "12 %": "12 %",
    "06 12 34 56 78": "06 12 34 56 78",
    "": None,
}


@pytest.mark.parametrize("cells", [DATES, NUMBERS], ids=["dates", "numbers"])
def test_each_way_to_write_it_in_one_column(cells: dict[str, str | None], tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("a;x\n" + "".join(f"{n};{cell}\n" for n, cell in enumerate(cells)), encoding="utf-8")
    assert column(path, "x") == list(cells.values())


def test_one_column_tells_the_order_of_the_dates_of_another(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("a;b\n01/02/2026;03/04/2026\n05/06/2026;25/04/2026\n", encoding="utf-8")
    with scratch() as connection:
        opened = open_source(connection, path, Needs(("a", "b")))
        found = connection.execute(f"SELECT a, b FROM {opened.relation}").fetchall()
    assert found == [("2026-02-01", "2026-04-03"), ("2026-06-05", "2026-04-25")]
    with pytest.raises(SourceError, match=r"the column 'a' holds 2 date\(s\)"):  # alone, it does not
        column(path, "a")


def test_texts_that_are_no_numbers_or_dates_stay_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("code;version\nA1,5;1.12.30\nB2,5;1.13.01\nC 123;2.1.5\n", encoding="utf-8")
    assert column(path, "code") == ["A1,5", "B2,5", "C 123"]
    assert column(path, "version") == ["1.12.30", "1.13.01", "2.1.5"]


def test_english_thousands_are_read_where_a_number_proves_them(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text('a,x\n1,"1,015"\n2,"2,015.5"\n', encoding="utf-8")
    assert column(path, "x") == ["1015", "2015.5"]
    assert column(path, "x", decimal=".") == ["1015", "2015.5"]


@pytest.mark.costly
def test_true_and_false_are_read_in_french_and_english(workspace: Workspace, tmp_path: Path) -> None:
    file = workspace.home / "systems" / "jobs.yaml"
    file.write_text(SYSTEM.replace("[oui]", "[true]").replace("[non]", "[false]"), encoding="utf-8")
    jobs = load_system(file)
    words = [("VRAI", 1), ("faux", 0), ("Oui", 1), ("non", 0), ("yes", 1), ("No", 0), ("1", 1), ("0", 0), ("true", 1)]
    path = tmp_path / "log.csv"
    path.write_text(
        "ref;date;retenu;note;sexe\n" + "".join(f"r{n};2026-02-03;{word};1;F\n" for n, (word, _) in enumerate(words)),
        encoding="utf-8",
    )
    assert ingest(workspace, jobs, path).accepted == len(words)
    with reading(workspace) as connection:
        found = connection.execute(f"SELECT decision FROM {table(jobs, 'decisions')} ORDER BY row").fetchall()
    assert [row[0] for row in found] == [said for _, said in words]


def test_numbers_of_excel_have_no_thousands_whatever_the_system_file_says(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    for row in (["id", "score"], ["a", 1.125], ["b", 12.345]):
        book.active.append(row)
    book.save(tmp_path / "log.xlsx")
    assert column(tmp_path / "log.xlsx", "score", decimal=",") == ["1.125", "12.345"]


def test_a_few_identifiers_that_look_like_dates_stay_as_they_are(tmp_path: Path) -> None:
    ids = ["20261102", "2026112", "99999998", "99999997", "99999996"]
    path = tmp_path / "log.csv"
    path.write_text("id,day\n" + "".join(f"{each},20260102\n" for each in ids), encoding="utf-8")
    assert column(path, "id", dates="%Y%m%d") == ids
    assert column(path, "day", dates="%Y%m%d") == ["2026-01-02"] * 5
