"""The lake: tidied it keeps its rows, writers take turns, and only extensions that DuckDB signed are loaded."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from boussole.audits.lake import connection, engine, reading, writing
from boussole.audits.lake.connection import snapshot
from boussole.audits.workspace import Workspace
from tests.written import system_text, written_workspace

STATES = 12


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """A lake of many small files, of which some rows were struck out; what is old is old after no time."""
    monkeypatch.setattr(connection, "MANY_FILES", 5)
    made = Workspace.create(tmp_path / "w")
    with writing(made) as lake:
        lake.execute("CREATE TABLE lake.main.numbers (n BIGINT)")
    for start in range(0, STATES * 10, 10):
        with writing(made) as lake:
            lake.execute(f"INSERT INTO lake.main.numbers SELECT unnest(range({start}, {start + 10}))")
    with writing(made) as lake:
        lake.execute("DELETE FROM lake.main.numbers WHERE n % 2 = 1")
    return made


def rows(lake: duckdb.DuckDBPyConnection) -> list[int]:
    return [row[0] for row in lake.execute("SELECT n FROM lake.main.numbers ORDER BY n").fetchall()]


def files(workspace: Workspace) -> int:
    return len(list((workspace.home / "lake" / "data").rglob("*.parquet")))


@pytest.mark.costly
def test_fewer_files_and_the_same_rows(workspace: Workspace) -> None:
    left = workspace.home / "lake" / "data" / "main" / "numbers" / "ducklake-left.parquet"
    left.write_bytes(b"PAR1")  # by a process that was killed
    with reading(workspace) as lake:
        before = rows(lake)
        done = connection.tidy(workspace)
        assert rows(lake) == before
    assert not left.exists()
    assert done.before >= 2 * STATES - 1
    assert done.after <= 1
    with reading(workspace) as lake:
        assert rows(lake) == list(range(0, STATES * 10, 2))
        assert lake.execute("SELECT n FROM lake.main.turn").fetchone() == (STATES + 2,)
    assert connection.tidy(workspace).before == done.after


@pytest.mark.costly
def test_old_states_can_be_read_until_they_are_forgotten(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    with reading(workspace) as lake:
        halfway = snapshot(lake) - STATES // 2
    then = f"SELECT count(*) FROM lake.main.numbers AT (VERSION => {halfway})"
    connection.tidy(workspace)
    with reading(workspace) as lake:
        assert lake.execute(then).fetchone() == (STATES * 10 // 2 + 10,)  # and what was struck out in the last state
    before = files(workspace)
    monkeypatch.setattr(connection, "MANY_FILES", 0)
    monkeypatch.setattr(
        connection,
        "STEPS",
        tuple(step.replace("30 DAY", "0 DAY").replace("1 DAY", "0 DAY") for step in connection.STEPS),
    )
    connection.tidy(workspace)
    assert files(workspace) < before
    with reading(workspace) as lake:
        assert rows(lake) == list(range(0, STATES * 10, 2))
        with pytest.raises(duckdb.Error):
            lake.execute(then).fetchone()


@pytest.mark.costly
def test_an_earlier_state_is_read_by_what_it_holds_and_not_by_what_tidying_left(workspace: Workspace) -> None:
    """DuckLake keeps one range of values for each column, of its newest state; once files are written anew it is
    narrower than an earlier state, and predicates on that would be taken for never or always met."""
    with writing(workspace) as lake:
        lake.execute("INSERT INTO lake.main.numbers VALUES (NULL), (1000)")
    with reading(workspace) as lake:
        earlier = snapshot(lake)
    with writing(workspace) as lake:
        lake.execute("DELETE FROM lake.main.numbers WHERE n IS NULL OR n >= 100")
    connection.tidy(workspace)
    asked = "SELECT count(*), count(n), count(*) FILTER (n IS NULL), max(n) FROM lake.main.numbers"
    beyond = "SELECT n FROM lake.main.numbers WHERE n > 500 OR n IS NULL ORDER BY ALL"
    with reading(workspace, at=earlier) as lake:
        assert lake.execute(asked).fetchone() == (STATES * 5 + 2, STATES * 5 + 1, 1, 1000)
        assert lake.execute(beyond).fetchall() == [(1000,), (None,)]
    with reading(workspace) as lake:
        assert lake.execute(asked).fetchone() == (50, 50, 0, 98)
        assert lake.execute("SELECT current_setting('disabled_optimizers')").fetchone() == ("",)


@pytest.mark.costly
def test_a_lake_of_few_files_is_left_alone(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "MANY_FILES", 1000)
    before = files(workspace)
    done = connection.tidy(workspace)
    assert (done.before, files(workspace)) == (done.after, before)


def test_without_a_lake_nothing_is_made(tmp_path: Path) -> None:
    empty = Workspace.create(tmp_path / "empty")
    assert connection.tidy(empty) == connection.TidyResult(0, 0)
    assert not empty.catalogue.exists()


SYSTEM = system_text(
    "calls",
    """
columns:
  id: id
  decided_at: ts
  decision: {column: called, selected: [true], not_selected: [false]}
""",
)


@pytest.mark.slow
def test_the_same_and_other_files_from_three_processes(tmp_path: Path) -> None:
    workspace = written_workspace(tmp_path / "w", SYSTEM)
    for name, start in (("a", 0), ("b", 1000)):
        rows = "".join(f"{i},2026-03-0{1 + i % 5},{i % 2 == 0}\n" for i in range(start, start + 1000))
        (tmp_path / f"{name}.csv").write_text(f"id,ts,called\n{rows}")
    command = [str(Path(sys.executable).parent / "boussole"), "--workspace", str(workspace.home), "import"]
    running = [
        subprocess.Popen(
            [*command, str(tmp_path / f"{name}.csv"), "--system", "calls"], stderr=subprocess.PIPE, text=True
        )
        for name in ("a", "a", "b")
    ]
    said = [process.communicate(timeout=300)[1] for process in running]
    assert [process.returncode for process in running] == [0, 0, 0], said
    assert sum("already imported" in text for text in said) == 1
    with reading(workspace) as connection:
        rows_ = connection.execute("SELECT count(*), count(DISTINCT id) FROM lake.calls.decisions").fetchone()
        counted = connection.execute("""SELECT sum(n) FROM lake.calls.daily WHERE "by" = ''""").fetchone()
        turns = connection.execute("SELECT n FROM lake.main.turn").fetchone()
    assert (rows_, counted, turns) == ((2000, 2000), (2000,), (3,))


def test_a_reader_sees_the_last_commit_while_somebody_writes(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    with writing(workspace):
        pass
    with writing(workspace) as writer:
        writer.execute("UPDATE lake.main.turn SET n = 99")
        with reading(workspace) as reader:
            assert reader.execute("SELECT n FROM lake.main.turn").fetchone() == (1,)
    with reading(workspace) as reader:
        assert reader.execute("SELECT n FROM lake.main.turn").fetchone() == (99,)


@pytest.mark.parametrize("changed", [False, True])
def test_an_extension_that_was_changed_is_not_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: bool
) -> None:
    name = engine.EXTENSIONS[0]
    copy = tmp_path / Path(engine.extension_path(name)).name
    shutil.copyfile(engine.extension_path(name), copy)
    if changed:
        with copy.open("r+b") as file:
            file.seek(4096)
            (byte,) = file.read(1)
            file.seek(4096)
            file.write(bytes([byte ^ 1]))
    monkeypatch.delitem(engine.CONFIG, "allow_unsigned_extensions")  # what tests set
    monkeypatch.setattr(engine, "EXTENSIONS", (name,))
    monkeypatch.setattr(engine, "extension_path", lambda _: str(copy))
    workspace = Workspace.create(tmp_path / "workspace")
    if changed:
        with pytest.raises(duckdb.IOException, match="signature is either missing or invalid"):
            engine.connect(workspace)
    else:
        engine.connect(workspace).close()
