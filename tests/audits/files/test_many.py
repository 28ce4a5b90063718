"""Many files: folders and their partitions, compressed ones."""

from __future__ import annotations

import gzip
from pathlib import Path

import duckdb
import pytest

from boussole.audits.decisions.contracts import Needs
from boussole.audits.decisions.files.kinds import expand
from boussole.audits.decisions.sources import open_source
from boussole.audits.errors import SourceError
from boussole.audits.lake.engine import scratch
from boussole.audits.workspace import Workspace
from tests.audits.dirty_files import text
from tests.audits.files.reading import column, run


def partitions(folder: Path) -> Path:
    """Two months of Parquet in folders of Hive, both files with the same content, and what a writer leaves beside."""
    for month in ("01", "02"):
        into = folder / "year=2026" / f"month={month}"
        into.mkdir(parents=True)
        duckdb.execute(f"COPY (SELECT 'a' AS ref) TO '{into}/part-0.parquet' (FORMAT parquet)")
    (folder / "_SUCCESS").touch()
    (folder / "year=2026" / "_metadata.parquet").touch()
    return folder


def test_folders_of_hive_are_columns_and_part_of_the_content(tmp_path: Path) -> None:
    folder = partitions(tmp_path / "log")
    files = expand(str(folder))
    assert [name for _, name in files] == ["year=2026/month=01/part-0.parquet", "year=2026/month=02/part-0.parquet"]
    digests = set()
    with scratch() as connection:
        for n, (path, _) in enumerate(files, 1):
            opened = open_source(connection, path, Needs(("ref", "year", "month")))
            assert connection.execute(f"SELECT ref, year, month FROM {opened.relation}").fetchall() == [
                ("a", "2026", f"0{n}")
            ]
            digests.add(opened.sha256)
    assert len(digests) == 2


def test_a_folder_of_files_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="this is a folder of files"):
        column(partitions(tmp_path / "log"), "ref")


def test_compressed_json_lines_are_read_and_a_file_cut_short_is_refused(tmp_path: Path) -> None:
    rows = "".join(f'{{"ref": "a{n}", "date": "1{n % 9}/02/2026"}}\n' for n in range(5000)).encode()
    path = tmp_path / "log.jsonl.gz"
    path.write_bytes(gzip.compress(rows))
    assert column(path, "date")[:3] == ["2026-02-10", "2026-02-11", "2026-02-12"]
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(SourceError, match="cut short or damaged"):
        column(path, "date")


@pytest.mark.costly
def test_a_folder_is_brought_in_file_by_file_and_a_bad_one_is_named(workspace: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "1.csv").write_bytes(text().replace("\u202f", "").encode("cp1252"))
    (folder / "2.csv").write_text("a title\r\n" + text(), encoding="utf-8")
    (folder / "3.csv").write_text(text([("c1", "20/02/2026", "oui", "9", "Féminin")]), encoding="utf-8")
    code, told = run(workspace, "import", str(folder), "--system", "jobs")
    assert code == 2
    assert "1.csv: read as cp1252, `;`, decimal comma, dates day/month/year." in told
    assert "1.csv: 3 decision(s) accepted" in told
    assert "2.csv: the first line holds one value" in told
    assert "3.csv: 1 decision(s) accepted" in told
    assert "3 file(s), 1 could not be brought in." in told
    (folder / "2.csv").unlink()
    code, told = run(workspace, "import", str(folder), "--system", "jobs")
    assert (code, told.count("already imported")) == (0, 2)


@pytest.mark.parametrize("name", ["feb.xls", "feb.parquet.gz", "notes.md"])
def test_a_folder_is_not_read_without_the_data_that_cannot_be(name: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no data file there"):
        expand(str(tmp_path))
    for each in ("jan.csv", f"_{name}"):
        (tmp_path / each).write_text("a\n1\n", encoding="utf-8")
    assert [each for _, each in expand(str(tmp_path))] == ["jan.csv"]
    (tmp_path / name).write_text("a\n1\n", encoding="utf-8")
    with pytest.raises(SourceError, match="cannot be imported"):
        expand(str(tmp_path))


@pytest.mark.parametrize("log", ["_delta_log/0.json", "metadata/1.metadata.json"])
def test_a_table_of_delta_or_iceberg_is_refused_with_the_way_out(log: str, tmp_path: Path) -> None:
    (tmp_path / log).parent.mkdir()
    (tmp_path / log).touch()
    (tmp_path / "removed.parquet").touch()
    with pytest.raises(SourceError, match=r"Delta or Iceberg.*Export its newest state to Parquet"):
        expand(str(tmp_path))
