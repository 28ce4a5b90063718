"""Rows set aside that somebody leaves out for good, and how many rows are in no figure of a period."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest
from typer.testing import CliRunner

from boussole.audits import ledger
from boussole.audits.counts.left_out import left_out_of, read_left_out
from boussole.audits.decisions import ingest
from boussole.audits.decisions.quarantine import RowSelection, discard, discards, export, list_rows
from boussole.audits.errors import LakeError, SourceError
from boussole.audits.lake import reading
from boussole.audits.lake.connection import snapshot, state_of
from boussole.audits.systems import System
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from boussole.charter.records.database import open_records
from boussole.charter.records.notes.discards import seal_discards
from boussole.dashboard.cli.main import app
from tests.written import system_text, written_workspace

SYSTEM = system_text(
    "loans",
    """
columns:
  id: ref
  decided_at: when
  decision: {column: granted, selected: ["yes"], not_selected: ["no"]}
groups: {gender: {column: sex}}
privacy: {pseudonymise: [ref]}
""",
)
HEADER = "ref,when,granted,sex\n"
JANUARY = Window(dt.date(2026, 1, 1), dt.date(2026, 1, 31))
FEBRUARY = Window(dt.date(2026, 2, 1), dt.date(2026, 2, 28))
YEAR = Window(dt.date(2026, 1, 1), dt.date(2026, 12, 31))
EVERYTHING = {"reason": "test rows of the provider", "role": "steward"}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return written_workspace(tmp_path / "w", SYSTEM)


@pytest.fixture
def loans(workspace: Workspace, tmp_path: Path) -> System:
    """Two files: January has a bad decision, a bad date and a date in the future; February a bad decision."""
    system = workspace.system("loans")
    (tmp_path / "january.csv").write_text(
        HEADER + "a1,2026-01-05,yes,F\na2,2026-01-06,perhaps,M\na3,soon,no,M\na4,2199-01-01,no,M\na5,2026-01-20,no,M\n"
    )
    (tmp_path / "february.csv").write_text(HEADER + "b1,2026-02-05,yes,F\nb2,2026-02-06,perhaps,M\n")
    for name in ("january", "february"):
        ingest(workspace, system, tmp_path / f"{name}.csv")
    return system


class LeftOut(NamedTuple):
    set_aside: int = 0
    discarded: int = 0


def counted(connection: duckdb.DuckDBPyConnection, system: System, window: Window = YEAR) -> LeftOut:
    found = left_out_of(read_left_out(connection, system, window), counted=0)
    assert found is not None
    return LeftOut(found.set_aside, found.discarded)


def left_out(workspace: Workspace, system: System, window: Window = YEAR) -> LeftOut:
    with reading(workspace) as connection:
        return counted(connection, system, window)


@pytest.mark.costly
def test_discarded_rows_wait_no_longer_and_stay_told(workspace: Workspace, loans: System, tmp_path: Path) -> None:
    with reading(workspace) as connection:
        before = snapshot(connection)
    made = discard(workspace, loans, RowSelection(column="granted", origin="january.csv"), **EVERYTHING)
    assert (made.rows, made.chosen, made.role) == (1, "column 'granted', file 'january.csv'", "steward")
    assert left_out(workspace, loans, JANUARY) == LeftOut(set_aside=2, discarded=1)
    assert left_out(workspace, loans, FEBRUARY) == LeftOut(set_aside=1)
    assert [(item.column, item.origin) for item in list_rows(workspace, loans)] == [
        ("when", "january.csv"),
        ("when", "january.csv"),
        ("granted", "february.csv"),
    ]
    assert export(workspace, loans, tmp_path / "out.csv") == 3
    assert discards(workspace) == [made]
    with reading(workspace) as connection:
        state = state_of(connection, before)
    with reading(workspace, at=state) as connection:  # an audit that is counted again sees what there was
        assert counted(connection, loans) == LeftOut(set_aside=4)


@pytest.mark.costly
@pytest.mark.parametrize(
    ("chosen", "rows"),
    [
        (RowSelection(because="neither a `selected` nor a `not_selected` value"), 2),
        (RowSelection(origin="january.csv", rows=[2, 3]), 2),
        (RowSelection(column="when", origin="january.csv", rows=[4]), 1),
    ],
)
def test_rows_are_chosen_by_column_reason_source_and_number(
    workspace: Workspace, loans: System, chosen: RowSelection, rows: int
) -> None:
    assert discard(workspace, loans, chosen, **EVERYTHING).rows == rows
    assert left_out(workspace, loans) == LeftOut(set_aside=4 - rows, discarded=rows)


@pytest.mark.costly
def test_what_is_not_there_or_not_explained_is_not_discarded(workspace: Workspace, loans: System) -> None:
    with pytest.raises(SourceError, match="a reason and a role"):
        discard(workspace, loans, RowSelection(), reason=" ", role="steward")
    with pytest.raises(SourceError, match="column 'sex'"):
        discard(workspace, loans, RowSelection(column="sex"), **EVERYTHING)
    assert (left_out(workspace, loans), discards(workspace)) == (LeftOut(set_aside=4), [])


@pytest.mark.costly
def test_the_command_seals_what_was_discarded(workspace: Workspace, loans: System) -> None:
    place = ["--workspace", str(workspace.home), "quarantine", "discard", "--system", "loans"]
    said = ["--reason", "rows of a test", "--role", "steward"]
    run = CliRunner().invoke
    for wrong in ([], ["--row", "2"], ["--all", "--column", "when"]):
        done = run(app, [*place, *said, *wrong])
        assert (done.exit_code != 0, discards(workspace)) == (True, [])
    done = run(app, [*place, *said, "--file", "january.csv", "--row", "3", "--row", "4"])
    assert (done.exit_code, "2 row(s) discarded" in done.stderr) == (0, True), (done.stderr, done.exception)
    with open_records(workspace).connect() as connection:
        (payload,) = [dict(entry.payload) for entry in ledger.entries(connection) if entry.kind == "discard"]
    (made,) = discards(workspace)
    assert (made.chosen, made.reason, made.role) == ("file 'january.csv', row 3, 4", "rows of a test", "steward")
    note = (
        f'{{"at":"{made.at.isoformat()}","chosen":"file \'january.csv\', row 3, 4","log":"decisions",'
        '"reason":"rows of a test","role":"steward","rows":2,"system":"loans"}'
    )
    assert payload == {
        "system": "loans",
        "log": "decisions",
        "rows": 2,
        "at": made.at.isoformat(),
        "note": hashlib.sha256(note.encode()).hexdigest(),
    }
    assert seal_discards(workspace) == 0


@pytest.mark.costly
def test_a_lake_that_cannot_be_read_is_not_one_without_discards(
    workspace: Workspace, loans: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Workspace) -> None:
        raise LakeError("damaged")

    monkeypatch.setattr("boussole.audits.decisions.quarantine.reading", broken)
    with pytest.raises(LakeError):
        discards(workspace)


def test_an_export_is_readable_by_its_owner_only_even_over_another_file(
    workspace: Workspace, loans: System, tmp_path: Path
) -> None:
    path = tmp_path / "out.csv"
    path.touch(mode=0o644)
    path.chmod(0o644)
    export(workspace, loans, path)
    assert path.stat().st_mode & 0o777 == 0o600
