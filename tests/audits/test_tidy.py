"""Tidying the lake: fewer files, the same rows, and readers that go on reading."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from boussole.audits.lake import connection, reading, writing
from boussole.audits.lake.connection import snapshot
from boussole.audits.workspace import Workspace

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
    done = connection.tidy(workspace)
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
def test_a_reader_goes_on_while_the_lake_is_tidied(workspace: Workspace) -> None:
    with reading(workspace) as lake:
        before = rows(lake)
        connection.tidy(workspace)
        assert rows(lake) == before


@pytest.mark.costly
def test_what_a_killed_process_left_is_removed(workspace: Workspace) -> None:
    left = workspace.home / "lake" / "data" / "main" / "numbers" / "ducklake-left.parquet"
    left.write_bytes(b"PAR1")
    connection.tidy(workspace)
    assert not left.exists()


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
