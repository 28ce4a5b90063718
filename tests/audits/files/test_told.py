"""How a file is written: told in the system file or by an option, or made out from whole columns."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from boussole.audits.decisions import ingest, validate
from boussole.audits.decisions.contracts import Needs
from boussole.audits.decisions.files.delimited import find_dialect, rewritten
from boussole.audits.decisions.files.kinds import expand
from boussole.audits.decisions.sources import open_source
from boussole.audits.errors import BoussoleError, SourceError
from boussole.audits.lake import reading
from boussole.audits.lake.engine import scratch
from boussole.audits.lake.tables import table
from boussole.audits.scaffold import propose
from boussole.audits.systems import load_system
from boussole.audits.systems.model import Files
from boussole.audits.workspace import Workspace
from boussole.dashboard.cli.main import app
from tests.audits.dirty_files import EARLY, ROWS, SYSTEM, text
from tests.written import written_workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return written_workspace(tmp_path / "w", SYSTEM)


def wrote(folder: Path, content: str | bytes, name: str = "log.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def column(path: Path, name: str, **files: object) -> list[str | None]:
    """One column of a file, as it is read."""
    with scratch() as connection:
        opened = open_source(connection, path, Needs((name,)), Files.model_validate(files))
        found = connection.execute(f'SELECT "{name}" FROM {opened.relation} ORDER BY row').fetchall()
    return [row[0] for row in found]


def run(workspace: Workspace, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["--workspace", str(workspace.home), *arguments])
    if done.exception and not isinstance(done.exception, SystemExit | BoussoleError):
        raise done.exception
    return done.exit_code, done.output + (str(done.exception) if isinstance(done.exception, BoussoleError) else "")


@pytest.mark.parametrize("given", [{"encoding": "rot13"}, {"separator": "ab"}, {"dates": "yyyy"}, {"decimal": "'"}])
def test_what_cannot_be_an_option_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=next(iter(given))):
        Files.model_validate(given)


def test_the_system_file_says_how_files_are_written_and_an_option_goes_before_it(
    workspace: Workspace, tmp_path: Path
) -> None:
    file = workspace.home / "systems" / "jobs.yaml"
    file.write_text(SYSTEM + "files: {dates: mm/dd/yyyy, decimal: ','}\n", encoding="utf-8")
    path = wrote(tmp_path, text(EARLY))
    jobs = load_system(file)
    assert validate(workspace, jobs, path).read == "read as UTF-8, `;`, dates month/day/year"
    told = validate(workspace, jobs, path, files=Files(dates="%d/%m/%Y"))
    assert told.read == "read as UTF-8, `;`, dates day/month/year"


@pytest.mark.costly
def test_a_file_counts_once_by_its_content_and_the_way_it_was_read(workspace: Workspace, tmp_path: Path) -> None:
    jobs, path = workspace.system("jobs"), wrote(tmp_path, text(EARLY))
    plain = wrote(tmp_path, "ref;date;retenu;note;sexe\nb1;2026-02-03;oui;1;F\n", "plain.csv")
    first = ingest(workspace, jobs, path, files=Files(dates="%d/%m/%Y"))
    again = ingest(workspace, jobs, path, files=Files(dates="%d/%m/%Y"))
    assert (first.already, again.already, first.sha256) == (False, True, again.sha256)
    assert validate(workspace, jobs, path, files=Files(dates="%m/%d/%Y")).sha256 != first.sha256
    # Where there was nothing to choose it is the content alone, as in workspaces of before.
    assert validate(workspace, jobs, plain).sha256 == hashlib.sha256(plain.read_bytes()).hexdigest()


@pytest.mark.slow
def test_a_dry_run_and_a_log_take_the_same_options(workspace: Workspace, tmp_path: Path) -> None:
    path = wrote(tmp_path, text(EARLY).encode("cp850"))
    for command in (("audit", "--dry-run"), ("log",), ("import",)):
        code, told = run(workspace, *command, str(path), "--system", "jobs")
        assert code != 0
        assert "the byte 0x82 is not UTF-8" in told
        code, told = run(
            workspace, *command, str(path), "--system", "jobs", "--encoding", "cp850", "--dates", "jj/mm/aaaa"
        )
        assert code == 0, told
        assert "log.csv: read as cp850, `;`, dates day/month/year." in told


@pytest.mark.costly
def test_what_is_logged_is_written_as_computers_write_it(workspace: Workspace, tmp_path: Path) -> None:
    """A sync that reads the run needs no option any more."""
    from boussole.experiments.logging import log_file
    from boussole.experiments.store import client

    path = wrote(tmp_path, text().encode("utf-16"))
    run_id = log_file(path, workspace=workspace, system=workspace.system("jobs"))
    store = client(workspace)
    listed = store.list_artifacts(run_id, "boussole/decisions")
    (found,) = (item for item in listed if item.path.endswith(".parquet"))
    local = store.download_artifacts(run_id, found.path, str(tmp_path))
    assert duckdb.sql(f"SELECT date, note FROM '{local}' ORDER BY ref").fetchall() == [
        ("2026-02-03", "12.5"),
        ("2026-02-14", "8.25"),
        ("2026-03-05", "1015"),
    ]


def test_a_proposal_keeps_what_the_next_file_may_not_tell(tmp_path: Path) -> None:
    path = wrote(tmp_path, text(ROWS).encode("utf-8-sig"))
    made = propose(path, language="fr")
    assert made.read == "lu comme UTF-8, `;`, virgule décimale, dates jour/mois/année"
    assert made.system.files == Files(decimal=",", dates="%d/%m/%Y")
    assert column(wrote(tmp_path, text(EARLY)), "date", decimal=",", dates="%d/%m/%Y")[0] == "2026-02-03"


def test_a_file_without_names_is_proposed_from_only_when_told(tmp_path: Path) -> None:
    path = wrote(tmp_path, text(names=()))
    with pytest.raises(SourceError, match="the first line is a row"):
        propose(path)
    made = propose(path, files=Files(header=False))
    assert made.system.log.id == "column1"
    assert made.system.files.header is False


def test_a_byte_far_into_the_file_is_found_and_named(tmp_path: Path) -> None:
    rows = "".join(f"{n};é{n}\n" for n in range(200_000))
    path = wrote(tmp_path, f"n;nom\n{rows}".encode() + b"x;caf\xe9\n" + rows.encode())
    with pytest.raises(SourceError, match=r"row 200,001, column 'nom': the byte 0xE9 is not UTF-8. The rest is"):
        column(path, "nom")
    with pytest.raises(SourceError, match="said to be cp1252, and it is UTF-8, but for some bytes"):
        column(path, "nom", encoding="cp1252")


@pytest.mark.costly
def test_a_character_may_lie_across_two_pieces(tmp_path: Path) -> None:
    """Files are read a megabyte at a time: a letter of two bytes, a line end and a quoted cell are cut there."""
    for shift in range(4):
        head = "nom;x\r\n" + "a" * shift
        found = column(wrote(tmp_path, (head + "é;1\r\n" * 400_000).encode("utf-16")), "nom")
        assert (len(found), found[0], set(found[1:])) == (400_000, "a" * shift + "é", {"é"})


def test_nothing_is_written_to_a_disk_and_nothing_is_left_running(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "tmp"
    empty.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(empty))
    path = wrote(tmp_path, text(ROWS * 1000).encode("cp1252", "replace"))
    before = (threading.active_count(), sum(1 for _ in Path("/dev/fd").iterdir()))
    column(path, "sexe")
    with pytest.raises(ZeroDivisionError), rewritten(path, "cp1252"):
        _ = 1 / 0  # whoever reads it fails before the first byte
    with pytest.raises(duckdb.Error), rewritten(path, "cp1252") as pipe:  # or in the middle
        duckdb.execute(f"SELECT count(*) FROM read_csv('{pipe}', columns = {{'x': 'INTEGER'}}, auto_detect = false)")
    assert (threading.active_count(), sum(1 for _ in Path("/dev/fd").iterdir())) == before
    assert list(empty.rglob("*")) == []


@pytest.mark.costly
def test_a_large_file_is_spilled_encrypted_and_memory_does_not_grow(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    with path.open("w", encoding="cp1252") as file:
        file.write("n;nom;note\n")
        for start in range(0, 1_000_000, 1000):
            file.write(
                "".join(f"{n};Prénom numéro {n * 7919 % 1_000_003};{n % 20},5\n" for n in range(start, start + 1000))
            )
    told = (
        "import re, sys; from pathlib import Path; from boussole.audits.decisions.contracts import Needs; "
        "from boussole.audits.decisions.sources import open_source; from boussole.audits.lake.engine import scratch\n"
        "with scratch(memory_limit='200MB') as c:\n"
        "    o = open_source(c, Path(sys.argv[1]), Needs(('n', 'nom', 'note')))\n"
        "    assert c.execute(f'SELECT sum(note::DOUBLE) FROM {o.relation}').fetchone() == (10_000_000.0,)\n"
        "print(int(re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1]) // 1024)"
    )
    done = subprocess.run([sys.executable, "-c", told, str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    peak = int(done.stdout.split()[-1])  # of the process since it began: `ru_maxrss` would count its parent's too
    assert peak < 550  # megabytes: the engine's 200, and what Python, pyarrow and DuckDB take by themselves


@pytest.mark.parametrize(
    ("body", "separator"), [("a,b\n1;2,3\n4;5,6\n", ","), ("a\tb\n1,5\t2,5\n", "\t"), ("alone\nx\ny\n", ",")]
)
def test_the_separator_is_what_splits_the_lines_alike(body: str, separator: str) -> None:
    assert find_dialect(body, whole=True, files=Files(), wanted=(), where="").separator == separator


def test_two_separators_that_would_do_are_refused_unless_one_knows_the_names() -> None:
    body = "a;x,b\nu;v,w\n"
    with pytest.raises(SourceError, match="two ways: `;` or `,`"):
        find_dialect(body, whole=True, files=Files(), wanted=(), where="")
    assert find_dialect(body, whole=True, files=Files(), wanted=("x,b",), where="").separator == ";"


@pytest.mark.parametrize("above", ["\r\n", "sep=,\n\n"])
def test_empty_lines_above_the_names_make_no_row_of_the_names(above: str, tmp_path: Path) -> None:
    path = wrote(tmp_path, f"{above}id,a\nx1,2\nx2,3\n".encode())
    assert column(path, "id") == ["x1", "x2"]


def test_a_first_line_that_holds_nothing_is_no_line_of_names(tmp_path: Path) -> None:
    path = wrote(tmp_path, ",\nid,a\nx1,2\nx2,3\n")
    with scratch() as connection, pytest.raises(SourceError, match="the first line holds no name"):
        open_source(connection, path, Needs((), every=True))


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
    with pytest.raises(SourceError, match="this is a folder of files"):
        column(folder, "ref")


@pytest.mark.costly
def test_a_folder_is_brought_in_file_by_file_and_a_bad_one_is_named(workspace: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    wrote(folder, text().replace("\u202f", "").encode("cp1252"), "1.csv")
    wrote(folder, "a title\r\n" + text(), "2.csv")
    wrote(folder, text([("c1", "20/02/2026", "oui", "9", "Féminin")]), "3.csv")
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


@pytest.mark.parametrize("name", ["feb.xls", "feb.parquet.gz"])
def test_a_folder_is_not_read_without_the_data_that_cannot_be(name: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no data file there"):
        expand(str(tmp_path))
    for each in ("jan.csv", f"_{name}"):
        wrote(tmp_path, "a\n1\n", each)
    assert [each for _, each in expand(str(tmp_path))] == ["jan.csv"]
    wrote(tmp_path, "a\n1\n", name)
    with pytest.raises(SourceError, match="cannot be imported"):
        expand(str(tmp_path))


@pytest.mark.parametrize("log", ["_delta_log/0.json", "metadata/1.metadata.json"])
def test_a_table_of_delta_or_iceberg_is_refused_with_the_way_out(log: str, tmp_path: Path) -> None:
    (tmp_path / log).parent.mkdir()
    (tmp_path / log).touch()
    (tmp_path / "removed.parquet").touch()
    with pytest.raises(SourceError, match=r"Delta or Iceberg.*Export its newest state to Parquet"):
        expand(str(tmp_path))


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
    path = wrote(tmp_path, "a;x\n" + "".join(f"{n};{cell}\n" for n, cell in enumerate(cells)))
    assert column(path, "x") == list(cells.values())


def test_one_column_tells_the_order_of_the_dates_of_another(tmp_path: Path) -> None:
    path = wrote(tmp_path, "a;b\n01/02/2026;03/04/2026\n05/06/2026;25/04/2026\n")
    with scratch() as connection:
        opened = open_source(connection, path, Needs(("a", "b")))
        found = connection.execute(f"SELECT a, b FROM {opened.relation}").fetchall()
    assert found == [("2026-02-01", "2026-04-03"), ("2026-06-05", "2026-04-25")]
    with pytest.raises(SourceError, match=r"the column 'a' holds 2 date\(s\)"):  # alone, it does not
        column(path, "a")


def test_texts_that_are_no_numbers_or_dates_stay_as_they_are(tmp_path: Path) -> None:
    path = wrote(tmp_path, "code;version\nA1,5;1.12.30\nB2,5;1.13.01\nC 123;2.1.5\n")
    assert column(path, "code") == ["A1,5", "B2,5", "C 123"]
    assert column(path, "version") == ["1.12.30", "1.13.01", "2.1.5"]


def test_english_thousands_are_read_where_a_number_proves_them(tmp_path: Path) -> None:
    path = wrote(tmp_path, 'a,x\n1,"1,015"\n2,"2,015.5"\n')
    assert column(path, "x") == ["1015", "2015.5"]
    assert column(path, "x", decimal=".") == ["1015", "2015.5"]


@pytest.mark.costly
def test_true_and_false_are_read_in_french_and_english(workspace: Workspace, tmp_path: Path) -> None:
    file = workspace.home / "systems" / "jobs.yaml"
    file.write_text(SYSTEM.replace("[oui]", "[true]").replace("[non]", "[false]"), encoding="utf-8")
    jobs = load_system(file)
    words = [("VRAI", 1), ("faux", 0), ("Oui", 1), ("non", 0), ("yes", 1), ("No", 0), ("1", 1), ("0", 0), ("true", 1)]
    rows = "".join(f"r{n};2026-02-03;{word};1;F\n" for n, (word, _) in enumerate(words))
    path = wrote(tmp_path, "ref;date;retenu;note;sexe\n" + rows)
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
    path = wrote(tmp_path, "id,day\n" + "".join(f"{each},20260102\n" for each in ids))
    assert column(path, "id", dates="%Y%m%d") == ids
    assert column(path, "day", dates="%Y%m%d") == ["2026-01-02"] * 5
