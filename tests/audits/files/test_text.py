"""Text files: bytes far into them, pipes, separators, and the line of names."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import duckdb
import pytest

from boussole.audits.decisions.contracts import Needs
from boussole.audits.decisions.files.delimited import find_dialect, rewritten
from boussole.audits.decisions.sources import open_source
from boussole.audits.errors import SourceError
from boussole.audits.lake.engine import scratch
from boussole.audits.systems.model import Files
from tests.audits.dirty_files import ROWS, text
from tests.audits.files.reading import column


def test_a_byte_far_into_the_file_is_found_and_named(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    rows = "".join(f"{n};é{n}\n" for n in range(200_000))
    path.write_bytes(f"n;nom\n{rows}".encode() + b"x;caf\xe9\n" + rows.encode())
    with pytest.raises(SourceError, match=r"row 200,001, column 'nom': the byte 0xE9 is not UTF-8. The rest is"):
        column(path, "nom")
    with pytest.raises(SourceError, match="said to be cp1252, and it is UTF-8, but for some bytes"):
        column(path, "nom", encoding="cp1252")


@pytest.mark.costly
def test_a_character_may_lie_across_two_pieces(tmp_path: Path) -> None:
    """Files are read a megabyte at a time: a letter of two bytes, a line end and a quoted cell are cut there."""
    for shift in range(4):
        path = tmp_path / f"log{shift}.csv"
        head = "nom;x\r\n" + "a" * shift
        lines = (head + "é;1\r\n" * 400_000).encode("utf-16")
        path.write_bytes(lines)
        found = column(path, "nom")
        assert (len(found), found[0], set(found[1:])) == (400_000, "a" * shift + "é", {"é"})


def test_nothing_is_written_to_a_disk_and_nothing_is_left_running(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "tmp"
    empty.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(empty))
    path = tmp_path / "log.csv"
    path.write_bytes(text(ROWS * 1000).encode("cp1252", "replace"))
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
    ("body", "separator"),
    [
        ("a,b\n1;2,3\n4;5,6\n", ","),
        ("a\tb\n1,5\t2,5\n", "\t"),
        ("alone\nx\ny\n", ","),
    ],
)
def test_the_separator_is_what_splits_the_lines_alike(body: str, separator: str) -> None:
    assert find_dialect(body, whole=True, files=Files(), wanted=(), where="").separator == separator


def test_two_separators_that_would_do_are_refused_unless_one_knows_the_names() -> None:
    body = "a;x,b\nu;v,w\n"
    with pytest.raises(SourceError, match="two ways: `;` or `,`"):
        find_dialect(body, whole=True, files=Files(), wanted=(), where="")
    assert find_dialect(body, whole=True, files=Files(), wanted=("x,b",), where="").separator == ";"


@pytest.mark.parametrize("above", ["\n\n", "\r\n", "sep=,\n\n"])
def test_empty_lines_above_the_names_make_no_row_of_the_names(above: str, tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(f"{above}id,a\nx1,2\nx2,3\n".encode())
    assert column(path, "id") == ["x1", "x2"]


@pytest.mark.parametrize("above", [",", "   "])
def test_a_first_line_that_holds_nothing_is_no_line_of_names(above: str, tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(f"{above}\nid,a\nx1,2\nx2,3\n", encoding="utf-8")
    with scratch() as connection, pytest.raises(SourceError, match="the first line holds no name"):
        open_source(connection, path, Needs((), every=True))
